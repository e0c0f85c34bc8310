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

    /// Looks at the end of each partition; where others tell there too, back to the last records of the service.
    @Loop
    static func read(of source: String, on topics: [Topic], _ kafka: KafkaSettings) async throws -> ToldMark {
        let partitions = topics.flatMap { topic in
            (0..<Int32(Topic.partitions)).map { TopicPartition(topic: topic.name, partition: $0) }
        }
        let counts = try await KafkaAdmin.topics(kafka)
        let there = partitions.filter { Int($0.partition) < counts[$0.topic] ?? 0 }
        let bounds = try await KafkaAdmin.bounds(of: there, kafka).filter { !$0.value.isEmpty }
        var mark = ToldMark()
        var left = bounds
        var depth: Int64 = 100
        while !left.isEmpty {
            let spans = left.mapValues { max($0.lowerBound, $0.upperBound - depth)..<$0.upperBound }
            var found: Set<TopicPartition> = []
            try await LogSpans.read(spans, kafka) { record in
                guard record.header("ce_source") == source else { return }
                found.insert(record.origin)
                mark.take(record)
            }
            // What lies further back among the words of others was told long ago, or never: the topic of its own says enough.
            left = depth > 1_000 ? [:] : left.filter { !found.contains($0.key) && spans[$0.key] != $0.value }
            for (partition, span) in left { left[partition] = span.lowerBound..<(spans[partition]?.lowerBound ?? 0) }
            depth *= 16
        }
        return mark
    }
}

extension KafkaRecord {
    /// The life that told it; 0 where it names none.
    package var epoch: Int { header("ce_epoch").flatMap { Int($0) } ?? 0 }

    /// Its place in the outbox of who told it; nil where that is not said.
    package var place: Int? { header("ce_place").flatMap { Int($0) } }
}
