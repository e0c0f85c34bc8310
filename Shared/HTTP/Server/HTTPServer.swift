import CLinux
import EventLoop

/// A strict HTTP/1.1 server on one port.
///
/// It lives until `stop`. A handler's task is cancelled when its peer hangs up. TLS is a matter of its streams.
@Loop
public final class HTTPServer {
    /// The port listened on.
    public let port: Int
    /// Requests that reached the router since the start.
    public private(set) var requests = 0
    /// Requests that were refused before they reached it: malformed, too large, too slow.
    public private(set) var refusals = 0
    /// Requests being handled now.
    public private(set) var inFlight = 0
    /// Open connections.
    public var connections: Int { peers.count }
    /// Connections closed at once because their address had too many.
    public private(set) var rejectedConnections = 0
    /// Bytes of requests and answers that are held.
    public var heldBytes: Int { peers.held }
    /// Connections cut because they held most when too much was held.
    public var cutConnections: Int { peers.cut }

    let router: Router
    let limits: Limits
    /// Whether its connections have TLS.
    let isSecure: Bool
    private(set) var isStopping = false
    private var listener: Listener?
    let peers: Peers
    private var isTicking = false
    private let changed = Notice()

    /// Listens on a numeric address, with `tls` for `https` only; port 0 lets the system choose. A socket that was handed over is
    /// listened on instead. Throws `UVError` where the port cannot be had.
    public init(
        address: String, port: Int, router: Router, limits: Limits = .default, tls: TLSContext? = nil,
        socket: Int32? = nil
    ) throws {
        self.router = router
        self.limits = limits
        isSecure = tls != nil
        peers = Peers(limits)
        let arrivals = Arrivals()
        let arrive: @Loop (Stream) -> Void = { arrivals.server?.accept($0) ?? $0.close() }
        let listener =
            try socket.map { try Listener(descriptor: $0, tls: tls, onConnection: arrive) }
            ?? Listener(address: address, port: port, tls: tls, onConnection: arrive)
        self.listener = listener
        self.port = listener.port
        arrivals.server = self
    }

    fileprivate func accept(_ stream: Stream) {
        guard !isStopping, let peer = peers.room(for: stream.client) else {
            rejectedConnections += 1
            return stream.close()
        }
        peers.add(Connection(stream, peer, self), to: peer)
        if !isTicking { scheduleTick() }
    }

    /// One timer looks at all deadlines, as long as there are connections.
    private func scheduleTick() {
        isTicking = true
        _ = Loop.after(limits.tick) { [self] in
            let now = Loop.now
            for connection in peers.all { connection.tick(now, limits.tick) }
            if peers.takeRelief() { Task { @Loop in _ = try? await Loop.offload { clinux_release_memory() } } }
            isTicking = false
            if peers.count > 0 { scheduleTick() }
        }
    }

    func requestBegan() {
        requests += 1
        inFlight += 1
    }

    func requestEnded() { inFlight -= 1 }

    func requestRefused() { refusals += 1 }

    func connectionEnded(_ connection: Connection) {
        peers.remove(connection, of: connection.peer)
        changed.notify()
    }

    /// Stops taking connections and ends event streams. Idle connections have a moment for a request that is under way to us, and are
    /// ended then; running requests end within `limit`, or are cancelled with a 503. Every answer is the last of its connection. Returns
    /// when every connection is closed.
    public func stop(within limit: Duration) async {
        isStopping = true
        listener?.close()
        listener = nil
        for connection in peers.all { connection.endEventStream() }
        _ = try? await changed.wait(until: { peers.count == 0 }, atMost: min(limit, limits.partingTime))
        for connection in peers.all { connection.endIfIdle() }
        _ = try? await changed.wait(until: { peers.count == 0 }, atMost: limit)
        for connection in peers.all { connection.stopNow() }
        // The peers of cancelled requests get a moment to read their answers.
        _ = try? await changed.wait(until: { peers.count == 0 }, atMost: min(limits.lingerTime, .milliseconds(500)))
        for connection in peers.all { connection.stopNow() }
    }
}

/// Where the listener finds the server, which is made after it; keeps it alive until the listener closes.
@Loop
private final class Arrivals {
    var server: HTTPServer?
}
