/// A value that comes later, once: the bridge from callbacks to `await`.
@Loop
public final class Completion<Value: Sendable> {
    private var result: Result<Value, any Error>?
    private var waiters: [UnsafeContinuation<Void, Never>] = []

    /// A completion without a value yet.
    public init() {}

    /// Whether the value or the error is there.
    public var isComplete: Bool { result != nil }

    /// Gives the value; the first to complete wins.
    public func succeed(_ value: Value) { complete(.success(value)) }

    /// Gives the error; the first to complete wins.
    public func fail(_ error: any Error) { complete(.failure(error)) }

    /// Gives the outcome; the first to complete wins.
    public func complete(_ outcome: Result<Value, any Error>) {
        guard result == nil else { return }
        result = outcome
        let resumed = waiters
        waiters = []
        for waiter in resumed { waiter.resume() }
    }

    /// Waits for the value, whatever becomes of the waiting task: for work that must not be left half done.
    public func wait() async throws -> Value {
        while true {
            if let result { return try result.get() }
            await withUnsafeContinuation { continuation in
                // Tested again inside, as the await may have passed through the loop's queue.
                if result != nil { continuation.resume() } else { waiters.append(continuation) }
            }
        }
    }

    /// Waits for the value; cancelling the task completes it with `CancellationError`.
    public func waitOrCancel() async throws -> Value {
        try await withTaskCancellationHandler {
            if Task.isCancelled { fail(CancellationError()) }
            return try await wait()
        } onCancel: {
            Task { @Loop in self.fail(CancellationError()) }
        }
    }
}

/// A condition that tasks of the loop wait for: whoever changes what they test calls `notify`.
@Loop
public final class Notice {
    private var waiters: [UInt64: UnsafeContinuation<Void, Never>] = [:]
    private var joined: UInt64 = 0

    /// A notice nobody waits for.
    public init() {}

    /// Lets every waiter test its condition again.
    public func notify() {
        guard !waiters.isEmpty else { return }
        let resumed = waiters
        waiters.removeAll(keepingCapacity: true)
        for (_, waiter) in resumed.sorted(by: { $0.key < $1.key }) { waiter.resume() }
    }

    /// Waits until `condition` holds; throws `CancellationError` when the task is cancelled first.
    public func wait(until condition: @Loop () -> Bool) async throws {
        _ = try await wait(until: condition, deadline: nil)
    }

    /// Waits until `condition` holds or the time is over, and says whether it holds.
    public func wait(until condition: @Loop () -> Bool, atMost duration: Duration) async throws -> Bool {
        try await wait(until: condition, deadline: Loop.now + duration)
    }

    private func wait(until condition: @Loop () -> Bool, deadline: Duration?) async throws -> Bool {
        var timer: TimerID?
        if let deadline { timer = LoopExecutor.current.addTimer(at: deadline) { [self] in notify() } }
        defer { if let timer { LoopExecutor.current.cancelTimer(timer) } }
        while true {
            try Task.checkCancellation()
            if condition() { return true }
            if let deadline, Loop.now >= deadline { return false }
            joined += 1
            let ticket = joined
            await withTaskCancellationHandler {
                await withUnsafeContinuation { continuation in
                    if condition() || Task.isCancelled {
                        continuation.resume()
                    } else {
                        waiters[ticket] = continuation
                    }
                }
            } onCancel: {
                Task { @Loop in self.waiters.removeValue(forKey: ticket)?.resume() }
            }
        }
    }
}

extension Loop {
    /// Suspends for a time; throws `CancellationError` when the task is cancelled first.
    @Loop public static func sleep(for duration: Duration) async throws {
        let over = Completion<Void>()
        let timer = after(duration) { over.succeed(()) }
        defer { timer.cancel() }
        try await over.waitOrCancel()
    }

    /// Calls `action` once after a time.
    @Loop public static func after(_ duration: Duration, _ action: @escaping @Loop () -> Void) -> LoopTimer {
        LoopTimer(LoopExecutor.current.addTimer(at: now + duration, action))
    }

    /// Runs `body` and cancels it when the time is over, then throws `DeadlineExceeded`.
    @Loop public static func withDeadline<T: Sendable>(
        _ duration: Duration, _ body: @escaping @Loop () async throws -> T
    ) async throws -> T {
        let outcome = Completion<T>()
        let task = Task { @Loop in
            do { outcome.succeed(try await body()) } catch { outcome.fail(error) }
        }
        let timer = after(duration) {
            outcome.fail(DeadlineExceeded(duration: duration))
            task.cancel()
        }
        defer { timer.cancel() }
        return try await withTaskCancellationHandler {
            try await outcome.wait()
        } onCancel: {
            task.cancel()
        }
    }
}

/// A pending call of `Loop.after`.
@Loop
public struct LoopTimer {
    private let id: TimerID
    init(_ id: TimerID) { self.id = id }
    /// Takes the call back, if it has not come yet.
    public func cancel() { LoopExecutor.current.cancelTimer(id) }
}

/// A bounded operation took longer than allowed.
public struct DeadlineExceeded: Error, CustomStringConvertible {
    /// The bound that was passed.
    public let duration: Duration
    /// For people.
    public var description: String { "not done within \(duration)" }
}
