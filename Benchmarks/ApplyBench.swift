import CRMModel
import Contacts
import EventLoop
import FoundationEssentials
import Kafka
import Messaging
import Postgres
import ServiceKit

/// Events applied by contacts in batches, beside pgbench running the same statements on batches of the same size.
@Loop
struct ApplyBench {
    let bench: Bench
    private let count = 60_000
    private let customers = 20_000

    init(_ bench: Bench) { self.bench = bench }

    func run() async throws {
        bench.title("batch apply: contacts, orders of 5 lines, 500 events a transaction")
        // In turns, as the machine is not the same from one moment to the next; the round in the middle counts.
        var rounds: [(ours: Double, peer: Double)] = []
        for _ in 0..<3 { rounds.append((try await measureOurs(), try await measurePgbench())) }
        rounds.sort { $0.ours / $0.peer < $1.ours / $1.peer }
        let (ours, peer) = rounds[1]
        let ratios = rounds.map { decimal($0.ours / $0.peer, 2) }.joined(separator: ", ")
        bench.row(
            "events applied per second (of \(ratios))", grouped(ours),
            beside: "pgbench, same statements \(grouped(peer))", ratio: ours / peer, goal: ">= 0.95")
    }

    private func measureOurs() async throws -> Double {
        let settings = try await bench.contactsSchema()
        // A topic of its own, so that nothing else is in it.
        let topic = Topic(name: "bench.orders.\(UInt32.random(in: 0 ... .max))", key: "customer number", owner: "bench")
        try await KafkaAdmin.createTopics([TopicPlan(name: topic.name, partitions: 12)], bench.kafka)
        try await bench.publish(count, customers: customers, prefix: "a", to: topic.name)
        let pool = PostgresPool(settings, size: 1)
        let runner = ConsumerRunner(
            try ContactsService.subscriptions(to: [topic]), group: "bench-\(topic.name)", kafka: bench.kafka,
            postgres: settings)
        runner.onProblem = { print("  problem: \($0)") }
        try runner.start()
        while runner.statistics.applied < 500 { try await Loop.sleep(for: .milliseconds(5)) }
        let begin = (Loop.now, runner.statistics.applied)
        while runner.statistics.applied < count { try await Loop.sleep(for: .milliseconds(5)) }
        let rate = Double(runner.statistics.applied - begin.1) / (Loop.now - begin.0).seconds
        await runner.stop()
        pool.close()
        return rate
    }

    /// pgbench runs the statements of one batch, the parameters taken from a table of batches instead of from the wire.
    private func measurePgbench() async throws -> Double {
        let settings = try await bench.contactsSchema()
        let connection = try await PostgresConnection.open(settings)
        try await connection.transaction { transaction in
            for (index, sql) in ContactsStatements.batches(customers: customers).enumerated() {
                _ = try await transaction.query(Statement("bench.make.\(index)", sql))
            }
        }
        connection.close()
        let script =
            """
            \\set n random(1, 200)
            BEGIN;
            \(try ContactsStatements.batch().joined(separator: ";\n"));
            COMMIT;
            """
        return try await bench.pgbench(script, seconds: 6) * 500
    }
}
