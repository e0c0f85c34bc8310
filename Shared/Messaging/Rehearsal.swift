import EventLoop
import Kafka
import Postgres

extension Subscriptions {
    /// Applies messages as one batch of a group, without offsets: for tests of what a service makes of events.
    package func rehearse(_ records: [KafkaRecord], of group: String, in transaction: Transaction) async throws {
        var batch = BatchApplication(group: group, items: records.map(prepare)[...])
        try await batch.apply(in: transaction)
    }
}
