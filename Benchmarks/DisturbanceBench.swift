import CRMModel
import Contacts
import EventLoop
import FoundationEssentials
import Kafka
import Messaging
import Postgres
import ServiceKit

/// What others do to a service's work: a snapshot that is held, a transaction of another schema that writes and does not end, and a flood
/// of messages that cannot be read; each beside the same work undisturbed.
@Loop
struct DisturbanceBench {
    let bench: Bench
    private let count = 40_000

    init(_ bench: Bench) { self.bench = bench }

    private enum Disturbance: String, CaseIterable {
        case none = "undisturbed"
        case snapshot = "a snapshot is held"
        case foreign = "a foreign transaction writes on"
        case poison = "1 of 10 messages is unreadable"
    }

    func run() async throws {
        bench.title(
            "disturbances: \(grouped(Double(count))) orders applied and their events published; then events at 200 a second"
        )
        var calm: (rate: Double, latency: Double) = (0, 0)
        for disturbance in Disturbance.allCases {
            let holder = try await begin(disturbance)
            let found: (rate: Double, latency: Double)
            do {
                found = try await measure(disturbance)
            } catch {
                try await end(holder)
                throw error
            }
            try await end(holder)
            if disturbance == .none { calm = found }
            let isCalm = disturbance == .none
            bench.row(
                "\(disturbance.rawValue): orders per second", grouped(found.rate),
                beside: isCalm ? "" : "undisturbed \(grouped(calm.rate))", ratio: isCalm ? nil : found.rate / calm.rate,
                goal: isCalm ? "" : ">= 0.83 (1 / 1.2)")
            // Poison is in the way in, not in the way out: its latency is measured below.
            if disturbance == .poison { continue }
            bench.row(
                "\(disturbance.rawValue): published, p99", "\(decimal(found.latency * 1000, 1)) ms",
                beside: isCalm ? "" : "undisturbed \(decimal(calm.latency * 1000, 1)) ms",
                ratio: isCalm ? nil : found.latency / calm.latency, goal: isCalm ? "" : "<= 250 ms")
        }
        let readable = try await LatencyBench(bench).measure(poison: false)
        let flooded = try await LatencyBench(bench).measure(poison: true)
        bench.row(
            "the others' latency in a flood of poison, p99", "\(decimal(flooded.p99 * 1000, 2)) ms",
            beside: "undisturbed \(decimal(readable.p99 * 1000, 2)) ms", ratio: flooded.p99 / readable.p99, goal: "<= 2"
        )
    }

    // MARK: Disturbing

    /// Holds it until the session is ended; nil where there is none.
    private func begin(_ disturbance: Disturbance) async throws -> PostgresConnection? {
        let sql: String
        switch disturbance {
        case .none, .poison: return nil
        // A statement keeps its snapshot for as long as it runs.
        case .snapshot: sql = "SELECT pg_sleep(600)::text"
        case .foreign:
            sql = "WITH w AS (INSERT INTO bench_foreign.t VALUES (1) RETURNING 1) SELECT pg_sleep(600)::text FROM w"
        }
        let settings = PostgresSettings(url: bench.database, applicationName: "bench-holder", statementTimeout: 0)
        let connection = try await PostgresConnection.open(settings)
        for text in ["CREATE SCHEMA IF NOT EXISTS bench_foreign", "CREATE TABLE IF NOT EXISTS bench_foreign.t (a int)"]
        {
            _ = try await connection.transaction { try await $0.query(Statement("hold.\(text.count)", text)) }
        }
        Task { @Loop in
            _ = try? await connection.transaction { try await $0.query(Statement("hold", sql)) }
        }
        return connection
    }

    private func end(_ holder: PostgresConnection?) async throws {
        guard let holder else { return }
        let connection = try await PostgresConnection.open(
            PostgresSettings(url: bench.database, applicationName: "rapport-bench"))
        _ = try await connection.transaction {
            try await $0.query(
                Statement(
                    "hold.end",
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'bench-holder'"))
        }
        connection.close()
        holder.close()
    }

    // MARK: Measuring

    private func measure(_ disturbance: Disturbance) async throws -> (rate: Double, latency: Double) {
        let settings = try await bench.contactsSchema()
        try await bench.makeTopics()
        let topic = Topic(
            name: "bench.disturbed.\(UInt32.random(in: 0 ... .max))", key: "customer number", owner: "bench")
        try await KafkaAdmin.createTopics([TopicPlan(name: topic.name, partitions: 12)], bench.kafka)
        try await bench.publish(
            count, customers: 10_000, prefix: "d", to: topic.name, poison: disturbance == .poison)
        let runner = ConsumerRunner(
            try ContactsService.subscriptions(to: [topic]), group: "bench-\(topic.name)", kafka: bench.kafka,
            postgres: settings)
        runner.onProblem = { print("  problem: \($0)") }
        let relay = Relay(source: "/contacts", kafka: bench.kafka, postgres: settings)
        relay.onProblem = { print("  problem: \($0)") }
        runner.onCommit = { relay.wake() }
        relay.start()
        try runner.start()
        while runner.statistics.applied < 500 { try await Loop.sleep(for: .milliseconds(5)) }
        let begin = (Loop.now, runner.statistics.applied)
        while runner.statistics.applied < count { try await Loop.sleep(for: .milliseconds(5)) }
        let rate = Double(runner.statistics.applied - begin.1) / (Loop.now - begin.0).seconds
        await runner.stop()
        let connection = try await PostgresConnection.open(settings)
        defer { connection.close() }
        let left = Statement("disturbance.left", "SELECT count(*) FROM outbox")
        while try await connection.transaction({ try await $0.query(left) }).first?.value(0) ?? 0 > 0 {
            try await Loop.sleep(for: .milliseconds(20))
        }
        let latency = try await published(relay, connection)
        await relay.stop()
        return (rate, latency)
    }

    /// From the commit of an event until a reader of the topic has it, 200 a second for five seconds: the 99th of a hundred, in seconds.
    private func published(_ relay: Relay, _ connection: PostgresConnection) async throws -> Double {
        let reader = try KafkaConsumer(bench.kafka, group: nil)
        let partitions = (0..<Topic.partitions).map { TopicPartition(topic: Topic.contacts.name, partition: Int32($0)) }
        try reader.assign(try await KafkaAdmin.bounds(of: partitions, bench.kafka).mapValues { $0.upperBound })
        var committed: [String: Duration] = [:]
        var read: [String: Duration] = [:]
        reader.onReady = { [unowned reader] in
            for record in reader.poll(limit: 1000, byteLimit: 1 << 20) {
                read[String(decoding: record.keyBytes ?? [], as: UTF8.self)] = Loop.now
            }
        }
        // The first ones warm connections and plans.
        let warm = 200
        let start = Loop.now
        for number in 0..<warm + 1000 {
            let due = start + .milliseconds(5 * number)
            if due > Loop.now { try await Loop.sleep(for: due - Loop.now) }
            let key = "bench-\(number)"
            try await connection.transaction { transaction in
                _ = transaction.enqueue(
                    Outbox.insert, Topic.contacts.name, key, 1, "contacts.party.changed.v1", nil as String?, "{}")
            }
            if number >= warm { committed[key] = Loop.now }
            relay.wake()
        }
        while read.count < warm + 1000 { try await Loop.sleep(for: .milliseconds(5)) }
        await reader.close()
        return committed.map { max(.zero, (read[$0.key] ?? .zero) - $0.value) }.percentile(0.99).seconds
    }
}
