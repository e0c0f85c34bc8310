import CRMModel
import EventLoop
import FoundationEssentials
import Kafka
import Postgres

/// Looks from outside at a service that is measured: how far it has read, its outbox, deadlocks and waits.
@Loop
final class ScaleLook {
    private let bench: Bench
    private let name: String
    private let connection: PostgresConnection
    private let sampling: PostgresConnection
    private let topic = Topic.erpOrders.name

    init(_ bench: Bench, _ name: String) async throws {
        self.bench = bench
        self.name = name
        let settings = PostgresSettings(url: bench.database, applicationName: "rapport-bench")
        connection = try await PostgresConnection.open(settings)
        sampling = try await PostgresConnection.open(settings)
    }

    func close() {
        connection.close()
        sampling.close()
    }

    /// The sum of the stored offsets of the orders' topic; 0 before there are any.
    func place() async throws -> Int {
        try await number(
            "place",
            "SELECT coalesce(sum(greatest(next_offset, 0)), 0)::bigint FROM consumer_offset WHERE topic = '\(topic)'")
    }

    /// The ends of the orders' topic as they are now.
    func ends() async throws -> [TopicPartition: Int64] {
        let all = (0..<Topic.partitions).map { TopicPartition(topic: topic, partition: Int32($0)) }
        return try await KafkaAdmin.bounds(of: all, bench.kafka).mapValues(\.upperBound)
    }

    /// Whether all up to these ends is applied.
    func hasReached(_ ends: [TopicPartition: Int64]) async throws -> Bool {
        let statement = named("offsets", "SELECT part, next_offset FROM consumer_offset WHERE topic = '\(topic)'")
        for row in try await connection.transaction({ try await $0.query(statement) }) {
            let partition = TopicPartition(topic: topic, partition: Int32(try row.value(0) as Int))
            if Int64(try row.value(1) as Int) < ends[partition] ?? 0 { return false }
        }
        return true
    }

    /// Waits until the processes are ready and have nothing to do, and stay so.
    func untilCalm(_ programs: [RunningProgram]) async throws {
        let deadline = Loop.now + .seconds(120)
        var calm = 0
        while calm < 5 {
            guard Loop.now < deadline else { throw BenchError(text: "\(name) did not come to rest in two minutes") }
            var isCalm = try await number("outbox", "SELECT count(*) FROM outbox") == 0
            if isCalm { isCalm = try await hasReached(try await ends()) }
            for program in programs where isCalm { isCalm = await program.isReady() }
            calm = isCalm ? calm + 1 : 0
            try await Loop.sleep(for: .milliseconds(100))
        }
    }

    /// Deadlocks of the database, and processor seconds of the machine without this program's own.
    func totals() async throws -> (deadlocks: Int, processor: Double) {
        let deadlocks = try await number(
            "deadlocks", "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        // proc(5): user, nice, system, idle, iowait, irq, softirq, in hundredths of a second.
        let fields = Self.fields("/proc/stat")
        let busy = [1, 2, 3, 6, 7].reduce(0.0) { $0 + (fields.count > $1 ? Double(fields[$1]) ?? 0 : 0) }
        let own = Self.fields("/proc/self/stat")
        let mine = [13, 14].reduce(0.0) { $0 + (own.count > $1 ? Double(own[$1]) ?? 0 : 0) }
        return (deadlocks, (busy - mine) / 100)
    }

    private static func fields(_ file: String) -> [Substring] {
        let text = String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self)
        return text.split(separator: "\n").first?.split(separator: " ") ?? []
    }

    /// Until it is cancelled: the share of looks, by session that does something, in which it waited for a lock.
    func sampleLocks() async -> Double {
        let statement = Statement(
            "scale.waits",
            """
            SELECT count(*) FILTER (WHERE wait_event_type = 'Lock'), count(*) FROM pg_stat_activity
            WHERE state <> 'idle' AND pid <> pg_backend_pid() AND backend_type = 'client backend'
            """)
        var (waits, all) = (0, 0)
        while (try? await Loop.sleep(for: .milliseconds(20))) != nil {
            guard let row = try? await sampling.transaction({ try await $0.query(statement) }).first else { continue }
            waits += (try? row.value(0)) ?? 0
            all += (try? row.value(1)) ?? 0
        }
        return all == 0 ? 0 : Double(waits) / Double(all)
    }

    private func named(_ what: String, _ sql: String) -> Statement {
        Statement(
            "scale.\(what).\(name)",
            sql.replacing("FROM consumer_offset", with: "FROM \(name).consumer_offset")
                .replacing("FROM outbox", with: "FROM \(name).outbox"))
    }

    private func number(_ what: String, _ sql: String) async throws -> Int {
        let statement = named(what, sql)
        return try await connection.transaction { try await $0.query(statement) }.first?.value(0) ?? 0
    }
}
