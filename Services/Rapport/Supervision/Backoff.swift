import EventLoop

/// How long to wait before a program that has died is started again: 0.2 s, doubled each time to 30 s, and from the beginning again once
/// it has lived for a minute.
struct Backoff {
    private static let first = Duration.milliseconds(200)
    private static let longest = Duration.seconds(30)
    private static let longLife = Duration.seconds(60)
    private var failures = 0

    /// The wait after a life of this length; a start that failed was none.
    mutating func wait(after life: Duration) -> Duration {
        if life > Self.longLife { failures = 0 }
        let wait = min(Self.longest, Self.first * (1 << min(failures, 10)))
        failures += 1
        return wait
    }
}
