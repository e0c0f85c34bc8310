import CRMModel
import EventLoop
import Kafka

/// What a service has told last, as its topics have it.
public struct ToldMark: Sendable, Equatable {
    /// Whether they hold a record of it.
    public private(set) var isAny = false
    /// The greatest life.
    public private(set) var epoch = 0
    /// Its greatest place in the outbox; nil where its programs have told none.
    public private(set) var place: Int?

    /// Nothing told.
    public init() {}

    /// Something told; readers and tests say what.
    public init(epoch: Int, place: Int?) {
        isAny = true
        self.epoch = epoch
        self.place = place
    }

    /// Takes a record of the service in.
    package mutating func take(_ record: KafkaRecord) {
        isAny = true
        let (epoch, place) = (record.epoch, record.place)
        if epoch > self.epoch { (self.epoch, self.place) = (epoch, place) }
        if epoch == self.epoch, let place { self.place = max(self.place ?? 0, place) }
    }

    /// Looks at partitions from where they were looked through on, and where that is not known, or the log is another since, back to the
    /// last record of the service: others tell on some topics too, and as much as they like.
    ///
    /// - Parameter known: up to where a schema has noted that it knows all that the service told.
    @Loop
    static func read(
        of source: String, on topics: [Topic], _ kafka: KafkaSettings, from known: [TopicPartition: Int64] = [:]
    ) async throws -> ToldMark {
        let counts = try await KafkaAdmin.topics(kafka)
        let partitions = topics.flatMap { topic in
            (0..<Int32(counts[topic.name] ?? 0)).map { TopicPartition(topic: topic.name, partition: $0) }
        }
        var mark = ToldMark()
        var left = try await KafkaAdmin.bounds(of: partitions, kafka).filter { !$0.value.isEmpty }
        var depth: Int64 = 100
        while !left.isEmpty {
            var spans: [TopicPartition: Range<Int64>] = [:]
            var found: Set<TopicPartition> = []
            for (partition, bound) in left {
                // The last records are looked at in any case: a copy of a log may have other offsets.
                var begin = max(bound.lowerBound, bound.upperBound - depth)
                if let place = known[partition], place <= bound.upperBound {
                    begin = max(bound.lowerBound, min(begin, place))
                    found.insert(partition)
                }
                spans[partition] = begin..<bound.upperBound
            }
            try await LogSpans.read(spans, kafka) { record in
                guard record.header("ce_source") == source else { return }
                found.insert(record.origin)
                mark.take(record)
            }
            left = left.filter { !found.contains($0.key) && spans[$0.key] != $0.value }
            for (partition, span) in left { left[partition] = span.lowerBound..<(spans[partition]?.lowerBound ?? 0) }
            depth *= 16
        }
        return mark
    }
}

extension KafkaRecord {
    /// The life that told it; 0 where it names none.
    package var epoch: Int {
        header("ce_epoch").flatMap { Int($0) }.flatMap { Life.epochs.contains($0) ? $0 : nil } ?? 0
    }

    /// Its place in the outbox of who told it; nil where that is not said.
    package var place: Int? { header("ce_place").flatMap { Int($0) } }
}
