import CRMModel
import EventLoop
import FoundationEssentials
import Kafka
import Postgres
import Telemetry

/// One message on its way to a handler, or to the dead letters, or to nowhere because nobody handles its type.
struct BatchItem {
    enum Content {
        case event(Event, data: any Sendable, handler: Subscriptions.Handler)
        /// An event of the suite that nobody here handles.
        case skipped
        /// An event of a type that is not the suite's.
        case unknown(String)
        case dead(errorClass: String, text: String)
        /// Written by a life that had ended.
        case void(String)
    }

    let record: KafkaRecord
    var content: Content

    /// The event's type as far as it could be read, for the dead letters; what is void is one group, whatever it tells.
    var type: String? {
        isVoid ? nil : record.header("ce_type")
    }
    /// Whether it was written by a life that had ended.
    var isVoid: Bool { if case .void = content { true } else { false } }
    /// What a life wrote behind its end is filed under.
    static let endedLife = "ended-life"
    /// What events of unknown types are filed under; each type is a group of its own.
    static let unknownType = "unknown-type"
    /// Why it is put aside; nil for what is not.
    var fault: (errorClass: String, text: String)? {
        switch content {
        case .dead(let errorClass, let text): (errorClass, text)
        case .void(let text): (Self.endedLife, text)
        case .unknown(let type):
            (
                Self.unknownType,
                "nobody here knows events of the type \(type); once a program that does is installed, replay them"
            )
        case .event, .skipped: nil
        }
    }
}

extension Subscriptions {
    /// Reads the envelope and the data of a message; what cannot be read becomes a dead letter.
    func prepare(_ record: KafkaRecord) -> BatchItem {
        do throws(JSONError) {
            let event = try Event(record)
            guard let handler = handlers[event.type] else { return try passedOver(event) }
            try handler.contract?.check(topic: record.origin.topic)
            guard event.version == handler.version else {
                throw JSONError(
                    field: "ce_type",
                    message: "expected version \(handler.version) of \(event.type), not \(event.version)")
            }
            let data: any Sendable = event.sealed == nil ? try handler.decode(event) : SealedData()
            return BatchItem(record: record, content: .event(event, data: data, handler: handler))
        } catch {
            return BatchItem(record: record, content: .dead(errorClass: "decode", text: error.description))
        }
    }

    /// What the suite knows and this service does not hear is passed over; what nobody knows is a mistake, or newer. What ends a key of a
    /// compacted topic tells nothing, and its key is not to be kept: it may be an erased person's address.
    ///
    /// What comes from outside is judged all the same, so that what one service of a topic puts aside is put aside by all.
    private func passedOver(_ event: Event) throws(JSONError) -> BatchItem {
        let record = event.record
        guard let contract = EventContract.named(event.type) else {
            return BatchItem(record: record, content: record.isTombstone ? .skipped : .unknown(event.type))
        }
        try contract.check(topic: record.origin.topic)
        if Topic.isOutside(record.origin.topic) {
            try contract.check(version: event.version)
            try event.needData()
            try contract.check(event.withData { Array($0) })
        }
        return BatchItem(record: record, content: .skipped)
    }
}

extension BatchApplication {
    /// Tells the types of the events of each trace.
    func tell(_ body: (Trace, [String: Int]) -> Void) {
        var types: [String: [String: Int]] = [:]
        for item in items {
            guard case .event(let event, _, _) = item.content, let trace = event.traceparent else { continue }
            types[trace, default: [:]][event.type, default: 0] += 1
        }
        for (traceparent, counts) in types { if let trace = Trace(traceparent: traceparent) { body(trace, counts) } }
    }
}

extension Error {
    /// What a dead letter that this error makes is filed under.
    var deadLetterClass: String { (self as? PostgresError).map { "sql-\($0.sqlState)" } ?? "\(type(of: self))" }
}

extension PostgresError {
    /// Whether the compare-and-set of the offsets has refused.
    var isMovedOffset: Bool {
        [ConsumerStore.move, ConsumerStore.moveUnparked].contains { $0.name == statement } && sqlState == "22012"
    }
}

