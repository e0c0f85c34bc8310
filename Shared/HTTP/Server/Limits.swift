import EventLoop

/// What one server allows its peers.
public struct Limits: Sendable {
    /// Bytes of the request line; more is answered 414.
    public var requestLineBytes = 8192
    /// Bytes of all header fields together; more is answered 431.
    public var headerBytes = 16_384
    /// Number of header fields; more is answered 431.
    public var headerFields = 100
    /// Bytes of any body, streamed ones too; handlers set their own, lower limits.
    public var bodyBytes = 1 << 30
    /// Open connections; a further one takes the place of one of whoever has most.
    public var connections = 10_000
    /// Open connections of one address.
    public var connectionsByAddress = 5_000
    /// Bytes of requests and answers that are held at a time; above it whoever holds most is cut.
    public var heldBytes = 64 << 20
    /// From a connection or a head's first byte to its end; then 408.
    public var headTime = Duration.seconds(10)
    /// Between requests of one connection.
    public var idleTime = Duration.seconds(75)
    /// Waiting for a body that is allowed before its rate counts; then 408.
    public var bodyTime = Duration.seconds(10)
    /// Bytes a second that a body must come with, on the whole.
    public var bodyRate = 1024
    /// How long a peer may take nothing of what waits for it.
    public var writeTime = Duration.seconds(30)
    /// How long an idle connection of a server that stops may still bring a request.
    public var partingTime = Duration.milliseconds(250)
    /// How long a closing connection lets the peer read the last answer.
    public var lingerTime = Duration.seconds(2)
    /// Bytes that a closing connection reads and drops.
    public var lingerBytes = 1 << 20

    /// The defaults.
    public init() {}
    /// The defaults.
    public static let `default` = Limits()

    /// The same with no more connections than the process may have open files, less what else it needs.
    public func withinDescriptors() -> Limits {
        var (within, files) = (self, rlimit())
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files) == 0 else { return self }
        let room = Int(clamping: files.rlim_cur) - Self.otherFiles
        within.connections = max(16, min(connections, room))
        within.connectionsByAddress = min(connectionsByAddress, max(8, within.connections / 2))
        return within
    }

    /// Files that a process has open besides its connections: those to database and broker, and what comes for a moment.
    private static let otherFiles = 128

    /// How often deadlines are looked at: often enough for the shortest.
    var tick: Duration {
        let shortest = min(min(headTime, idleTime), min(min(bodyTime, writeTime), lingerTime))
        return min(.seconds(1), max(.milliseconds(10), shortest / 4))
    }
}
