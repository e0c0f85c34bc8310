import CRMModel
import EventLoop
import FoundationEssentials
import Kafka
import Postgres

/// What people put in the place of what is wrong with a message that was put aside.
public struct DeadLetterMend: Sendable {
    /// Other data; nil leaves it.
    public var payload: [UInt8]?
    /// Other values of headers, or headers that were missing.
    public var headers: [String: String]

    /// Describes a mend.
    public init(payload: [UInt8]? = nil, headers: [String: String] = [:]) {
        self.payload = payload
        self.headers = headers
    }

    /// What was mended, without what it says: that may tell of a person, and what operators did is kept for good.
    fileprivate var words: String {
        let data = payload.map { ["the data, \($0.count) bytes now"] } ?? []
        return (data + headers.keys.sorted()).joined(separator: ", ")
    }
}

/// Why a mended message would be put aside again.
public struct MendRefused: Error, CustomStringConvertible {
    /// For people.
    public let description: String
}

extension DeadLetters {
    /// Mends an open one, so that a replay applies what people say in the place of what came, at its old place in the log; the message as
    /// it came is kept. Answers false where there is no open one; throws `MendRefused` where it cannot be read then either.
    public func mend(_ id: Int, _ mend: DeadLetterMend, actor: String, reason: String) async throws -> Bool {
        try await store.transaction { transaction in
            guard let row = try await transaction.query(DeadLetterStore.take, id).first else { return false }
            guard try row.value(0) as String != "timer" else {
                throw MendRefused(description: "a timer has no data to mend")
            }
            let record = try Self.record(row, mend)
            guard let item = self.subscriptions?.prepare(record) else {
                throw MendRefused(description: "this service reads no topics")
            }
            if let fault = item.fault { throw MendRefused(description: fault.text) }
            let headers = SQLJSON(Array(try JSONEncoder().encode(mend.headers)))
            transaction.enqueue(
                DeadLetterMendStore.mend, id, mend.payload.map { SQLBytes($0) }, headers, record.header("ce_type"))
            transaction.enqueue(DeadLetterMendStore.recordMend, id, actor, reason, mend.words)
            return true
        }
    }

    /// The messages of a topic that people mended and that were applied so, in the place of those that lie there.
    public static func mended(
        of topic: Topic, in store: any Transacting
    ) async throws -> [TopicPartition: [Int64: KafkaRecord]] {
        let rows = try await store.transaction { try await $0.query(DeadLetterMendStore.mended, topic.name) }
        var found: [TopicPartition: [Int64: KafkaRecord]] = [:]
        for row in rows {
            let record = try record(row)
            found[record.origin, default: [:]][record.offset] = record
        }
        return found
    }

    /// A message as it lies in a row of `DeadLetterStore.take`, with what was mended of it.
    static func record(_ row: Row, _ mend: DeadLetterMend = DeadLetterMend()) throws -> KafkaRecord {
        let key: SQLBytes? = try row.value(4)
        let headers: String = try row.value(5)
        let payload: SQLBytes? = try row.value(6)
        let raw: SQLBytes? = try row.value(8)
        let mended: SQLBytes? = try row.value(9)
        let mendedHeaders: String? = try row.value(10)
        // One that was put aside before bytes were kept has the text only.
        let pairs = try raw == nil ? JSONDecoder().decode([[String]].self, from: Data(headers.utf8)) : []
        let shown = pairs.filter { $0.count == 2 }.map { (name: $0[0], value: Array($0[1].utf8)) }
        let said = try mendedHeaders.map { try JSONDecoder().decode([String: String].self, from: Data($0.utf8)) }
        let others = (said ?? [:]).merging(mend.headers) { $1 }
        return KafkaRecord(
            origin: TopicPartition(topic: try row.value(1), partition: Int32(try row.value(2) as Int)),
            offset: Int64(try row.value(3) as Int), key: key?.bytes,
            value: mend.payload ?? mended?.bytes ?? payload?.bytes,
            headers: (raw.map { RawHeaders.decode($0.bytes) } ?? shown).filter { others[$0.name] == nil }
                + others.sorted { $0.key < $1.key }.map { (name: $0.key, value: Array($0.value.utf8)) })
    }
}
