import FoundationEssentials
import Kafka
import Postgres

/// The settings that every service has.
public struct ServiceOptions: Sendable {
    /// The brokers.
    public let kafka: KafkaSettings
    /// The database, with the service's schema.
    public let postgres: PostgresSettings
    /// Where it listens.
    public let address: String
    /// The port; 0 lets the system choose.
    public let port: Int
    /// The files of the server's TLS certificate and key; nil for plain HTTP, behind an ingress that has TLS.
    public let tls: (certificate: String, key: String)?
    /// Names this process among those of the service; nil where processes come and go.
    public let instance: String?
    /// Connections for requests and timers.
    public let poolSize: Int
    /// How many looks in a row, a second apart, must find a session of a process of this service standing still before it is ended.
    public let sessionLooks: Int
    /// The administrator's token; without it and without keys programs of this machine are trusted, on loopback only.
    public let token: String?
    /// The file of the keys that programs, partners and scripts have.
    public let keys: String?
    /// What callers may ask of it.
    public let limits: SurfaceLimits

    /// Reads the settings of a service.
    public init(service: String, _ settings: Settings) throws {
        let own = Setting<String>(
            "\(service.uppercased())_DATABASE_URL", isSecret: true, help: "this service's own database")
        let common = Setting<String>(
            "DATABASE_URL", isSecret: true, help: "the PostgreSQL database, postgresql://user:secret@host:port/name")
        let url = try settings.optional(own) ?? settings.value(common)
        let brokers = try settings.value(
            Setting<String>("KAFKA_BROKERS", help: "the Kafka brokers, host:port,host:port"))
        kafka = KafkaSettings(
            brokers: brokers, clientID: "rapport-\(service)",
            properties: KafkaSettings.properties(fromEnvironment: settings.all))
        address = try settings.value(
            Setting<String>("HTTP_ADDRESS", default: "127.0.0.1", help: "the numeric address to listen on"))
        port = try settings.value(Setting<Int>("HTTP_PORT", default: 0, help: "the port, 0 for any"))
        try Self.check("HTTP_PORT", port, 0...65_535)
        let certificate = try settings.optional(
            Setting<String>(
                "HTTP_TLS_CERTIFICATE", help: "a PEM file: the certificate to serve HTTPS with, and its chain"))
        let key = try settings.optional(
            Setting<String>("HTTP_TLS_KEY", help: "a PEM file: the private key of HTTP_TLS_CERTIFICATE"))
        switch (certificate, key) {
        case (let certificate?, let key?): tls = (certificate, key)
        case (nil, nil): tls = nil
        case (nil, _): throw SettingError(name: "HTTP_TLS_CERTIFICATE", problem: "must be set where HTTP_TLS_KEY is")
        case (_, nil): throw SettingError(name: "HTTP_TLS_KEY", problem: "must be set where HTTP_TLS_CERTIFICATE is")
        }
        instance = try settings.optional(
            Setting<String>("INSTANCE", help: "this process's fixed name among those of its service"))
        postgres = PostgresSettings(
            url: url, applicationName: "\(Self.program(of: service)) \(instance ?? Self.unnamed)", schema: service)
        poolSize = try settings.value(Setting<Int>("POOL_SIZE", default: 8, help: "database connections for requests"))
        try Self.check("POOL_SIZE", poolSize, 1...1000)
        sessionLooks = try settings.value(
            Setting<Int>(
                "SESSION_LOOKS", default: 5,
                help: "in how many looks, a second apart, a process must stand still before its sessions are ended"))
        try Self.check("SESSION_LOOKS", sessionLooks, 3...600)
        token = try settings.optional(
            Setting<String>("API_TOKEN", isSecret: true, help: "the administrator's token, which may do all"))
        keys = try settings.optional(
            Setting<String>("API_KEYS", help: "the file of the keys that others have, as rapport keys writes it"))
        limits = try SurfaceLimits(settings)
        try checkToken(for: address, "HTTP_ADDRESS")
    }

    /// Whoever can be reached from other machines needs a token or keys, however it has come by its address.
    func checkToken(for address: String, _ what: String) throws {
        guard Self.isLoopback(address) || token != nil || keys != nil else {
            throw SettingError(
                name: "API_TOKEN", problem: "or API_KEYS must be set where \(what) is not loopback, as \(address)")
        }
    }

    /// Whether only programs of this machine reach an address.
    static func isLoopback(_ address: String) -> Bool {
        ["127.", "::ffff:127."].contains(where: address.hasPrefix) || address == "::1"
    }

    /// How the sessions of a service's processes call themselves; what follows says which process, and what for.
    static func program(of service: String) -> String { "rapport \(service)" }

    /// Tells this process from the others of its service where nobody has named it: the machine, and its number there.
    private static var unnamed: String {
        let host = ProcessInfo.processInfo.hostName.prefix { $0 != "." }
        return "\(host.suffix(24))-\(ProcessInfo.processInfo.processIdentifier)"
    }

    private static func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws {
        guard range.contains(value) else {
            throw SettingError(name: name, problem: "must be from \(range.lowerBound) to \(range.upperBound)")
        }
    }
}
