import CRMModel
import EventLoop
import Kafka
import Postgres
import Rapport

/// How far each service has applied the topics: the stored offsets are the truth.
@Loop
package final class Positions {
    /// The topics that the outside world writes.
    static let outside: [Topic] = [.erpCustomers, .erpProducts, .erpOrders, .shipments]
    private let urls: [String: String]
    private var connections: [String: PostgresConnection] = [:]

    private static let stored = Statement(
        "positions.stored", "SELECT topic, part, greatest(next_offset, 0) FROM consumer_offset")
    private static let waiting = Statement("positions.waiting", "SELECT count(*) FROM outbox")
    private static let unfinished = Statement(
        "positions.unfinished",
        "SELECT (SELECT count(*) FROM outbox), (SELECT count(*) FROM parked_key),"
            + " (SELECT count(*) FROM timer WHERE due_at < now())")
    private static let unsent = Statement(
        "positions.unsent",
        """
        SELECT count(*), coalesce(max(attempts), 0)::bigint,
            coalesce(max(extract(epoch FROM next_try_at - now())), 0)::bigint, coalesce(max(reason), '')
        FROM message WHERE status IN ('queued', 'sending')
        """)

    /// Asks the services' databases, by service.
    package init(_ urls: [String: String]) { self.urls = urls }

    /// The ends of some topics now.
    package static func ends(of topics: [Topic], _ settings: KafkaSettings) async throws -> [TopicPartition: Int64] {
        let known = try await KafkaAdmin.topics(settings)
        let partitions = topics.flatMap { topic in
            (0..<(known[topic.name] ?? 0)).map { TopicPartition(topic: topic.name, partition: Int32($0)) }
        }
        return try await KafkaAdmin.bounds(of: partitions, settings).mapValues(\.upperBound)
    }

    /// How many messages a service has applied and how many there are for it, up to `ends`; nil when it cannot be told now.
    package func progress(of service: String, until ends: [TopicPartition: Int64]) async -> (applied: Int, all: Int)? {
        guard let rows = try? await ask(service, Self.stored), !rows.isEmpty else { return nil }
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

    /// Events of a service that are not published yet; nil when it cannot be told now.
    func outboxRows(of service: String) async -> Int? {
        try? await ask(service, Self.waiting).first?.value(0)
    }

    /// The last id drawn for the outbox of a service.
    package func lastOutboxRow(of service: String) async throws -> Int {
        try await ask(service, Statement("positions.last_outbox", "SELECT last_value FROM outbox_id_seq")).first?.value(
            0) ?? 0
    }

    /// Events of a service up to an id that are not published yet; nil when it cannot be told now.
    package func outboxRows(of service: String, until id: Int) async -> Int? {
        let statement = Statement("positions.outbox_until", "SELECT count(*) FROM outbox WHERE id <= $1")
        return try? await ask(service, statement, id).first?.value(0)
    }

    /// All of a service that waits for its time or its turn: how much, and what, for people; nil when it cannot be told now.
    package func waiting(in service: String) async -> (count: Int, what: String)? {
        guard let row = try? await ask(service, Self.unfinished).first, let events: Int = try? row.value(0),
            let keys: Int = try? row.value(1), let timers: Int = try? row.value(2)
        else { return nil }
        var parts = [(events, "events to publish"), (keys, "parked keys"), (timers, "due timers")]
        if service == "notifications" {
            guard let row = try? await ask(service, Self.unsent).first, let mails: Int = try? row.value(0),
                let attempts: Int = try? row.value(1), let pause: Int = try? row.value(2),
                let reason: String = try? row.value(3)
            else { return nil }
            parts.append(
                (mails, "mails to send (attempt \(attempts), due in \(pause) s\(reason.isEmpty ? "" : ", \(reason)"))"))
        }
        let what = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        return (parts.reduce(0) { $0 + $1.0 }, what)
    }

    /// How many messages a service has applied in all; nil when it cannot be told now.
    package func applied(by service: String) async -> Int? {
        try? await ask(service, Self.stored).reduce(0) { try $0 + $1.value(2) }
    }

    /// Rows of a service's schema.
    package func ask(_ service: String, _ statement: Statement, _ values: any SQLEncodable...) async throws -> Rows {
        let connection: PostgresConnection
        if let open = connections[service], open.isOpen {
            connection = open
        } else {
            guard let url = urls[service] else { throw SuiteError("no database is known for \(service)") }
            connection = try await PostgresConnection.open(
                PostgresSettings(url: url, applicationName: "rapport", schema: service))
            connections[service] = connection
        }
        return try await connection.transaction { try await $0.query(statement, values: values) }
    }

    /// Ends its connections.
    package func close() {
        for connection in connections.values { connection.close() }
        connections = [:]
    }
}
