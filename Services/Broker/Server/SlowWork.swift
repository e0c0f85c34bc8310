import EventLoop

/// Work beside the loop that costs clients little to ask for: one piece at a time, so that however many ask, one worker
/// does it and the others write records.
@Loop
final class SlowWork {
    private var isBusy = false
    private let changed = Notice()

    /// Does a piece when its turn has come. Whoever is gone by then waits no longer: what was kept for them would count nowhere.
    func run<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        while isBusy { try await changed.wait(until: { !isBusy }) }
        isBusy = true
        defer {
            isBusy = false
            changed.notify()
        }
        return try await Loop.offload(work)
    }
}
