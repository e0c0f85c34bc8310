import CRMModel
import EventLoop
import Kafka

/// Reads a whole topic, from its beginning to the ends it has when the reading begins, outside any group.
@Loop
public struct TopicReader {
    private let settings: KafkaSettings
    private let topic: Topic

    /// Names a topic and its cluster.
    public init(_ settings: KafkaSettings, _ topic: Topic) {
        self.settings = settings
        self.topic = topic
    }

    /// The ends of the topic's partitions now; empty when there is no such topic.
    public func ends() async throws -> [TopicPartition: Range<Int64>] {
        guard let count = try await KafkaAdmin.topics(settings)[topic.name] else { return [:] }
        let partitions = (0..<count).map { TopicPartition(topic: topic.name, partition: Int32($0)) }
        return try await KafkaAdmin.bounds(of: partitions, settings)
    }

    /// Gives each message in its partition's order.
    ///
    /// - Parameters:
    ///   - ends: how far, as `ends()` has them.
    ///   - limit: how many messages are given without letting the loop turn.
    ///   - round: called after so many, or fewer where no more are there.
    public func read(
        to ends: [TopicPartition: Range<Int64>], limit: Int = 2000, _ body: (KafkaRecord) -> Void,
        round: () async throws -> Void = {}
    ) async throws {
        try await LogSpans.read(ends, settings, isWhole: true, limit: limit, body, round: round)
    }
}

/// A topic could not be read to its end.
public struct TopicUnread: Error, CustomStringConvertible {
    /// For people.
    public let description: String
    init(_ description: String) { self.description = description }
}
