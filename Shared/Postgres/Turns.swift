import EventLoop

/// Lets one at a time through, in the order of their coming.
@Loop
final class Turns {
    private var isTaken = false
    private var waiting: [Completion<Void>] = []

    /// Waits for a turn, which `end` ends.
    func take() async throws {
        guard isTaken else { return isTaken = true }
        let turn = Completion<Void>()
        waiting.append(turn)
        try await turn.wait()
    }

    /// Gives the turn to the next.
    func end() {
        if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().succeed(()) }
    }
}
