import EventLoop

/// Work beside the loop that costs clients little to ask for: one piece at a time, so that however many ask, one worker
/// does it and the others write records.
@Loop
final class SlowWork {
    private var last: Completion<Void>?

    /// Does a piece when those asked for before are done.
    func run<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        let (former, own) = (last, Completion<Void>())
        last = own
        defer { own.succeed(()) }
        try await former?.wait()
        return try await Loop.offload(work)
    }
}
