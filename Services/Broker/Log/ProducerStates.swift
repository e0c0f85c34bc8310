/// What a partition remembers of its idempotent producers, to refuse gaps and answer repeats.
struct ProducerStates: Sendable, Equatable {
    /// What to do with a batch.
    enum Verdict: Equatable {
        case append
        /// It was appended before, at this offset.
        case duplicate(baseOffset: Int, lastOffset: Int, timestamp: Int)
        case refuse(ErrorCode)
    }

    struct Batch: Sendable, Equatable {
        let firstSequence: Int
        let lastSequence: Int
        let baseOffset: Int
        let lastOffset: Int
        let timestamp: Int
    }

    struct Producer: Sendable, Equatable {
        var epoch: Int
        /// The last five batches, which is how many a producer may have under way.
        var recent: [Batch] = []
        var lastSeen: Int

        var lastOffset: Int { recent.last?.lastOffset ?? -1 }
    }

    private(set) var producers: [Int: Producer] = [:]

    /// Judges a batch before it is appended.
    func judge(_ batch: RecordBatch) -> Verdict {
        guard batch.producerID >= 0, let producer = producers[batch.producerID] else { return .append }
        if batch.producerEpoch < producer.epoch { return .refuse(.invalidProducerEpoch) }
        if batch.producerEpoch > producer.epoch {
            return batch.baseSequence == 0 ? .append : .refuse(.outOfOrderSequence)
        }
        let last = Self.lastSequence(of: batch)
        if let old = producer.recent.first(where: { $0.firstSequence == batch.baseSequence && $0.lastSequence == last })
        {
            return .duplicate(baseOffset: old.baseOffset, lastOffset: old.lastOffset, timestamp: old.timestamp)
        }
        guard let newest = producer.recent.last else { return .append }
        let expected = newest.lastSequence == Int(Int32.max) ? 0 : newest.lastSequence + 1
        return batch.baseSequence == expected ? .append : .refuse(.outOfOrderSequence)
    }

    /// Remembers a batch that was appended at its base offset, at a time by this machine's clock.
    mutating func remember(_ batch: RecordBatch, at now: Int) {
        guard batch.producerID >= 0, !batch.isControl else { return }
        var producer = producers[batch.producerID] ?? Producer(epoch: batch.producerEpoch, lastSeen: 0)
        if batch.producerEpoch != producer.epoch { producer = Producer(epoch: batch.producerEpoch, lastSeen: 0) }
        if producer.recent.count == 5 { producer.recent.removeFirst() }
        producer.recent.append(
            Batch(
                firstSequence: batch.baseSequence, lastSequence: Self.lastSequence(of: batch),
                baseOffset: batch.baseOffset, lastOffset: batch.lastOffset, timestamp: batch.maxTimestamp))
        producer.lastSeen = now
        producers[batch.producerID] = producer
        guard producers.count > Self.limit else { return }
        let newest = producers.sorted { $0.value.lastOffset > $1.value.lastOffset }.prefix(Self.limit / 2)
        producers = Dictionary(uniqueKeysWithValues: newest.map { ($0.key, $0.value) })
    }

    /// The most producers that are remembered; of more, half of them, those that wrote last.
    static let limit = 10_000

    /// Forgets producers that were last seen before a time in milliseconds.
    mutating func forget(before time: Int) {
        producers = producers.filter { $0.value.lastSeen >= time }
    }

    /// What was known when the log ended at `endOffset`, as far as it is still remembered.
    func upTo(_ endOffset: Int) -> ProducerStates {
        var earlier = ProducerStates()
        for (id, producer) in producers {
            var producer = producer
            producer.recent.removeAll { $0.lastOffset >= endOffset }
            if !producer.recent.isEmpty { earlier.producers[id] = producer }
        }
        return earlier
    }

    /// Takes over what a checkpoint said, or what was known before a write that failed.
    mutating func restore(_ id: Int, _ producer: Producer?) { producers[id] = producer }

    private static func lastSequence(of batch: RecordBatch) -> Int {
        // After the greatest number comes 0.
        (batch.baseSequence + batch.lastOffsetDelta) & Int(Int32.max)
    }
}
