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
    public var connections: Int { open.count }
    /// Connections closed at once because too many were open.
    public private(set) var rejectedConnections = 0

    let router: Router
    let limits: Limits
    private(set) var isStopping = false
    private var listener: Listener?
    private var open: [ObjectIdentifier: Connection] = [:]
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
        guard open.count < limits.connections, !isStopping else {
            rejectedConnections += 1
            return stream.close()
        }
        let connection = Connection(stream, self)
        open[ObjectIdentifier(connection)] = connection
        if !isTicking { scheduleTick() }
    }

    /// One timer looks at all deadlines, as long as there are connections.
    private func scheduleTick() {
        isTicking = true
        _ = Loop.after(limits.tick) { [self] in
            let now = Loop.now
            for connection in Array(open.values) { connection.tick(now, limits.tick) }
            isTicking = false
            if !open.isEmpty { scheduleTick() }
        }
    }

    func requestBegan() {
        requests += 1
        inFlight += 1
    }

    func requestEnded() { inFlight -= 1 }

    func requestRefused() { refusals += 1 }

    func connectionEnded(_ connection: Connection) {
        open[ObjectIdentifier(connection)] = nil
        changed.notify()
    }

    /// Stops taking connections and ends event streams. Idle connections have a moment for a request that is under way to us, and are
    /// ended then; running requests end within `limit`, or are cancelled with a 503. Every answer is the last of its connection. Returns
    /// when every connection is closed.
    public func stop(within limit: Duration) async {
        isStopping = true
        listener?.close()
        listener = nil
        for connection in Array(open.values) { connection.endEventStream() }
        _ = try? await changed.wait(until: { open.isEmpty }, atMost: min(limit, limits.partingTime))
        for connection in Array(open.values) { connection.endIfIdle() }
        _ = try? await changed.wait(until: { open.isEmpty }, atMost: limit)
        for connection in Array(open.values) { connection.stopNow() }
        // The peers of cancelled requests get a moment to read their answers.
        _ = try? await changed.wait(until: { open.isEmpty }, atMost: min(limits.lingerTime, .milliseconds(500)))
        for connection in Array(open.values) { connection.stopNow() }
    }
}

/// Where the listener finds the server, which is made after it; keeps it alive until the listener closes.
@Loop
private final class Arrivals {
    var server: HTTPServer?
}
