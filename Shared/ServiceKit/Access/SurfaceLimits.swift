import HTTP

/// What one caller may ask of a process, and all callers together: settings with defaults that ordinary use does not meet.
public struct SurfaceLimits: Sendable {
    /// Requests a second of one key, person or address; twice as many at a go.
    public var rate = 1000
    /// Requests of one caller at a time.
    public var atOnce = 64
    /// Milliseconds of the loop in each second that one caller may take.
    public var loopMilliseconds = 500
    /// Connections, and bytes of requests and answers in memory.
    public var server = Limits.default

    /// The defaults.
    public init() {}

    /// Reads the settings of a process.
    init(_ settings: Settings) throws {
        rate = try Self.read(
            "HTTP_LIMIT_RATE", rate, 1...1_000_000, "requests a second of one key, person or address", settings)
        atOnce = try Self.read(
            "HTTP_LIMIT_AT_ONCE", atOnce, 1...100_000, "requests at a time of one key, person or address", settings)
        loopMilliseconds = try Self.read(
            "HTTP_LIMIT_LOOP_MS", loopMilliseconds, 1...1000,
            "milliseconds of each second that one caller may hold the loop",
            settings)
        server.connections = try Self.read(
            "HTTP_LIMIT_CONNECTIONS", server.connections, 16...1_000_000,
            "open connections; fewer where the process may not have as many files", settings)
        server.connectionsByAddress = try Self.read(
            "HTTP_LIMIT_CONNECTIONS_BY_ADDRESS", server.connectionsByAddress, 8...1_000_000,
            "open connections of one address",
            settings)
        server.heldBytes =
            try Self.read(
                "HTTP_LIMIT_HELD_MB", server.heldBytes >> 20, 4...65_536,
                "megabytes of requests and answers in memory; above it whoever holds most is cut", settings) << 20
    }

    private static func read(
        _ name: String, _ fallback: Int, _ range: ClosedRange<Int>, _ help: String, _ settings: Settings
    ) throws -> Int {
        try settings.value(
            Setting<Int>(name, default: fallback, help: help) { Int($0).flatMap { range.contains($0) ? $0 : nil } })
    }
}
