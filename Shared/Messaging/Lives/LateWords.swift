import CRMModel
import EventLoop
import Kafka
import Postgres

/// Follows a service's own topics behind the beginning of its life, for what a life before still writes there: a process that was cut off,
/// or a copy that nobody has ended. Readers that hear of the new life late may have believed it, so each key is told again.
///
/// What stands behind a late word is read too: a key whose newer word comes behind it needs nothing. So no position has to be kept.
@Loop
public final class LateWords {
    /// How long behind its beginning a life is watched over.
    public static let patience = Duration.seconds(86_400)
    /// Words of former lives that were met.
    public private(set) var count = 0
    /// The keys whose last word is a late one.
    private var late: Set<String> = []
    private let keeper: LifeKeeper
    private let life: Life
    private var consumer: KafkaConsumer?
    private var ends: [TopicPartition: Int64] = [:]

    /// Prepares a watch over a life that had a predecessor.
    public init(_ keeper: LifeKeeper, _ life: Life) {
        self.keeper = keeper
        self.life = life
    }

    /// Begins to read where the life began.
    public func start() async throws {
        let names = Set(keeper.topics.map(\.name))
        let begins = life.actFrom.offsets.filter { names.contains($0.key.topic) }
        ends = try await keeper.ends(of: keeper.topics).filter { $0.value > begins[$0.key] ?? 0 }
        let consumer = try KafkaConsumer(
            keeper.kafka, group: nil, properties: ["enable.partition.eof": "true", "fetch.wait.max.ms": "1000"])
        self.consumer = consumer
        consumer.onReady = { [weak self] in self?.drain() }
        consumer.onEnd = { [weak self] partition, next in
            if let end = self?.ends[partition], next >= end { self?.ends[partition] = nil }
        }
        try consumer.assign(begins.mapValues { $0 })
        drain()
    }

    private func drain() {
        let records = consumer?.poll(limit: 500, byteLimit: 1 << 20) ?? []
        for record in records where record.header("ce_source") == keeper.source && record.header("ce_sequence") != nil {
            guard let key = record.key else { continue }
            if record.epoch >= life.epoch {
                late.remove(key)
            } else {
                late.insert(key)
                count += 1
            }
        }
        // The loop has other work between.
        // Less than asked for is no end: the bytes have a bound too.
        if !records.isEmpty { _ = Loop.after(.milliseconds(1)) { [weak self] in self?.drain() } }
    }

    /// Has the keys told again that others may know by a late word; once all that lies there was read, or a newer word may stand behind it.
    public func note() async throws {
        guard ends.isEmpty, !late.isEmpty else { return }
        let keys = late.sorted()
        late = []
        _ = try await keeper.store.transaction { $0.enqueue(LifeStore.noteKeys, keys) }
    }

    /// Ends it.
    public func stop() async { await consumer?.close() }
}
