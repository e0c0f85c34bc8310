import EventLoop
import TestKit
import Testing

@testable import Broker

/// Clients that others wrote, unmodified, against a broker; their programs stand in `Clients`.
@Suite struct ForeignClientTests {
    /// Pythons with the newest clients, and with those of Debian 12.
    enum Environment: String, CaseIterable {
        case newest, debian

        var packages: String {
            switch self {
            case .newest: "confluent-kafka kafka-python aiokafka cramjam lz4 zstandard python-snappy"
            case .debian: "confluent-kafka==2.0.2 kafka-python==2.0.2 python-snappy lz4 zstandard"
            }
        }
    }

    private static let folder = TestPaths.package + "/Tests/BrokerTests/Clients"

    /// The Pythons that can be had; a warning for each that cannot, and without any the test is not run.
    private func pythons() async throws -> [Environment: String] {
        var pythons: [Environment: String] = [:]
        for environment in Environment.allCases { pythons[environment] = try await python(environment) }
        if pythons.isEmpty { try Test.cancel("no Python, or no package index to take its packages from") }
        return pythons
    }

    private func python(_ environment: Environment) async throws -> String? {
        let place = TestPaths.package + "/.build/clients/\(environment.rawValue)"
        let made = try await runShell(
            "mkdir -p $(dirname '\(place)') && '\(Self.folder)/python-with' '\(place)' \(environment.packages)",
            seconds: 180)
        guard made.status == 0 else {
            Issue.record("no Python with \(environment.packages): \(made.output)", severity: .warning)
            return nil
        }
        return made.output.split(separator: "\n").last.map(String.init)
    }

    private func run(_ line: String, seconds: Int) async throws {
        let result = try await runShell(line, seconds: seconds)
        #expect(result.status == 0 && result.output.contains("all good"), "\(line)\n\(result.output)")
    }

    private static let scripts: [(script: String, environment: Environment)] = [
        ("confluent.py", .newest), ("confluent.py", .debian), ("kafka_python.py", .newest),
        ("kafka_python.py", .debian), ("aio.py", .newest),
    ]

    /// Side by side, each with a broker of its own: most of their time they wait.
    @Test @Loop func pythonClientsWriteReadShareAndAdminister() async throws {
        let pythons = try await pythons()
        let runs = Self.scripts.compactMap { script, environment in
            pythons[environment].map { python in
                Task.immediate { @Loop in
                    try await withBroker { broker, _ in
                        try await run("\(python) '\(Self.folder)/\(script)' 127.0.0.1:\(broker.port)", seconds: 120)
                    }
                }
            }
        }
        for run in runs { try await run.value }
    }

    @Test @Loop func pythonClientsSignIn() async throws {
        let pythons = try await pythons()
        try await withSecureBroker { _, _, port, _ in
            let runs = pythons.values.map { python in
                Task.immediate { @Loop in
                    try await run("\(python) '\(Self.folder)/signin.py' 127.0.0.1:\(port) 张三 芝麻开门", seconds: 120)
                }
            }
            for run in runs { try await run.value }
        }
    }

    /// CI runs the tools of the newest version; `BROKER_ALL_KAFKAS` those of the older one too.
    nonisolated private static var versions: [String] {
        getenv("BROKER_ALL_KAFKAS") == nil ? ["4.3.1"] : ["4.3.1", "3.9.2"]
    }

    @Test(.enabled(if: ApacheKafka.path != nil, "there is no ../shared/kafka"), arguments: versions)
    @Loop func apacheKafkasOwnToolsWork(version: String) async throws {
        let program = try #require(ApacheKafka.path)
        try await withBroker { broker, _ in
            try await run(
                "'\(Self.folder)/java-tools.sh' '\(program)' \(version) 127.0.0.1:\(broker.port)", seconds: 150)
        }
    }
}
