import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Kafka
import Messaging
import Postgres
import ServiceKit

/// A life of a service behind another one, without a broker: what the one before has left in its outbox is what it has told.
extension TestService {
    /// What it has told, as the topics have it.
    public func told() async throws -> [KafkaRecord] {
        let rows = Query(
            "test.told", gives: String.self, String.self, Int?.self, String.self, UUID.self, Date.self, String?.self,
            sql: "SELECT topic, key, seq, type, event_id, created_at, payload FROM outbox ORDER BY id")
        let source = "/\(try await column("SELECT current_schema()::text")[0])"
        return try await transaction { try await $0.rows(rows) }.enumerated().map { place, row in
            let (topic, key, sequence, type, id, at, payload) = row
            var headers = [
                ("ce_specversion", "1.0"), ("ce_id", id.text), ("ce_source", source), ("ce_type", type),
                ("ce_time", RFC3339.string(at)),
            ]
            if let sequence { headers.append(("ce_sequence", "\(sequence)")) }
            return KafkaRecord(
                origin: TopicPartition(topic: topic, partition: 0), offset: Int64(place), key: Array(key.utf8),
                value: payload.map { Array($0.utf8) }, headers: headers.map { (name: $0.0, value: Array($0.1.utf8)) })
        }
    }

    /// Is in a life from now on that had another before it, and knows what that has told.
    public func beginLife(_ cause: String, after told: [KafkaRecord]) async throws {
        _ = try await column(
            """
            INSERT INTO life (epoch, cause, actor, reason) VALUES (7, '\(cause)', 'test', 'test')
            ON CONFLICT (one) DO UPDATE SET epoch = 7, cause = excluded.cause, begun_at = clock_timestamp() RETURNING 'x'
            """)
        try await past(told, by: parts.recovery)
    }

    /// Hears what lies before its life.
    public func past(_ records: [KafkaRecord]) async throws { try await past(records, by: parts.subscriptions) }

    private func past(_ records: [KafkaRecord], by subscriptions: Subscriptions) async throws {
        let heard = records.filter { record in
            guard let type = record.header("ce_type") else { return false }
            return subscriptions.types.contains(String(type.split(separator: ".").dropLast().joined(separator: ".")))
        }
        try await transaction { transaction in
            transaction.markPast()
            try await subscriptions.rehearse(heard, of: "test", in: transaction)
        }
    }

    /// Events of others as their topic has them, from its beginning.
    public func records<T: EventData & Encodable>(_ events: [T], key: String = "k") throws -> [KafkaRecord] {
        let topic = EventContract.named(T.type)?.topic.name ?? ""
        return try events.enumerated().map { place, event in
            let headers = [
                ("ce_specversion", "1.0"), ("ce_id", UUID.v7().text), ("ce_source", "/test"),
                ("ce_type", T.versionedType), ("ce_time", "2026-01-02T08:00:00Z"),
            ]
            return KafkaRecord(
                origin: TopicPartition(topic: topic, partition: 0), offset: Int64(place), key: Array(key.utf8),
                value: Array(try ModelJSON.text(event).utf8),
                headers: headers.map { (name: $0.0, value: Array($0.1.utf8)) })
        }
    }
}
