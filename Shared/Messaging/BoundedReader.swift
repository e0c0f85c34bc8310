import EventLoop
import Kafka

/// A reader of partitions up to fixed ends, a member of no group: whoever reads through it competes with nobody and tells nobody.
@Loop
final class BoundedReader: LogReader {
    var onReady: (@Loop () -> Void)? {
        get { consumer.onReady }
        set { consumer.onReady = newValue }
    }
    var onAssigned: (@Loop ([TopicPartition]) -> Void)?
    var onRevoked: (@Loop () -> Void)?
    var onEnd: (@Loop (TopicPartition, Int64) -> Void)?
    var onError: (@Loop (KafkaError) -> Void)? {
        get { consumer.onError }
        set { consumer.onError = newValue }
    }
    private let consumer: KafkaConsumer
    private let ends: [TopicPartition: Int64]
    private let wants: @Loop (KafkaRecord) -> Bool

    /// Reads up to ends; what is not wanted is passed over.
    init(
        _ kafka: KafkaSettings, to ends: [TopicPartition: Int64],
        wants: @escaping @Loop (KafkaRecord) -> Bool = { _ in true }
    ) throws {
        self.wants = wants
        consumer = try KafkaConsumer(kafka, group: nil, properties: ["enable.partition.eof": "true"])
        self.ends = ends
        consumer.onEnd = { [weak self] partition, next in self?.onEnd?(partition, min(next, ends[partition] ?? 0)) }
    }

    func subscribe(to topics: [String]) throws { onAssigned?(Array(ends.keys)) }

    func assign(_ partitions: [TopicPartition: Int64?]) throws { try consumer.assign(partitions) }

    func poll(limit: Int, byteLimit: Int) -> [KafkaRecord] {
        let records = consumer.poll(limit: limit, byteLimit: byteLimit)
        let wanted = records.filter { $0.offset < ends[$0.origin] ?? 0 && wants($0) }
        // What stood last before the end may be gone: of a compacted topic, or a marker.
        for record in records where record.offset >= ends[record.origin] ?? 0 {
            onEnd?(record.origin, ends[record.origin] ?? 0)
        }
        // What lies behind the ends is passed over by and by: there may be much of it, and the loop has other work.
        if wanted.isEmpty, !records.isEmpty {
            _ = Loop.after(.milliseconds(1)) { [weak self] in self?.onReady?() }
        }
        return wanted
    }

    /// The group's positions are those of the live tables.
    func commitForLagTools(_ positions: [TopicPartition: Int64]) {}

    func knownEnd(of partition: TopicPartition) -> Int64? { ends[partition] }

    func close(within limit: Duration) async { await consumer.close(within: limit) }
}
