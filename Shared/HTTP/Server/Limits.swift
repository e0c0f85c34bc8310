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
    /// Open connections; more are closed at once.
    public var connections = 10_000
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

    /// How often deadlines are looked at: often enough for the shortest.
    var tick: Duration {
        let shortest = min(min(headTime, idleTime), min(min(bodyTime, writeTime), lingerTime))
        return min(.seconds(1), max(.milliseconds(10), shortest / 4))
    }
}
