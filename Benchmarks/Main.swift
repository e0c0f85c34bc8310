import EventLoop
import FoundationEssentials
import Kafka
import Rapport

/// Measures the suite's promises, each beside its limit or its peer in the same run.
@main
struct Main {
    static func main() {
        CommandProgram.run("rapport-bench", help: help) { arguments in
            let base = try Base(&arguments)
            let words = arguments.plainWords()
            try arguments.end()
            return try await base.use { database, kafka in
                let bench = try Bench(database: database, kafka: kafka)
                try await bench.run(only: words.first, part: words.dropFirst().first)
            }
        }
    }

    private static let help = """
        rapport-bench [programs | broker | apply | flow | relay | disturb | latency | http | audit | value | contacts |
                       sight | hostile | scale] [--run DIR]
        Starts a PostgreSQL and a Broker of its own in DIR/bench (.run/bench beside the package), measures on them, stops
        them and deletes them, whatever DATABASE_URL and KAFKA_BROKERS name. Of broker, one part alone: idle, produce,
        consume or latency. Scale, several processes of one service beside each other, runs only when it is named, of all
        services that read orders or of the one that is named too. BENCH_DATABASE_URL (a database where schemas may be made) and BENCH_KAFKA_BROKERS, both set,
        name others to measure on.
        """
}

/// The PostgreSQL and the Kafka that are measured on.
@Loop
struct Base {
    private let folder: String

    init(_ arguments: inout Arguments) throws {
        folder = try (arguments.value("--run") ?? SuiteFolder.defaultPath) + "/bench"
    }

    /// Measures on those that the environment names for it, else on a pair that is started and, whatever happens, taken down again.
    func use(_ measure: (_ database: String, _ kafka: KafkaSettings) async throws -> Void) async throws -> Bool {
        let environment = ProcessInfo.processInfo.environment
        if let database = environment["BENCH_DATABASE_URL"], let brokers = environment["BENCH_KAFKA_BROKERS"] {
            try await measure(database, KafkaSettings(brokers: brokers, clientID: "rapport-bench"))
            return true
        }
        // The programs that are measured inherit the environment too.
        for name in environment.keys
        where name == "DATABASE_URL" || name.hasSuffix("_DATABASE_URL") || name.hasPrefix("KAFKA_") {
            unsetenv(name)
        }
        let suite = try Suite(SuiteFolder(folder), Terminal())
        do {
            let (database, kafka) = try await suite.upBase()
            try await measure(database, kafka)
        } catch {
            try? await suite.down(wipe: true)
            throw error
        }
        try await suite.down(wipe: true)
        return true
    }
}
