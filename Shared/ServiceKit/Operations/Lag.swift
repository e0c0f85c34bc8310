import EventLoop
import Kafka
import Messaging
import Postgres

/// Where a service stands in a partition, by its stored offsets, and the end of the log.
struct Lag: Encodable {
    struct Partition: Encodable {
        let topic: String
        let partition: Int
        /// The next message to apply.
        let position: Int
        let end: Int
        let lag: Int
    }

    let items: [Partition]

    /// Asks the database and the brokers.
    @Loop
    static func read(_ pool: PostgresPool, _ kafka: KafkaSettings) async throws -> Lag {
        let places = try await ServiceStore.places(pool)
        let bounds = try await KafkaAdmin.bounds(of: places.map(\.partition), kafka)
        let items = places.map { partition, position in
            let bounds = bounds[partition] ?? 0..<0
            // Before its first message a service begins where the log does.
            let next = position < 0 ? Int(bounds.lowerBound) : Int(position)
            return Partition(
                topic: partition.topic, partition: Int(partition.partition), position: next,
                end: Int(bounds.upperBound), lag: max(0, Int(bounds.upperBound) - next))
        }
        return Lag(items: items)
    }
}
