import CRMModel
import EventLoop
import Kafka
import Postgres

/// How far each service has applied the topics that the outside world writes: the stored offsets are the truth.
@Loop
final class Positions {
    static let topics: [Topic] = [.erpCustomers, .erpProducts, .erpOrders, .shipments]
    private let urls: [String: String]
    private var connections: [String: PostgresConnection] = [:]

    private static let stored = Statement(
        "positions.stored",
        "SELECT topic, part, greatest(next_offset, 0) FROM consumer_offset WHERE topic = ANY ($1)")

    init(_ urls: [String: String]) { self.urls = urls }

    /// The ends of the outside topics now.
    static func ends(_ settings: KafkaSettings) async throws -> [TopicPartition: Int64] {
        let known = try await KafkaAdmin.topics(settings)
        let partitions = topics.flatMap { topic in
            (0..<(known[topic.name] ?? 0)).map { TopicPartition(topic: topic.name, partition: Int32($0)) }
        }
        return try await KafkaAdmin.bounds(of: partitions, settings).mapValues(\.upperBound)
    }

    /// How many messages a service has applied and how many there are for it, up to `ends`; nil when it cannot be told now.
    func progress(of service: String, until ends: [TopicPartition: Int64]) async -> (applied: Int, all: Int)? {
        guard let rows = try? await rows(of: service), !rows.isEmpty else { return nil }
        var applied: Int64 = 0
        var all: Int64 = 0
        for row in rows {
            guard let topic: String = try? row.value(0), let part: Int = try? row.value(1),
                let next: Int = try? row.value(2),
                let end = ends[TopicPartition(topic: topic, partition: Int32(part))]
            else { continue }
            applied += min(Int64(next), end)
            all += end
        }
        return (Int(applied), Int(all))
    }

    private func rows(of service: String) async throws -> Rows {
        let connection: PostgresConnection
        if let open = connections[service], open.isOpen {
            connection = open
        } else {
            guard let url = urls[service] else { throw SuiteError("no database is known for \(service)") }
            connection = try await PostgresConnection.open(
                PostgresSettings(url: url, applicationName: "rapport", schema: service))
            connections[service] = connection
        }
        return try await connection.transaction {
            try await $0.query(Self.stored, Self.topics.map(\.name))
        }
    }

    func close() {
        for connection in connections.values { connection.close() }
        connections = [:]
    }
}
