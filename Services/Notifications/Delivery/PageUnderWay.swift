import EventLoop

/// A page of messages on their way out, and what became of those that are not settled yet.
@Loop
final class PageUnderWay {
    private var outcomes: [DeliveryOutcome] = []
    private var left: Int
    private var tasks: [Task<Void, Never>] = []
    private var isStopping = false
    private let changed = Notice()

    /// Begins to send all of them.
    init(_ messages: [ClaimedMessage], _ send: @escaping @Loop (ClaimedMessage) async -> DeliveryOutcome) {
        left = messages.count
        tasks = messages.map { message in
            Task { @Loop in
                let outcome = await send(message)
                self.outcomes.append(outcome)
                self.changed.notify()
            }
        }
    }

    /// Waits for the outcomes and gives them all together. After a stop it gives those that are there, time after time: what is
    /// under way may take longer than there is time then, and the others do not wait for it. Nil when all were given.
    func next() async throws -> [DeliveryOutcome]? {
        guard left > 0 else { return nil }
        try await changed.wait { outcomes.count == left || (isStopping && !outcomes.isEmpty) }
        let given = outcomes
        outcomes = []
        left -= given.count
        return given
    }

    /// Lets nothing more begin.
    func stop() {
        isStopping = true
        for task in tasks { task.cancel() }
        changed.notify()
    }
}
