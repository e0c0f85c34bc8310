import EventLoop

/// How a broker runs.
public struct BrokerSettings: Sendable {
    /// When a record counts as written.
    public enum Flush: String, Sendable {
        /// It is on the disk, and outlives a loss of power; records that come together share a flush.
        case sync
        /// The operating system has it, as with Apache Kafka's own settings. It outlives the end of this process, a
        /// kill too. A loss of power or a crash of the system loses the records acknowledged in the last seconds
        /// (Linux writes back after about 30), and groups' offsets with them; offsets are then given out a second
        /// time. For tests and for data that can be sent again.
        case pageCache = "page-cache"
    }

    /// The folder of all data; made if missing.
    public var dataDirectory: String
    /// The numeric address to listen on.
    public var address = "127.0.0.1"
    /// Whether an address that other machines can reach is allowed.
    public var allowRemote = false
    /// The port to listen on; 0 lets the system choose.
    public var port = 0
    /// The host that clients are told to connect to; nil for the address.
    public var advertisedHost: String?
    /// Partitions of a topic that is made without a number.
    public var defaultPartitions = 12
    /// The size at which a partition begins a new file, in bytes.
    public var segmentBytes = 64 << 20
    /// When a record counts as written.
    public var flush = Flush.sync
    /// Whether asking for a topic makes it.
    public var autoCreateTopics = true
    /// The largest request, in bytes.
    public var maxFrameBytes = 100 << 20
    /// The most clients at a time; more are turned away.
    public var maxConnections = 1000
    /// The shortest session that a group member may ask for.
    public var minSessionTimeout = Duration.milliseconds(1000)
    /// How long the offsets of a group without members are kept.
    public var offsetsRetention = Duration.seconds(7 * 86_400)
    /// How often old records, offsets and producers are looked for.
    public var cleanInterval = Duration.seconds(60)
    /// The most partitions of all topics together.
    public var maxPartitions = 20_000

    /// The defaults, with the data in a folder.
    public init(dataDirectory: String) { self.dataDirectory = dataDirectory }

    /// Reads `BROKER_DATA`, `BROKER_ADDRESS`, `BROKER_PORT`, `BROKER_FLUSH`, `BROKER_CLEAN_MS`,
    /// `BROKER_ADVERTISED_HOST` and `BROKER_ALLOW_REMOTE`; throws `BrokerError` for a value that cannot be.
    public init(environment: (String) -> String?) throws {
        self.init(dataDirectory: environment("BROKER_DATA") ?? ".run/broker")
        address = environment("BROKER_ADDRESS") ?? address
        advertisedHost = environment("BROKER_ADVERTISED_HOST")
        allowRemote = environment("BROKER_ALLOW_REMOTE") == "true"
        if let text = environment("BROKER_PORT") {
            guard let number = Int(text), (0...65535).contains(number) else {
                throw BrokerError("BROKER_PORT is no port: \(text)")
            }
            port = number
        }
        if let text = environment("BROKER_CLEAN_MS") {
            guard let number = Int(text), number > 0 else {
                throw BrokerError("BROKER_CLEAN_MS is no number of milliseconds: \(text)")
            }
            cleanInterval = .milliseconds(number)
        }
        if let text = environment("BROKER_FLUSH") {
            guard let flush = Flush(rawValue: text) else {
                throw BrokerError("BROKER_FLUSH is neither sync nor page-cache: \(text)")
            }
            self.flush = flush
        }
    }

    /// Whether only this machine can reach the address.
    var isLoopback: Bool { address.hasPrefix("127.") || address == "::1" }
}

/// Why a broker cannot run.
public struct BrokerError: Error, CustomStringConvertible {
    /// For people.
    public let description: String
    init(_ description: String) { self.description = description }
}
