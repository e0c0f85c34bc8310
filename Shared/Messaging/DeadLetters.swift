import CRMModel
import EventLoop
import FoundationEssentials
import Kafka
import Postgres

/// What an operator does with a service's dead letters: look, mend, replay in place, discard; every action is written down.
@Loop
public final class DeadLetters {
    /// Which ones; nil is any.
    public struct Filter: Sendable, Decodable {
        /// Their numbers.
        public var ids: [Int]?
        /// The topic they came from.
        public var topic: String?
        /// The event's type, with or without its version.
        public var type: String?
        /// What they are filed under: `decode`, `sql-23514`.
        public var errorClass: String?
        /// The group they belong to.
        public var fingerprint: String?

        /// All of them.
        public init() {}

        /// Whether it selects everything.
        public var isEmpty: Bool {
            ids == nil && topic == nil && type == nil && errorClass == nil && fingerprint == nil
        }
    }

    /// What became of a replay.
    public struct Outcome: Sendable, Codable, Equatable {
        /// Applied now.
        public var applied = 0
        /// Had been applied before, under the same source and id.
        public var duplicates = 0
        /// Left open: later events of their key are applied already.
        public var superseded = 0
        /// Left open: an older message of their key is open, or parked.
        public var blocked = 0
        /// Left open: they failed again.
        public var failed = 0
        /// The last one that this call came to, where there are more: what the next call gives as `after`.
        public var next: Int?
    }

    let store: any Transacting
    let subscriptions: Subscriptions?
    private let group: String
    /// What is known of lives, as the consumer knows it.
    public var lives = SourceLives()
    /// Called after commits that may have put events into the outbox.
    public var onCommit: (@Loop () -> Void)?

    /// Takes care of a group's dead letters; without subscriptions none can be replayed but timers.
    public init(_ store: any Transacting, _ subscriptions: Subscriptions?, group: String) {
        self.store = store
        self.subscriptions = subscriptions
        self.group = group
    }

    // MARK: Looking

    /// Dead letters as JSON with their numbers, in order of them; `status` nil is any.
    public func list(_ filter: Filter, status: String?, after: Int, limit: Int) async throws -> [(
        json: String, id: Int
    )] {
        try await store.transaction { transaction in
            try await transaction.query(
                DeadLetterStore.list, filter.ids, filter.topic, filter.type, filter.errorClass, filter.fingerprint,
                status, after, limit
            ).map { (try $0.value(0), try $0.value(1)) }
        }
    }

    /// Groups of dead letters that failed alike, the largest first, as JSON.
    public func groups(_ filter: Filter, status: String?) async throws -> [String] {
        try await store.transaction { transaction in
            try await transaction.query(
                DeadLetterStore.groups, filter.ids, filter.topic, filter.type, filter.errorClass, filter.fingerprint,
                status
            ).map { try $0.value(0) }
        }
    }

