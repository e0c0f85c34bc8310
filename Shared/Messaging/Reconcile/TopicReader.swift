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
        var left = ends.filter { !$0.value.isEmpty }.mapValues(\.upperBound)
        if left.isEmpty { return }
        let consumer = try KafkaConsumer(
            settings, group: nil,
            properties: [
                "queued.max.messages.kbytes": "65536", "queued.min.messages": "50000", "enable.partition.eof": "true",
            ])
        let ready = Notice()
        var isReady = true
        consumer.onReady = {
            isReady = true
            ready.notify()
        }
        // The last entry of a transactional producer is a commit marker, which no record tells of.
        var positions: [TopicPartition: Int64] = [:]
        consumer.onEnd = { positions[$0] = $1 }
        var failure: KafkaError?
        consumer.onError = { failure = $0 }
        try consumer.assign(left.mapValues { _ in nil })
        do {
            while !left.isEmpty {
                isReady = false
                let records = consumer.poll(limit: limit, byteLimit: 8 << 20)
                for record in records {
                    guard let end = left[record.origin] else { continue }
                    if record.offset < end { body(record) }
                    if record.offset + 1 >= end { left[record.origin] = nil }
                }
                left = left.filter { positions[$0.key] ?? 0 < $0.value }
                if left.isEmpty { break }
                if !records.isEmpty {
                    try await round()
                    // Lets the loop turn between rounds.
                    await Task.yield()
                } else if try await !ready.wait(until: { isReady }, atMost: .seconds(60)) {
                    let reason = failure.map { ": \($0)" } ?? ""
                    throw TopicUnread("\(topic.name) could not be read to its end within a minute\(reason)")
                }
            }
        } catch {
            await consumer.close()
            throw error
        }
        await consumer.close()
    }
}

/// A topic could not be read to its end.
public struct TopicUnread: Error, CustomStringConvertible {
    /// For people.
    public let description: String
    init(_ description: String) { self.description = description }
}
