import EventLoop

/// When a client says that it lives: each second, as long as its session holds something and the server waits for it.
///
/// Whoever looks at the server's sessions sees the time of the last statement move, and so tells who thinks for long from who is frozen
/// (`SessionWatch`). The question is put at ticks, and what was sent between them is told by a count: to send something costs nothing.
package struct Beat {
    /// How far apart the ticks are.
    package static let tick = Duration.milliseconds(500)
    private var sent = 0
    private var quietTicks = 0

    /// A client that has sent nothing yet.
    package init() {}

    /// Whether to say so now. A server that owes an answer works, and nobody takes its client for frozen.
    package mutating func isDue(sent: Int, isOwed: Bool) -> Bool {
        guard sent == self.sent, !isOwed else {
            self.sent = sent
            quietTicks = 0
            return false
        }
        quietTicks += 1
        guard quietTicks >= 2 else { return false }
        quietTicks = 0
        return true
    }
}

extension PostgresConnection {
    /// Sees to the next tick, where none is seen to: at the first statement of a transaction, and as long as anything is held.
    func tickLater() {
        guard ticking == nil else { return }
        ticking = Loop.after(Beat.tick) { [weak self] in self?.tick() }
    }

    private func tick() {
        ticking = nil
        guard isOpen, current != nil || holdsLocks else { return }
        tickLater()
        guard beat.isDue(sent: sent, isOwed: isOwed) else { return }
        if let current {
            // A server that has refused a statement passes over all until the end, and holds nothing.
            if current.failure == nil { sendBeat(in: current) }
        } else {
            // Nothing was sent that is not ended, so what is ended here is the beat alone, whoever has the turn.
            let own = Transaction(self)
            sendBeat(in: own)
            sendSync(own)
        }
    }
}
