import EventLoop
import Telemetry

/// Background work in steps: all there is to do, then a pause that can be cut short; what fails is told and tried again after it.
@Loop
public final class SteadyWork {
    private let log: Log
    private let pause: Duration
    private let rest: Int
    private let complaint: String
    private let changed = Notice()
    private var isWoken = false

    /// - Parameters:
    ///   - pause: how long there may be something to do before it is looked for.
    ///   - rest: how many times as long as it has worked it pauses at least, for what is too dear to be done all the time.
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
        while !Task.isCancelled {
            isWoken = false
            let start = Loop.now
            do {
                try await begin()
                while try await step(), !Task.isCancelled {}
            } catch {
                // What a cancellation breaks off is no failure.
                if !Task.isCancelled { log.warning("\(complaint): \(error)") }
            }
            _ = try? await changed.wait(until: { isWoken }, atMost: max(pause, (Loop.now - start) * rest))
        }
    }
}
