/// Work that fails again and again, and is tried again and again.
public struct Failing: Sendable {
    /// When it failed first, by the loop's clock.
    public let since: Duration
    /// When it failed last.
    public let last: Duration
    /// How often it has failed.
    public let times: Int
    /// Why it failed last.
    public let error: any Error

    /// The first failure, or one more.
    init(_ error: any Error, at now: Duration, after before: Failing?) {
        since = before?.since ?? now
        last = now
        times = (before?.times ?? 0) + 1
        self.error = error
    }
}
