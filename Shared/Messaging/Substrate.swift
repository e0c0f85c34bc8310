import CRMModel
import EventLoop
import Kafka
import Postgres

/// What messaging stands on: a log, a database and chance. Everything else is the loop, so that the same code runs on the real ones in
/// a service and on simulated ones under a seed.
@Loop
package struct Substrate {
    /// Joins a group; the properties are librdkafka's.
    package var openReader: (_ group: String, _ properties: [String: String]) throws -> any LogReader
    /// Opens an idempotent producer.
    package var openWriter: () throws -> any LogWriter
    /// Connects to the database of the service.
    package var openSession: () async throws -> any DatabaseSession
    /// A number from a range, so that those who failed together do not try again together.
    package var random: (ClosedRange<Int>) -> Int

    /// Describes what messaging stands on.
    package init(
        openReader: @escaping (String, [String: String]) throws -> any LogReader,
        openWriter: @escaping () throws -> any LogWriter,
        openSession: @escaping () async throws -> any DatabaseSession, random: @escaping (ClosedRange<Int>) -> Int
    ) {
        self.openReader = openReader
        self.openWriter = openWriter
        self.openSession = openSession
        self.random = random
    }

    init(kafka: KafkaSettings, postgres: PostgresSettings) {
        openReader = { group, properties in
            try KafkaConsumer(kafka, group: group, properties: properties, urgentTopic: Topic.subjectKeys.name)
        }
        openWriter = { try KafkaProducer(kafka, properties: PlantedBug.writerProperties) }
        openSession = { try await PostgresConnection.open(postgres) }
        random = { Int.random(in: $0) }
    }
}

/// A member of a consumer group, as `KafkaConsumer` is one.
@Loop
package protocol LogReader: AnyObject {
    /// Called when the queue was empty and has something now.
    var onReady: (@Loop () -> Void)? { get set }
    /// Called with the partitions that the group has given; answer with `assign`.
    var onAssigned: (@Loop ([TopicPartition]) -> Void)? { get set }
    /// Called when all partitions were taken away.
    var onRevoked: (@Loop () -> Void)? { get set }
    /// Called inside `poll` when a partition was read to its end, with the offset that comes next.
    var onEnd: (@Loop (TopicPartition, Int64) -> Void)? { get set }
    /// Called with errors that the client goes on after.
    var onError: (@Loop (KafkaError) -> Void)? { get set }
    /// Joins the group for topics.
    func subscribe(to topics: [String]) throws
    /// Begins to fetch at offsets; nil is the beginning of the log.
    func assign(_ partitions: [TopicPartition: Int64?]) throws
    /// Takes what is there, within bounds, without waiting.
    func poll(limit: Int, byteLimit: Int) -> [KafkaRecord]
    /// Takes what is there of the keys of sealed events and nothing else; the assignment does not change meanwhile.
    func pollUrgent(limit: Int) -> [KafkaRecord]
    /// Tells the group where the service stands.
    func commitForLagTools(_ positions: [TopicPartition: Int64])
    /// The newest offset that is known.
    func knownEnd(of partition: TopicPartition) -> Int64?
    /// Gives its place in the group up, so that the others need not wait for it to come back.
    func leave(within limit: Duration) async
    /// Ends it.
    func close(within limit: Duration) async
}

extension LogReader {
    /// Who puts nothing before the rest has nothing urgent.
    package func pollUrgent(limit: Int) -> [KafkaRecord] { [] }
    /// Who holds no place has none to give up.
    package func leave(within limit: Duration) async {}
}

/// An idempotent producer, as `KafkaProducer` is one.
@Loop
package protocol LogWriter: AnyObject {
    /// Called with the fates of messages.
    var onDeliveries: (@Loop ([KafkaProducer.Delivery]) -> Void)? { get set }
    /// Called with errors; after a fatal one the writer is of no use.
    var onError: (@Loop (KafkaError) -> Void)? { get set }
    /// Hands a message over; its fate comes under `id`.
    func produce(
        topic: String, key: String, value: [UInt8]?, headers: [(String, [UInt8])], id: Int
    ) throws(KafkaError)
    /// Drops what was not delivered.
    func purge()
    /// Ends it.
    func close()
}

extension KafkaConsumer: LogReader {}
extension KafkaProducer: LogWriter {}
