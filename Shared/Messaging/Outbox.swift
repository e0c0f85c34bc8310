import CRMModel
import EventLoop
import FoundationEssentials
import Postgres

/// The way of a service's own events out: rows written with the change they tell of, published by the relay.
public enum Outbox {
    /// Writes one event inside the transaction of its change; the aggregate's row must be locked by that transaction already.
    ///
    /// - Parameters:
    ///   - key: the aggregate's id.
    ///   - sequence: the aggregate's version after the change; nil where the key is no aggregate of this service.
    @Loop
    public static func append<T: EventData & Encodable>(
        _ data: T, topic: Topic, key: String, sequence: Int?, trace: String? = nil, in transaction: Transaction
    ) throws {
        transaction.enqueue(
            insert, topic.name, key, sequence, T.versionedType, trace, try ModelJSON.text(data))
    }

    /// The statement, for the test that prepares it.
    public static let insert = Statement(
        "outbox.insert",
        """
        INSERT INTO outbox (topic, key, seq, type, trace, payload) VALUES ($1, $2, $3, $4, $5, $6)
        """)
}
