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
    /// Where to listen and how; empty for one plain listener at `address` and `port`.
    public var listeners: [ListenerSettings] = []
    /// The PEM file of the certificate, with its chain, of listeners with TLS.
    public var tlsCertificate: String?
    /// The PEM file of the certificate's private key.
    public var tlsKey: String?
    /// The PEM file of the authorities whose certificates clients must show; nil asks for none.
    public var tlsClientAuthorities: String?
    /// The file of those who may sign in.
    public var usersFile: String?
    /// A file of `name:password` lines: these users are there from the start on.
    public var passwordsFile: String?
    /// The file of what each of them may do; nil lets whoever has signed in do everything.
    public var rightsFile: String?
    /// Where figures for Prometheus are served; nil for nowhere.
    public var metrics: (address: String, port: Int)?
    /// The numeric address to listen on.
    public var address = "127.0.0.1"
    /// Whether an address that other machines can reach is allowed without TLS and sign-in.
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
    /// The most clients at a time from one address.
    public var maxConnectionsPerAddress = 500
    /// The bytes that requests and answers of all clients may take together; beyond it, whoever holds most is
    /// disconnected.
    public var maxMemoryBytes = 256 << 20
    /// How long a client without a request is kept.
    public var idleTime = Duration.seconds(600)
    /// How long a request may be on its way, and besides a second for each 64 KiB that have come.
    public var requestTime = Duration.seconds(30)
    /// How long a client may take nothing of what waits for it.
    public var writeTime = Duration.seconds(30)
    /// How long signing in may take, and a TLS handshake.
    public var signInTime = Duration.seconds(10)
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

    /// Reads the settings of README.md; throws `BrokerError` for a value that cannot be.
    public init(environment given: (String) -> String?) throws {
        func environment(_ name: String) -> String? { given(name).flatMap { $0.isEmpty ? nil : $0 } }
        func number(_ name: String, _ range: ClosedRange<Int>, _ fallback: Int) throws -> Int {
            guard let text = environment(name) else { return fallback }
            guard let number = Int(text), range.contains(number) else {
                throw BrokerError("\(name) is no number from \(range.lowerBound) to \(range.upperBound): \(text)")
            }
            return number
        }
        self.init(dataDirectory: environment("BROKER_DATA") ?? ".run/broker")
        address = environment("BROKER_ADDRESS") ?? address
        advertisedHost = environment("BROKER_ADVERTISED_HOST")
        allowRemote = environment("BROKER_ALLOW_REMOTE") == "true"
        port = try number("BROKER_PORT", 0...65_535, port)
        if let text = environment("BROKER_LISTENERS") {
            guard environment("BROKER_PORT") == nil, environment("BROKER_ADDRESS") == nil else {
                throw BrokerError("BROKER_LISTENERS goes without BROKER_ADDRESS and BROKER_PORT")
            }
            listeners = try ListenerSettings.read(text, advertised: environment("BROKER_ADVERTISED_LISTENERS"))
        }
        tlsCertificate = environment("BROKER_TLS_CERTIFICATE")
        tlsKey = environment("BROKER_TLS_KEY")
        tlsClientAuthorities = environment("BROKER_TLS_CLIENT_CA")
        usersFile = environment("BROKER_USERS")
        passwordsFile = environment("BROKER_PASSWORDS")
        rightsFile = environment("BROKER_RIGHTS")
        maxConnections = try number("BROKER_MAX_CONNECTIONS", 1...1_000_000, maxConnections)
        maxConnectionsPerAddress = try number(
            "BROKER_MAX_CONNECTIONS_PER_ADDRESS", 1...1_000_000, min(maxConnections, maxConnectionsPerAddress))
        maxMemoryBytes = try number("BROKER_MAX_MEMORY_MB", 16...1 << 20, maxMemoryBytes >> 20) << 20
        if let text = environment("BROKER_METRICS") {
            metrics = Int(text).map { ("127.0.0.1", $0) } ?? ListenerSettings.hostAndPort(text[...])
            guard let port = metrics?.port, (0...65_535).contains(port) else {
                throw BrokerError("BROKER_METRICS is neither a port nor an address and port: \(text)")
            }
        }
        cleanInterval = .milliseconds(try number("BROKER_CLEAN_MS", 1...Int.max, 60_000))
        if let text = environment("BROKER_FLUSH") {
            guard let flush = Flush(rawValue: text) else {
                throw BrokerError("BROKER_FLUSH is neither sync nor page-cache: \(text)")
            }
            self.flush = flush
        }
    }
}

/// Why a broker cannot run.
public struct BrokerError: Error, CustomStringConvertible {
    /// For people.
    public let description: String
    init(_ description: String) { self.description = description }
}
