import CRMModel
import EventLoop
import FoundationEssentials
import Kafka
import Postgres

/// Orders a second through all five services: until each has applied the orders and what the others tell of them.
@Loop
struct FlowBench {
    let bench: Bench
    private let count = 40_000
    private let services = ["contacts", "sales", "campaigns", "tickets", "notifications"]

    init(_ bench: Bench) { self.bench = bench }

    func run() async throws {
        bench.title(
            "flow: \(grouped(Double(count))) orders of 5 lines through five programs, two cores, one PostgreSQL and the Broker"
        )
        try await bench.makeTopics()
        var programs: [RunningProgram] = []
        defer { for program in programs { program.kill() } }
        for name in services { programs.append(try await RunningProgram.start("rapport-\(name)", bench)) }
        let connection = try await PostgresConnection.open(
            PostgresSettings(url: bench.database, applicationName: "rapport-bench"))
        defer { connection.close() }
        try await wait(for: connection, Topic.all)
        let begin = Loop.now
        try await bench.publish(count, customers: 10_000, prefix: "f\(UInt32.random(in: 0 ... .max))")
        try await wait(for: connection, [.erpOrders])
        let applied = Loop.now - begin
        try await wait(for: connection, Topic.all)
        let settled = Loop.now - begin
        bench.row("orders per second, applied by every service", grouped(Double(count) / applied.seconds))
        bench.row(
            "orders per second, all that follows applied too", grouped(Double(count) / settled.seconds),
            beside: "\(decimal(settled.seconds, 1)) s in all")
    }

    /// Waits until the stored offsets of every service are at the ends of the topics, and no outbox holds anything.
    private func wait(for connection: PostgresConnection, _ topics: [Topic]) async throws {
        let deadline = Loop.now + .seconds(120)
        let names = topics.map(\.name)
        while try await isBehind(connection, names) {
            guard Loop.now < deadline else { throw BenchError(text: "the services did not get through in two minutes") }
            try await Loop.sleep(for: .milliseconds(20))
        }
    }

    private func isBehind(_ connection: PostgresConnection, _ topics: [String]) async throws -> Bool {
        if topics.count > 1, try await number(connection, "SELECT count(*) FROM SCHEMA.outbox") > 0 { return true }
        let partitions = topics.flatMap { topic in
            (0..<Topic.partitions).map { TopicPartition(topic: topic, partition: Int32($0)) }
        }
        let ends = try await KafkaAdmin.bounds(of: partitions, bench.kafka).mapValues(\.upperBound)
        for name in services {
            let rows = try await connection.transaction {
                try await $0.query(
                    Statement(
                        "flow.offsets.\(name)",
                        "SELECT topic, part, greatest(next_offset, 0) FROM \(name).consumer_offset WHERE topic = ANY($1)"
                    ),
                    topics)
            }
            for row in rows {
                let place = TopicPartition(topic: try row.value(0), partition: Int32(try row.value(1) as Int))
                let next: Int = try row.value(2)
                if next < Int(ends[place] ?? 0) { return true }
            }
        }
        return false
    }

    private func number(_ connection: PostgresConnection, _ sql: String) async throws -> Int {
        var sum = 0
        for name in services {
            let statement = Statement("flow.\(name)", sql.replacing("SCHEMA", with: name))
            sum += try await connection.transaction { try await $0.query(statement) }.first?.value(0) ?? 0
        }
        return sum
    }
}
