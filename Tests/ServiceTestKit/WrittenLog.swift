import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Kafka
import Messaging
import TestKit

/// A log in memory that several processes of a service read, each its share of the partitions.
@Loop
public final class WrittenLog {
    /// Partitions of each topic.
    public static let partitions = 6
    /// How many messages there are.
    public private(set) var count = 0
    private(set) var messages: [TopicPartition: [KafkaRecord]] = [:]
    private var sequences: [String: Int] = [:]

    /// An empty log.
    public init() {}

    /// Writes an event as its owner does: outside ones with a time, those of the suite with the next sequence of their key.
    public func tell(_ type: String, _ json: String, on topic: Topic, key: String) {
        count += 1
        var headers = [
            ("ce_specversion", "1.0"), ("ce_id", "e\(count)"), ("ce_source", "/\(topic.owner)"), ("ce_type", type),
            ("ce_time", "2026-01-02T\(Self.time(count))Z"),
        ]
        if !Topic.isOutside(topic.name) {
            sequences[key, default: 0] += 1
            headers.append(("ce_sequence", String(sequences[key] ?? 1)))
        }
        let origin = TopicPartition(topic: topic.name, partition: Int32(Self.partition(of: key)))
        messages[origin, default: []].append(
            KafkaRecord(
                origin: origin, offset: Int64(messages[origin]?.count ?? 0), key: Array(key.utf8),
                value: Array(json.utf8), headers: headers.map { (name: $0.0, value: Array($0.1.utf8)) }))
    }

    /// Writes a message of any bytes; its key says its partition.
    public func write(
        _ value: [UInt8]?, _ headers: [(String, [UInt8])], on topic: String, key: [UInt8]?
    ) {
        count += 1
        let name = key.map { String(decoding: $0, as: UTF8.self) } ?? ""
        let origin = TopicPartition(topic: topic, partition: Int32(Self.partition(of: name)))
        messages[origin, default: []].append(
            KafkaRecord(
                origin: origin, offset: Int64(messages[origin]?.count ?? 0), key: key, value: value,
                headers: headers.map { (name: $0.0, value: $0.1) }))
    }

    /// All messages by topic and partition, in their order.
    public var all: [TopicPartition: [KafkaRecord]] { messages }

    /// Writes an event of contacts.
    public func tell<T: EventData & Encodable>(_ data: T, of party: UUID) throws {
        tell(T.versionedType, try ModelJSON.text(data), on: .contacts, key: party.text)
    }

    /// A second for each event, so that the later one is the newer one everywhere.
    private static func time(_ number: Int) -> String {
        [number / 3600, number / 60 % 60, number % 60].map { String($0 + 100).dropFirst() }.joined(separator: ":")
    }

    private static func partition(of key: String) -> Int {
        Int(key.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 } % UInt32(partitions))
    }
}

/// A member of a group whose shares stand: every `of`-th partition from `number` on, in pieces as chance has it.
@Loop
final class WrittenReader: LogReader {
    var onReady: (@Loop () -> Void)?
    var onAssigned: (@Loop ([TopicPartition]) -> Void)?
    var onRevoked: (@Loop () -> Void)?
    var onEnd: (@Loop (TopicPartition, Int64) -> Void)?
    var onError: (@Loop (KafkaError) -> Void)?
    private let log: WrittenLog
    private var share: [TopicPartition]
    private let isPicky: Bool
    private var places: [TopicPartition: Int] = [:]
    private var chance: SeededGenerator

    /// - Parameter isPicky: whether only the topics are read that are asked for, as of a log for several services.
    init(
        _ log: WrittenLog, _ number: Int, of processes: Int, _ chance: SeededGenerator, isPicky: Bool = false
    ) {
        self.log = log
        self.chance = chance
        self.isPicky = isPicky
        share = log.messages.keys.filter { Int($0.partition) % processes == number }
            .sorted { ($0.topic, $0.partition) < ($1.topic, $1.partition) }
    }

    func subscribe(to topics: [String]) throws {
        if isPicky { share.removeAll { !topics.contains($0.topic) } }
        onAssigned?(share)
    }

    func assign(_ partitions: [TopicPartition: Int64?]) throws {
        places = partitions.mapValues { Int($0 ?? 0) }
        onReady?()
    }

    func poll(limit: Int, byteLimit: Int) -> [KafkaRecord] {
        var records: [KafkaRecord] = []
        let wanted = Int.random(in: 1...limit, using: &chance)
        var open = share.filter { places[$0] ?? 0 < log.messages[$0]?.count ?? 0 }
        while records.count < wanted, let partition = open.randomElement(using: &chance) {
            let (place, messages) = (places[partition] ?? 0, log.messages[partition] ?? [])
            let end = min(messages.count, place + Int.random(in: 1...8, using: &chance))
            records += messages[place..<end]
            places[partition] = end
            if end == messages.count { open.removeAll { $0 == partition } }
        }
        return records
    }

    func commitForLagTools(_ positions: [TopicPartition: Int64]) {}
    func knownEnd(of partition: TopicPartition) -> Int64? { log.messages[partition].map { Int64($0.count) } }
    func close(within limit: Duration) async {}
}
