import EventLoop
import Postgres
import Telemetry

/// Background work in steps: all there is to do, then a pause that can be cut short; what fails is tried again after it, and is a trouble
/// of the process as long as it does.
@Loop
public final class SteadyWork {
    private let log: Log
    private let pause: Duration
    private let rest: Int
    private let complaint: String
    private let changed = Notice()
    private var isWoken = false
    private var failures = 0

    /// - Parameters:
    ///   - pause: how long there may be something to do before it is looked for.
    ///   - rest: how many times as long as it works it pauses at least, for what is too dear to be done all the time. One round that took
    ///     long by chance no more than doubles the pause.
    ///   - complaint: what it means where a step fails, for people.
    public init(_ log: Log, every pause: Duration, resting rest: Int = 0, failing complaint: String) {
        self.log = log
        self.pause = pause
        self.rest = rest
        self.complaint = complaint
    }

    /// Says that there is something to do.
    public func wake() {
        isWoken = true
        changed.notify()
    }

    /// Works until the task is cancelled: `begin` after each pause, then `step` as long as it says that there may be more.
    public func run(
        begin: () async throws -> Void = {}, _ step: () async throws -> Bool
    ) async {
        var usual = Duration.milliseconds(500)
        while !Task.isCancelled {
            isWoken = false
            let start = Loop.now
            do {
                try await begin()
                while try await step(), !Task.isCancelled {}
                failures = 0
                Troubles.current?.end(.backgroundWork, about: complaint)
            } catch {
                // What a cancellation breaks off is no failure.
                if !Task.isCancelled { failed(error) }
            }
            usual = min(Loop.now - start, max(usual * 2, .milliseconds(500)))
            _ = try? await changed.wait(until: { isWoken }, atMost: max(pause, usual * rest))
        }
    }

    private func failed(_ error: any Error) {
        failures += 1
        log.debug("\(complaint): \(error)")
        if let full = error as? PostgresError, full.trouble == .databaseFull {
            Troubles.current?.begin(.databaseFull, full.message)
        }
        // Two that met in the database, or a busy moment: the next try says whether it is more.
        let passes = error is PoolExhausted || (error as? PostgresError)?.verdict == .retry
        if passes, failures == 1 { return }
        Troubles.current?.begin(.backgroundWork, about: complaint, "\(error)", times: failures)
    }
}
