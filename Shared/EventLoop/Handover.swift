/// What a process finds that takes the place of another: the socket of the port, and where to say that it is ready.
///
/// The socket comes by the protocol of systemd (sd_listen_fds(3)), whose check of the process's number falls away where the starter could
/// not know it. The other is an open file that `READY_FD` names; who is given one takes requests only when it is ready, for the process
/// before it answers until then, and writes a line into it.
public struct Handover: Sendable {
    /// The socket to listen on; nil where the process listens itself.
    public let socket: Int32?
    private let readiness: Int32?
    /// Whether another process answers until this one says that it is ready.
    public var waitsUntilReady: Bool { readiness != nil }

    /// The numeric address that the socket is bound to; nil where there is none.
    public var address: String? { socket.flatMap { Self.address(of: $0) } }

    /// The same of any socket.
    package static func address(of socket: Int32) -> String? { SocketAddress.bound(of: socket)?.host }

    /// Nothing was handed over.
    public init() { (socket, readiness) = (nil, nil) }

    private init(socket: Int32?, readiness: Int32?) {
        self.socket = socket
        self.readiness = readiness
        for descriptor in [socket, readiness] { if let descriptor { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) } }
    }

    /// How it is told, in the environment.
    public static let names = ["LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "READY_FD"]

    /// What this process was started with; given once, so that what it starts itself does not take it too.
    @Loop
    public static func take() -> Handover {
        func value(_ name: String) -> Int32? { getenv(name).flatMap { Int32(String(cString: $0)) } }
        let (count, owner, readiness) = (value("LISTEN_FDS") ?? 0, value("LISTEN_PID"), value("READY_FD"))
        for name in names { unsetenv(name) }
        let isOurs = count > 0 && (owner == nil || owner == getpid())
        return Handover(socket: isOurs ? 3 : nil, readiness: readiness)
    }

    /// Says that this process is ready.
    public func tellReady() {
        guard let readiness else { return }
        _ = "\n".withCString { write(readiness, $0, 1) }
        close(readiness)
    }
}
