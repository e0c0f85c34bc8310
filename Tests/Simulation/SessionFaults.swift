import EventLoop
import Postgres

/// What goes wrong with a session.
extension SimulatedSession {
    /// The connection is cut: both sides notice soon, the client when it runs.
    func cut() {
        if network.chance.happens(500) { sent = [] }
        lose("the connection was cut")
        if !isPumping { server.end() }
    }

    /// Nothing passes any more; the server's bounds on TCP tell it after 8 s, and the client's keepalives that a little later.
    func blackhole() {
        guard isOpen, !isBlackholed else { return }
        isBlackholed = true
        server.isCutOff = true
        sent = []
        answers = []
        network.leave { _ = Loop.after(.seconds(8)) { [self] in server.end() } }
        network.enter { [self] in _ = Loop.after(.seconds(12)) { [self] in fail(.connection("timed out")) } }
    }

    /// The server has had no sign from the client's machine for too long.
    func timeOut() { server.end() }

    /// The process stops in the midst of writing: some of what has not arrived yet goes out when it goes on.
    func holdBack() {
        guard isOpen, !sent.isEmpty else { return }
        let written = network.chance.number(0...sent.count)
        unwritten = Array(sent[written...])
        sent.removeLast(sent.count - written)
    }

    /// Writes the rest.
    func writeOn() {
        guard !unwritten.isEmpty else { return }
        if isOpen, !isBlackholed, !isCut { sent += unwritten }
        unwritten = []
        startPump()
    }
}
