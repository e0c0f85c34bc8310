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

/// What became of a batch's messages, for the metrics.
struct BatchCounts {
    var applied = 0
    var duplicates = 0
    var skipped = 0
    var dead = 0
    var gaps = 0
    var parked = 0
    /// Written by lives that had ended.
    var void = 0
    /// Told under a number that another event of the same life had.
    var forks = 0
    /// Dead letters by error class.
    var deadByClass: [String: Int] = [:]
    /// Events of unknown types, by type.
    var unknown: [String: Int] = [:]
}

extension Subscriptions {
    /// Reads the envelope and the data of a message; what cannot be read becomes a dead letter.
    func prepare(_ record: KafkaRecord) -> BatchItem {
        do throws(JSONError) {
            let event = try Event(record)
            guard let handler = handlers[event.type] else {
                // What the suite knows and this service does not hear is passed over; what nobody knows is a mistake, or newer. What ends
                // a key of a compacted topic tells nothing, and its key is not to be kept: it may be an erased person's address.
                let isKnown = record.isTombstone || EventContract.named(event.type) != nil
                return BatchItem(record: record, content: isKnown ? .skipped : .unknown(event.type))
            }
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
}

extension BatchCounts {
    /// Counts what is not applied.
    mutating func note(_ content: BatchItem.Content) {
        switch content {
        case .event: break
        case .skipped: skipped += 1
        case .void: void += 1
        case .unknown(let type):
            unknown[type, default: 0] += 1
            dead += 1
            deadByClass[BatchItem.unknownType, default: 0] += 1
        case .dead(let name, _):
            dead += 1
            deadByClass[name, default: 0] += 1
        }
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
    var isMovedOffset: Bool { statement == ConsumerStore.move.name && sqlState == "22012" }
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
    /// Whether keys of sealed events that have not come are waited for a moment; parked ones wait long enough.
    var waitsForKeys = true
    /// How long a key that is parked now waits, in milliseconds.
    var firstPause = 1000
    /// Whether all that it applies is past.
    var isPast = false
    /// Whether the keys of what comes are noted, to be told again.
    var notesKeys = false
    /// How many more of what is void are put aside; the others are counted.
    var voidSamples = BatchApplication.voidSampleLimit
    static let voidSampleLimit = 100

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
        if notesKeys { noteKeys(transaction) }
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
        if PlantedBug.lockAgain.isPlanted {
            for (partition, move) in order {
                transaction.enqueue(
                    ConsumerStore.nextMove, group, [partition.topic], [Int(partition.partition)], [Int(move.expected)],
                    [Int(move.next)])
            }
            return
        }
        transaction.enqueue(
            ConsumerStore.nextMove, group, order.map(\.key.topic), order.map { Int($0.key.partition) },
            order.map { Int($0.value.expected) }, order.map { Int($0.value.next) })
    }

    /// Notes the aggregates that were told of, heard or not.
    private func noteKeys(_ transaction: Transaction) {
        let told = items.filter {
            $0.record.origin.topic != Topic.subjectKeys.name && $0.record.header("ce_sequence") != nil
        }
        transaction.enqueue(LifeStore.noteKeys, Set(told.compactMap(\.record.key)).sorted())
    }

    // MARK: Dead letters

    /// Puts a message aside that has a fault; of what is void a sample.
    private mutating func putAside(_ item: BatchItem, _ transaction: Transaction) {
        guard let fault = item.fault else { return }
        if item.isVoid {
            guard voidSamples > 0 else { return }
            voidSamples -= 1
            counts.dead += 1
            counts.deadByClass[fault.errorClass, default: 0] += 1
        }
        bury(item, fault.errorClass, fault.text, transaction)
    }

    func bury(_ item: BatchItem, _ errorClass: String, _ text: String, _ transaction: Transaction) {
        let record = item.record
        // NUL is legal in headers and in JSON, and not in PostgreSQL's text; the bytes as they came stand beside it.
        let clean = { (text: String) in String(text.filter { $0 != "\0" }) }
        let pairs = record.headers.map { [clean($0.name), clean(String(decoding: $0.value, as: UTF8.self))] }
        let headers = (try? JSONEncoder().encode(pairs)) ?? Data("[]".utf8)
        transaction.enqueue(
            ConsumerStore.deadLetter, group, record.origin.topic, Int(record.origin.partition), Int(record.offset),
            record.keyBytes.map { SQLBytes($0) }, SQLJSON(Array(headers)),
            record.value.map { SQLBytes($0) }, item.type.map(clean), errorClass, clean(text),
            SQLBytes(RawHeaders.encode(record.headers)))
    }
}
