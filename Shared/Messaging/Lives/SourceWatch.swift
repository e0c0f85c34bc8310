import CRMModel
import EventLoop
import Kafka

/// Follows what services tell of their lives, in every process, outside its group: all must know it.
@Loop
public final class SourceWatch {
    /// What is known.
    public let lives: SourceLives
    /// Called with what was told of one, in order.
    public var onTold: (@Loop (SourceChanged) -> Void)?
    private let kafka: KafkaSettings
    private var consumer: KafkaConsumer?
    private var ends: [TopicPartition: Int64] = [:]
    private let changed = Notice()

    /// Prepares a watch.
    public init(_ lives: SourceLives, kafka: KafkaSettings) {
        self.lives = lives
        self.kafka = kafka
    }

    /// Reads what was told until now, and goes on reading behind it until it is stopped.
    public func start() async throws {
        let count = try await KafkaAdmin.topics(kafka)[Topic.sources.name] ?? 0
        let partitions = (0..<Int32(count)).map { TopicPartition(topic: Topic.sources.name, partition: $0) }
        ends = try await KafkaAdmin.bounds(of: partitions, kafka).filter { !$0.value.isEmpty }.mapValues(\.upperBound)
        // Little is told, and a second more is no harm: a fetch waits long at the broker.
        let consumer = try KafkaConsumer(
            kafka, group: nil,
            properties: [
                "enable.partition.eof": "true", "fetch.wait.max.ms": "1000", "queued.max.messages.kbytes": "1024",
            ])
        self.consumer = consumer
        consumer.onReady = { [weak self] in self?.drain() }
        consumer.onEnd = { [weak self] partition, next in
            if let end = self?.ends[partition], next >= end { self?.ends[partition] = nil }
        }
        try consumer.assign(partitions.reduce(into: [:]) { $0[$1] = Int64?.none })
        drain()
        guard try await changed.wait(until: { ends.isEmpty }, atMost: .seconds(60)) else {
            throw TopicUnread("\(Topic.sources.name) could not be read to its end within a minute")
        }
    }

    private func drain() {
        var records: [KafkaRecord]
        repeat {
            records = consumer?.poll(limit: 100, byteLimit: 1 << 20) ?? []
            for record in records { take(record) }
        } while !records.isEmpty
        changed.notify()
    }

    private func take(_ record: KafkaRecord) {
        // Nobody speaks of another's lives, and what cannot be read says nothing.
        guard let event = try? Event(record), event.type == SourceChanged.type,
            let told = try? event.data(as: SourceChanged.self), told.source == event.source,
            told.lives.allSatisfy({ Life.epochs.contains($0.epoch) })
        else { return }
        lives.take(told)
        onTold?(told)
    }

    /// Ends it.
    public func stop() async {
        let consumer = self.consumer
        self.consumer = nil
        await consumer?.close()
    }
}
