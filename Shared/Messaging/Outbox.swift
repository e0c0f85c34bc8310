import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Postgres
import Telemetry

/// The way of a service's own events out: rows written with the change they tell of, published by the relay.
public enum Outbox {
    /// Writes one event inside the transaction of its change, on the topic that the contract gives its type; the aggregate's row must be
    /// locked by that transaction already.
    ///
    /// - Parameters:
    ///   - key: the aggregate's id.
    ///   - sequence: the aggregate's version after the change; nil where the key is no aggregate of this service.
    @Loop
    public static func append<T: EventData & Encodable>(
        _ data: T, key: UUID, sequence: Int?, in transaction: Transaction
    ) throws {
        // A mistake of the program, met while it answers somebody: that answer fails, and the process goes on.
        guard let contract = EventContract.named(T.type) else {
            throw JSONError(field: "", message: "\(T.type) is in no contract")
        }
        try append(data, topic: contract.topic, key: key.text, sequence: sequence, in: transaction)
    }

    /// The same with a key that is no id, or on a topic that is not the suite's.
    @Loop
    public static func append<T: EventData & Encodable>(
        _ data: T, topic: Topic, key: String, sequence: Int?, in transaction: Transaction
    ) throws {
        transaction.enqueue(
            insert, topic.name, key, sequence, T.versionedType, Trace.current?.traceparent, try ModelJSON.text(data))
    }

    /// Lets the events that SQL writes in this transaction carry the trace of the task, as those of `append` do.
    @Loop
    public static func carryTrace(in transaction: Transaction) {
        guard let trace = Trace.current else { return }
        transaction.enqueue(setTrace, trace.traceparent)
    }

    /// All statements, for the test that prepares them.
    public static let statements = [insert, setTrace, setPast]

    /// Until the transaction's end; the table's default reads it.
    static let setTrace = Statement("outbox.set_trace", "SELECT set_config('rapport.trace', $1, true)")

    /// Marks what the transaction tells as past, until its end; the table's default reads it. See `Transaction.isPast`.
    static let setPast = Statement("outbox.set_past", "SELECT set_config('rapport.past', '1', true)")

    /// The statement, for the test that prepares it.
    public static let insert = Statement(
        "outbox.insert",
        """
        INSERT INTO outbox (topic, key, seq, type, trace, payload) VALUES ($1, $2, $3, $4, $5, $6)
        """)
}
