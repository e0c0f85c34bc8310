import CRMModel
import EventLoop
import FoundationEssentials
import Kafka
import Postgres

/// A handler's answer to events whose time has not come: what they refer to is not known yet.
///
/// Their keys are parked: the messages and all later ones of the same key and topic wait in a table and are tried again with growing
/// pauses, in their order, while other keys flow.
public struct NotYet: Error, CustomStringConvertible {
    /// The message keys that must wait; where none is named, they are found by halving.
    public let keys: Set<String>
    /// Why, for an operator.
    public let reason: String
    /// Whether they wait for the key of their data, which is told before them.
    let isForSeal: Bool

    /// Sends events back.
    public init(_ reason: String, keys: Set<String> = []) {
        self.init(reason, keys: keys, isForSeal: false)
    }

    /// Sends events back that nobody can open yet.
    init(_ reason: String, keys: Set<String>, isForSeal: Bool) {
        self.reason = reason
        self.keys = keys
        self.isForSeal = isForSeal
    }

    /// For people.
    public var description: String { reason }
}

/// How long parked keys wait.
public struct ParkingPolicy: Sendable {
    /// The first pause; each one after may be twice as long as the one before, and lasts a random part of that (full jitter).
    public var firstPause = Duration.seconds(1)
    /// The longest pause.
    public var longestPause = Duration.seconds(300)
    /// After so many attempts the first message of the key becomes a dead letter and the next one has its turn.
    public var attempts = 30
    /// The same for a message that waits for the key of its data, a quarter of an hour or so with the usual pauses: keys are told before
    /// what they open, so one that has not come by then, though all of them were read, does not exist.
    public var sealAttempts = 12
    /// With so many messages parked, the partitions that they are of are read no further until some are applied; all others are, as
    /// they may bring what is waited for.
    public var messageLimit = 10_000

    /// The usual pauses.
    public init() {}

    /// The pause after an attempt, in milliseconds.
    func pause(after attempt: Int, _ random: (ClosedRange<Int>) -> Int) -> Int {
        let longest = Int(longestPause.seconds * 1000)
        let bound = min(longest, Int(firstPause.seconds * 1000) << min(attempt, 20))
        return max(random(0...bound), 1)
    }
}

/// A key whose messages wait. It is parked in one topic only: what it waits for may come under the same key in another.
///
/// Compared byte by byte, as the table compares it.
struct ParkedKey: Hashable {
    let topic: String
    let key: String

    static func == (a: ParkedKey, b: ParkedKey) -> Bool {
        a.topic == b.topic && ExactText(a.key) == ExactText(b.key)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(topic)
        hasher.combine(ExactText(key))
    }
}

/// What this process knows of parked keys in the partitions it holds.
///
/// It cannot miss one: keys are parked in the transaction that moves the partition's offset, so another process that parks one has also
/// moved the offset, and this one's next batch is refused. The batch behind that one may fit again, and is refused where anything is parked
/// that it does not know of (`ConsumerStore.moveUnparked`).
struct ParkedKeys {
    var keys = 0
    var messages = 0
    /// When the next one is due, by the loop's clock.
    var due: Duration?
    /// The partitions that they are of.
    var origins: Set<TopicPartition> = []
    static let none = ParkedKeys()
}

extension BatchApplication {
    /// Puts aside the messages of parked keys, those that are parked already and those sent back just now, in the order they came.
    mutating func setAside(_ transaction: Transaction) async throws {
        var parked = Set(returned.keys)
        if mayHaveParked {
            let keys = Set(items.compactMap(\.parkedKey)).subtracting(parked)
            let rows = try await transaction.query(ParkingStore.known, group, keys.map(\.topic), keys.map(\.key))
            for row in rows { parked.insert(ParkedKey(topic: try row.value(0), key: try row.value(1))) }
        }
        let waiting = items.filter { item in item.parkedKey.map(parked.contains) ?? false }
        guard !waiting.isEmpty else { return }
        items = items.filter { item in item.parkedKey.map { !parked.contains($0) } ?? true }[...]
        var new: [ParkedKey: Int32] = [:]
        for item in waiting {
            guard let key = item.parkedKey, returned[key] != nil else { continue }
            new[key] = item.record.origin.partition
        }
        let keys = new.sorted { ($0.key.topic, $0.key.key) < ($1.key.topic, $1.key.key) }
        transaction.enqueue(
            ParkingStore.parkKeys, group, keys.map(\.key.topic), keys.map { Int($0.value) }, keys.map(\.key.key),
            keys.map { returned[$0.key] ?? "" }, firstPause)
        transaction.enqueue(
            ParkingStore.parkMessages, group, waiting.map(\.record.origin.topic),
            waiting.map { Int($0.record.origin.partition) }, waiting.map { Int($0.record.offset) },
            waiting.map { $0.parkedKey?.key ?? "" }, waiting.map { $0.record.keyBytes.map { SQLBytes($0) } },
            waiting.map { SQLBytes(RawHeaders.encode($0.record.headers)) },
            waiting.map { $0.record.value.map { SQLBytes($0) } })
        counts.parked = waiting.count
        parkedOrigins = Set(waiting.map(\.record.origin))
    }
}

extension BatchItem {
    /// What its key is parked under; nil for messages that would not reach a handler anyway.
    var parkedKey: ParkedKey? {
        guard case .event(let event, _, _) = content else { return nil }
        // NUL is legal in keys, and not in PostgreSQL's text; by scalars, for a mark behind it hides it from Characters.
        let key = String(String.UnicodeScalarView(event.key.unicodeScalars.filter { $0 != "\0" }))
        return ParkedKey(topic: record.origin.topic, key: key)
    }
}

/// Headers as they lie in the table: length and bytes of each name and value, so that any bytes come back as they were.
package enum RawHeaders {
    /// The bytes of headers.
    package static func encode(_ headers: [(name: String, value: [UInt8])]) -> [UInt8] {
        var bytes: [UInt8] = []
        for header in headers {
            for part in [Array(header.name.utf8), header.value] {
                withUnsafeBytes(of: UInt32(part.count).bigEndian) { bytes.append(contentsOf: $0) }
                bytes.append(contentsOf: part)
            }
        }
        return bytes
    }

    static func decode(_ bytes: [UInt8]) -> [(name: String, value: [UInt8])] {
        var parts: [[UInt8]] = []
        var rest = bytes[...]
        while rest.count >= 4 {
            let count = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            parts.append(Array(rest.dropFirst(4).prefix(count)))
            rest = rest.dropFirst(4 + count)
        }
        return stride(from: 0, to: parts.count - 1, by: 2).map {
            (name: String(decoding: parts[$0], as: UTF8.self), value: parts[$0 + 1])
        }
    }
}