    /// One with its bytes in base 64, as text where they are, and all that was done to it, as JSON; nil where there is none.
    public func show(_ id: Int) async throws -> String? {
        let row = try await store.transaction { try await $0.query(DeadLetterStore.get, id).first }
        guard let row else { return nil }
        func text(_ column: Int) throws -> String {
            let bytes: SQLBytes? = try row.value(column)
            let text = bytes.flatMap { String(validating: $0.bytes, as: UTF8.self) }
            return try text.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) } ?? "null"
        }
        let json: String = try row.value(0)
        return "\(json.dropLast()), \"payload\": \(try text(1)), \"mendedPayload\": \(try text(2))}"
    }

    /// What operators did, the newest first, before an action's number, as JSON.
    public func actions(before: Int, limit: Int) async throws -> [(json: String, id: Int)] {
        try await store.transaction { transaction in
            try await transaction.query(DeadLetterStore.actions, before, limit).map {
                (try $0.value(0), try $0.value(1))
            }
        }
    }

    /// How many are open, by error class.
    public func open() async throws -> [String: Int] {
        try await store.transaction { transaction in
            var counts: [String: Int] = [:]
            for row in try await transaction.query(DeadLetterStore.count) {
                counts[try row.value(0)] = try row.value(1)
            }
            return counts
        }
    }

    // MARK: Acting

    /// As many are discarded in one call.
    public static let discardLimit = 10_000

    /// Discards open ones for a reason; answers how many, at most `discardLimit`.
    public func discard(_ filter: Filter, actor: String, reason: String) async throws -> Int {
        try await store.transaction { transaction in
            try await transaction.query(
                DeadLetterStore.discard, filter.ids, filter.topic, filter.type, filter.errorClass, filter.fingerprint,
                actor, reason, Self.discardLimit
            ).affected
        }
    }

    /// Applies open ones again, each key's oldest first, one in a transaction with its new status; as many as one call takes, behind the
    /// one that an earlier call ended with, so that what fails again stands in nobody's way. `isForced` applies also what is out of its
    /// key's order now.
    public func replay(
        _ filter: Filter, actor: String, reason: String?, isForced: Bool = false, after: Int? = nil, limit: Int = 1000
    ) async throws -> Outcome {
        let ids: [Int] = try await store.transaction { transaction in
            try await transaction.query(
                DeadLetterStore.open, filter.ids, filter.topic, filter.type, filter.errorClass, filter.fingerprint,
                limit, after
            ).map { try $0.value(0) }
        }
        var outcome = Outcome()
        outcome.next = ids.count == limit ? ids.last : nil
        for id in ids {
            do {
                let result = try await store.transaction { transaction in
                    let result = try await self.apply(id, isForced, actor, reason, transaction)
                    if let result { transaction.enqueue(DeadLetterStore.record, id, actor, reason, result.rawValue) }
                    return result
                }
                if let result { outcome.count(result) }
                onCommit?()
            } catch {
                // The database is away, or has no time: what is left stays open.
                let passes = (error as? PostgresError)?.verdict == .retry || error is PoolExhausted
                if passes || error is CancellationError { throw error }
                outcome.failed += 1
                try await store.transaction { transaction in
                    transaction.enqueue(DeadLetterStore.fail, id, "\(error)")
                    // The error stands with the letter, and may go with it; what was done is kept for good.
                    transaction.enqueue(DeadLetterStore.record, id, actor, reason, "failed: \(error.deadLetterClass)")
                }
            }
        }
        return outcome
    }

    fileprivate enum Result: String { case applied, duplicate, superseded, blocked }

    /// Applies one as a batch of its own would be, under the lock of its partition's offset; nil where another has dealt with it.
    private func apply(
        _ id: Int, _ isForced: Bool, _ actor: String, _ reason: String?, _ transaction: Transaction
    ) async throws -> Result? {
        guard let row = try await transaction.query(DeadLetterStore.take, id).first else { return nil }
        if try row.value(0) as String == "timer" { return try fire(id, row, actor, reason, transaction) }
        let record = try Self.record(row)
        let origin = record.origin
        _ = try await transaction.query(DeadLetterStore.position, group, origin.topic, Int(origin.partition))
        guard let prepared = subscriptions?.prepare(record) else {
            throw NotReplayable("this service reads no topics")
        }
        let item = lives.judged([prepared]).first ?? prepared
        let older = try await transaction.query(
            DeadLetterStore.isBlocked, group, origin.topic, Int(origin.partition), Int(record.offset),
            record.keyBytes.map { SQLBytes($0) }, item.parkedKey?.key)
        if !older.isEmpty, !isForced { return .blocked }
        if let fault = item.fault { throw NotReplayable(fault.text) }
        if case .skipped = item.content { throw NotReplayable("nobody here handles its type") }
        var batch = BatchApplication(group: group, items: [item])
        batch.takesEarlier = isForced
        batch.isPast = lives.isPast(item)
        try await Replay.$isLate.withValue(true) { try await batch.apply(in: transaction) }
        if batch.counts.duplicates > 0, case .event(let event, _, _) = item.content, event.sequence != nil {
            return .superseded
        }
        transaction.enqueue(DeadLetterStore.settle, id, actor, reason)
        return batch.counts.duplicates > 0 ? .duplicate : .applied
    }

    private func fire(
        _ id: Int, _ row: Row, _ actor: String, _ reason: String?, _ transaction: Transaction
    ) throws -> Result {
        let name: String = try row.value(7)
        let payload: SQLBytes? = try row.value(6)
        guard let colon = name.firstIndex(of: ":") else { throw NotReplayable("its timer has no name") }
        transaction.enqueue(
            DeadLetterStore.setTimer, String(name[..<colon]), String(name[name.index(after: colon)...]),
            payload.map { String(decoding: $0.bytes, as: UTF8.self) })
        transaction.enqueue(DeadLetterStore.settle, id, actor, reason)
        return .applied
    }
}

extension DeadLetters.Outcome {
    fileprivate mutating func count(_ result: DeadLetters.Result) {
        switch result {
        case .applied: applied += 1
        case .duplicate: duplicates += 1
        case .superseded: superseded += 1
        case .blocked: blocked += 1
        }
    }
}

/// Why a dead letter cannot be applied.
private struct NotReplayable: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