/// Applies items in one transaction that first moves the offsets.
@Loop
struct BatchApplication {
    let group: String
    var items: ArraySlice<BatchItem>
    /// Where each partition of the items stands before and after; none where the caller sees to that.
    let moves: [TopicPartition: (expected: Int64, next: Int64)]
    var counts = BatchCounts()
    /// Keys that a handler has sent back, with its reasons.
    var returned: [ParkedKey: String] = [:]
    /// The partitions of the messages that were put aside.
    var parkedOrigins: Set<TopicPartition> = []
    /// Whether keys may be parked already.
    var mayHaveParked = false
    /// Whether events of our own are applied though later ones of their key have been.
    var takesEarlier = false
    /// How long a key that is parked now waits, in milliseconds.
    var firstPause = 1000
    /// Whether all that it applies is past.
    var isPast = false
    /// The life that recovers what those before it have told: the keys of what comes are noted, to be told again.
    var recovering: Life?
    /// How many more of what is void are put aside; the others are counted.
    var voidSamples = BatchApplication.voidSampleLimit
    static let voidSampleLimit = 100

    /// Up to how many items plans are used again that were made once.
    private static let few = 50

    init(group: String, items: ArraySlice<BatchItem>) {
        self.group = group
        self.items = items
        moves = [:]
    }

    init(group: String, items: ArraySlice<BatchItem>, positions: [TopicPartition: Int64]) {
        self.group = group
        self.items = items
        var moves: [TopicPartition: (Int64, Int64)] = [:]
        for item in items {
            let origin = item.record.origin
            moves[origin] = (positions[origin] ?? -1, item.record.offset + 1)
        }
        self.moves = moves
    }

    /// No messages, only offsets that move to the ends of their partitions.
    init(group: String, passing ends: [TopicPartition: Int64], positions: [TopicPartition: Int64]) {
        self.group = group
        items = []
        moves = ends.reduce(into: [:]) { $0[$1.key] = (positions[$1.key] ?? -1, $1.value) }
    }

    /// Where the partitions of the items stood before.
    var begin: [TopicPartition: Int64] { moves.mapValues(\.expected) }

    mutating func run(in transaction: Transaction) async throws {
        // The answers to a few are waited for, and to plan each statement anew takes longer than they do.
        if items.count <= Self.few {
            transaction.enqueue(ConsumerStore.reusePlans)
            transaction.isForFew = true
        }
        if !PlantedBug.offsetFirst.isPlanted { moveOffsets(transaction) }
        if mayHaveParked || !returned.isEmpty { try await setAside(transaction) }
        try await apply(in: transaction)
    }

    /// The next step of the trace that all events of the batch belong to; nil where they have several or none.
    var trace: Trace? {
        var found: String?
        for item in items {
            guard case .event(let event, _, _) = item.content else { continue }
            guard let traceparent = event.traceparent, found == nil || found == traceparent else { return nil }
            found = traceparent
        }
        return found.flatMap { Trace(traceparent: $0)?.child() }
    }

    /// Deduplicates and applies, in a transaction that holds the offsets already.
    mutating func apply(in transaction: Transaction) async throws {
        if isPast { transaction.markPast() }
        if let recovering {
            transaction.markRecovering(recovering)
            noteKeys(transaction)
        }
        var fresh = try await deduplicate(transaction)
        for item in items { putAside(item, transaction) }
        if !fresh.isEmpty { Outbox.carryTrace(in: transaction) }
        if fresh.contains(where: \.isSealed) { fresh = try await opened(fresh, transaction) }
        let calls = ordered(fresh)
        // Who is called alone locks what it needs when it needs it.
        if calls.count > 1 || (calls.first?.group.steps.count ?? 0) > 1 {
            for call in calls { call.group.foresee(call.data, transaction) }
        }
        for call in calls {
            if !call.group.isFirst { transaction.takeForeseen() }
            try await call.group.apply(call.data, transaction)
        }
    }

