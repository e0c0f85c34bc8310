import CRMModel
import Contacts
import EventLoop
import FoundationEssentials
import Kafka
import Messaging
import Postgres

/// The relay's way from table to broker, beside its two halves alone: the same bytes produced by librdkafka, and the same pages selected
/// and deleted by pgbench.
@Loop
struct RelayBench {
    let bench: Bench
    private let count = 200_000

    init(_ bench: Bench) { self.bench = bench }

    func run() async throws {
        bench.title(
            "relay: \(grouped(Double(count))) events of 300 bytes from the outbox to the broker and out of the table")
        // In turns, as the machine is not the same from one moment to the next; the round in the middle counts.
        var rounds: [(relay: Double, produced: Double, deleted: Double)] = []
        for _ in 0..<3 {
            rounds.append(
                (
                    try await measureRelay("contacts.segment.changed.v1"), try await measureProducer(),
                    try await measurePgbench()
                ))
        }
        let sealing = try await measureRelay("contacts.party.changed.v1")
        let ratios = rounds.map { $0.relay / min($0.produced, $0.deleted) }
        let middle = ratios.indices.sorted { ratios[$0] < ratios[$1] }[1]
        let (relay, produced, deleted) = rounds[middle]
        bench.row(
            "events published per second", grouped(relay), beside: "librdkafka, same bytes \(grouped(produced))",
            ratio: relay / produced)
        bench.row(
            "", "", beside: "pgbench, select and delete \(grouped(deleted))", ratio: relay / deleted)
        bench.row(
            "of the slower of the two", "", beside: "rounds \(ratios.map { decimal($0, 2) }.joined(separator: ", "))",
            ratio: ratios[middle], goal: ">= 0.6")
        bench.row(
            "the same, sealed under 20,000 keys", grouped(sealing), beside: "without seals \(grouped(relay))",
            ratio: sealing / relay)
    }

    /// A full outbox under a topic of its own, with keys for all subjects.
    private func fill(_ type: String = "contacts.party.changed.v1") async throws -> PostgresSettings {
        var settings = try await bench.contactsSchema()
        settings.statementTimeout = 0
        let topic = "bench.relay.\(UInt32.random(in: 0 ... .max))"
        try await KafkaAdmin.createTopics([TopicPlan(name: topic, partitions: 12)], bench.kafka)
        let connection = try await PostgresConnection.open(settings)
        defer { connection.close() }
        for sql in [
            """
            INSERT INTO outbox (topic, key, seq, type, payload)
            SELECT '\(topic)', md5((i % 20000)::text), i, '\(type)',
                '{"partyId":"' || md5(i::text) || '","note":"' || repeat('x', 240) || '"}'
            FROM generate_series(1, \(count)) AS i
            """,
            """
            INSERT INTO subject_key (owner, subject, version, key)
            SELECT '/contacts', md5(i::text), 1, sha256(i::text::bytea) FROM generate_series(0, 19999) AS i
            """, "ANALYZE outbox",
        ] { _ = try await connection.transaction { try await $0.query(Statement("relay.\(topic).\(sql.count)", sql)) } }
        return settings
    }

    private func measureRelay(_ type: String) async throws -> Double {
        let settings = try await fill(type)
        let relay = Relay(source: "/contacts", kafka: bench.kafka, postgres: settings)
        relay.onProblem = { print("  problem: \($0)") }
        relay.start()
        while !relay.isLeading { try await Loop.sleep(for: .milliseconds(1)) }
        let begin = Loop.now
        while relay.statistics.published < count {
            try await Loop.sleep(for: .milliseconds(5))
            // It counts before each look at the table, and looks when it is woken.
            relay.wake()
        }
        let rate = Double(count) / (Loop.now - begin).seconds
        await relay.stop()
        return rate
    }

    private func measureProducer() async throws -> Double {
        let topic = "bench.produce.\(UInt32.random(in: 0 ... .max))"
        try await KafkaAdmin.createTopics([TopicPlan(name: topic, partitions: 12)], bench.kafka)
        let producer = try KafkaProducer(bench.kafka)
        let headers = [
            ("ce_specversion", "1.0"), ("ce_id", UUID().uuidString), ("ce_source", "/contacts"),
            ("ce_type", "contacts.party.changed.v1"), ("ce_time", "2026-01-02T03:04:05.123456Z"),
            ("content-type", "application/json"), ("ce_sequence", "123456"),
        ].map { ($0.0, Array($0.1.utf8)) }
        let value = Array(
            #"{"partyId":"\#(String(repeating: "0", count: 32))","note":"\#(String(repeating: "x", count: 240))"}"#.utf8
        )
        let keys = (0..<20_000).map { "\($0)-abcdefghijklmnopqrstuvwxyz".prefix(32) }.map(String.init)
        let begin = Loop.now
        for number in 0..<count {
            while producer.inFlight >= 8_000 { try await Loop.sleep(for: .milliseconds(1)) }
            try producer.produce(
                topic: topic, key: keys[number % keys.count], value: value, headers: headers, id: number + 1)
        }
        guard await producer.flush(within: .seconds(60)) else { throw BenchError(text: "the broker took too long") }
        let rate = Double(count) / (Loop.now - begin).seconds
        producer.close()
        return rate
    }

    /// Pages of 4,000, as the relay asks for them.
    private func measurePgbench() async throws -> Double {
        _ = try await fill()
        let script =
            """
            SELECT id, topic, key, seq, event_id, type, trace, created_at, payload FROM contacts.outbox
                WHERE id > :n AND lane = ANY('{0,1,2,3,4,5,6,7}') ORDER BY id LIMIT 4000;
            DELETE FROM contacts.outbox WHERE id = ANY(ARRAY(SELECT generate_series(:n + 1, :n + 4000)));
            \\set n :n + 4000
            """
        return try await bench.pgbench(script, transactions: count / 4_000, define: ["n=0"]) * 4_000
    }
}