    func moveOffsets(_ transaction: Transaction) {
        let order = moves.sorted { ($0.key.topic, $0.key.partition) < ($1.key.topic, $1.key.partition) }
        let move = ConsumerStore.nextMove(knowsParked: mayHaveParked || items.isEmpty)
        if PlantedBug.lockAgain.isPlanted {
            for (partition, step) in order {
                transaction.enqueue(
                    move, group, [partition.topic], [Int(partition.partition)], [Int(step.expected)],
                    [Int(step.next)])
            }
            return
        }
        transaction.enqueue(
            move, group, order.map(\.key.topic), order.map { Int($0.key.partition) },
            order.map { Int($0.value.expected) }, order.map { Int($0.value.next) })
    }

    // MARK: Duplicates

    /// The items to apply: outside events that the inbox does not know, own events above their key's watermark.
    private mutating func deduplicate(_ transaction: Transaction) async throws -> [BatchItem] {
        var outside: Set<Name> = []
        var own: Set<Name> = []
        for item in items {
            guard case .event(let event, _, let handler) = item.content, !handler.knowsOrder else { continue }
            if event.sequence == nil {
                outside.insert(Name(source: event.source, id: event.id))
            } else {
                own.insert(Name(source: event.source, id: event.key))
            }
        }
        var unseen: Completion<Rows>?
        var known: Completion<Rows>?
        if !outside.isEmpty {
            // In order: what a producer told twice may be met by two processes at once.
            let order = outside.sorted { ($0.id, $0.source) < ($1.id, $1.source) }
            unseen = transaction.enqueue(ConsumerStore.remember, group, order.map(\.source), order.map(\.id))
        }
        if !own.isEmpty {
            known = transaction.enqueue(ConsumerStore.sequences, group, own.map(\.source), own.map(\.id))
        }
        transaction.flush()
        var new = try await names(unseen, of: outside)
        var watermarks: [Name: Watermark] = [:]
        if let known {
            for row in try await known.wait() {
                watermarks[Name(source: try row.value(0), id: try row.value(1))] = Watermark(
                    epoch: try row.value(3), sequence: try row.value(2), mark: try row.value(4))
            }
        }
        let before = watermarks
        let fresh = items.filter { item in
            guard case .event(let event, _, let handler) = item.content else {
                counts.note(item.content)
                return false
            }
            let isFresh: Bool
            if handler.knowsOrder {
                isFresh = true
            } else if let sequence = event.sequence {
                let name = Name(source: event.source, id: event.key)
                let (last, this) = (watermarks[name] ?? .none, Watermark(event, sequence))
                let isNew = last.isBelow(this)
                isFresh = isNew && !last.isSame(as: this) || takesEarlier
                if isNew {
                    if last.leavesGap(to: this) { counts.gaps += 1 }
                    watermarks[name] = this
                } else if last.isFork(of: this) {
                    counts.forks += 1
                }
            } else {
                let name = Name(source: event.source, id: event.id)
                isFresh = PlantedBug.unfoldedBatch.isPlanted ? new.contains(name) : new.remove(name) != nil
            }
            if isFresh { counts.applied += 1 } else { counts.duplicates += 1 }
            return isFresh
        }
        raise(watermarks.filter { before[$0.key] != $0.value }, transaction)
        return Array(fresh)
    }

    private func names(_ answer: Completion<Rows>?, of asked: Set<Name>) async throws -> Set<Name> {
        guard let rows = try await answer?.wait() else { return [] }
        if rows.count == asked.count { return asked }
        var names: Set<Name> = []
        for row in rows { names.insert(Name(source: try row.value(0), id: try row.value(1))) }
        return names
    }

    private func raise(_ watermarks: [Name: Watermark], _ transaction: Transaction) {
        guard !watermarks.isEmpty else { return }
        let order = watermarks.sorted { ($0.key.id, $0.key.source) < ($1.key.id, $1.key.source) }
        transaction.enqueue(
            ConsumerStore.raiseSequences, group, order.map(\.key.source), order.map(\.key.id),
            order.map(\.value.sequence), order.map(\.value.epoch), order.map(\.value.mark))
    }
}
