import Crypto
import CRMModel
import EventLoop
import FoundationEssentials
import Kafka
import Postgres

/// One time of leading: its connections, its producer, and the rows under way.
@Loop
final class RelaySession {
    private(set) var published = 0
    private(set) var isBroken = false
    /// Set when no more pages are to be begun.
    var isEnding = false
    private(set) var lanes: [Int] = []
    private var failure: (any Error)?
    /// When the session that holds the locks has answered last.
    private var heard = Loop.now
    /// `ce_source` of what it publishes.
    let owner: String
    /// The types of events, and which of them are sealed.
    let kinds: EventKinds
    let source: [UInt8]
    /// The life that it speaks in; nil where nobody judged it.
    private let life: Life?
    private let height: SchemaHeight?
    /// `ce_epoch`; nil in the life that has no number.
    let epoch: [UInt8]?
    let reader: any DatabaseSession
    private let deleter: any DatabaseSession
    private let producer: any LogWriter
    /// Rows under way: read, and not deleted yet.
    private var inFlight: Set<Int> = []
    /// Rows that need not be looked at again: under way, or deleted as long as that takes few ranges.
    private var seen = IDRanges()
    /// Keys of subjects that were met, bounded by `keyLimit`.
    var keys: [String: SubjectKeys.Known] = [:]
    static let keyLimit = 25_000
    private let pageSize: Int
    /// The rows handed over before others have their turn on the loop.
    private var slice: Int { max(1, pageSize / 8) }
    /// Whether nothing waits to be acknowledged.
    var isIdle: Bool { inFlight.isEmpty }
    /// Whether rows come faster than a handful at a time.
    var isBusy: Bool { inFlight.count >= 8 }
    private var acknowledged: [Int] = []
    /// Those of one message at a time, so that their array is made once.
    var headers: [(String, [UInt8])] = []
    private let changed = Notice()
    private var deleting: Task<Void, Never>?
    private var isClosed = false

    init(
        source: String, in life: Life?, above height: SchemaHeight?, sealing sealedTypes: Set<String>, pageSize: Int,
        on substrate: Substrate
    ) async throws {
        owner = source
        self.life = life
        self.height = height
        epoch = life.flatMap { $0.epoch == 0 ? nil : Array(String($0.epoch).utf8) }
        self.pageSize = pageSize
        kinds = EventKinds(sealing: sealedTypes)
        self.source = Array(source.utf8)
        reader = try await substrate.openSession()
        do {
            deleter = try await substrate.openSession()
        } catch {
            reader.close()
            throw error
        }
        do {
            try await height?.check(reader)
            for session in [reader, deleter] { _ = try await session.transaction { $0.enqueue(RelayStore.prepare) } }
            producer = try substrate.openWriter()
        } catch {
            reader.close()
            deleter.close()
            throw error
        }
        producer.onDeliveries = { [weak self] deliveries in self?.delivered(deliveries) }
        producer.onError = { [weak self] error in if error.isFatal { self?.fail(error) } }
        reader.onClose = { [weak self] in self?.fail(RelayLost()) }
        deleter.onClose = { [weak self] in self?.fail(RelayLost()) }
        deleting = Task { @Loop [weak self] in await self?.deleteAcknowledged() }
    }

    /// Takes the lead of the lanes that are free. Locks of a session that ends are freed one by one, so a first try may get only
    /// some of them; `beat` asks for the others.
    func lead() async throws {
        guard lanes.count < 8 else { return }
        let more: [Int] = try await reader.transaction { [lanes, life] transaction in
            try await life?.check(in: transaction)
            return try await transaction.query(RelayStore.lead, lanes).map { try $0.value(0) }
        }
        heard = Loop.now
        lanes += more
    }

    func check() throws {
        // Frozen for longer than others wait: they may lead by now, whatever the sockets have yet to say.
        if Loop.now - heard > .seconds(5) { fail(RelayLost()) }
        if let failure { throw failure }
    }

    func fail(_ error: any Error) {
        guard !isBroken else { return }
        failure = error
        isBroken = true
        // Whoever leads next must not find late messages of ours behind its own.
        producer.purge()
        changed.notify()
        // Whoever waits for an answer that may never come is told at once.
        reader.close()
        if !PlantedBug.deleteUnacknowledged.isPlanted { deleter.close() }
    }

    /// Feels the pulse of the session that holds the locks: without an answer for 3 seconds this process must assume that it no longer
    /// leads. That is 4 seconds behind the last pulse at the most, and nobody takes the locks away before: others must have seen the
    /// session stand still in five looks a second apart (`SessionWatch`), and a server that hears nothing gives a connection 8 seconds.
    func beat() async {
        while !isBroken, !isClosed, !Task.isCancelled {
            do {
                let (reader, life) = (self.reader, self.life)
                try await Loop.withDeadline(.seconds(3)) {
                    try await reader.transaction { transaction in
                        guard let life else { return _ = try await transaction.query(RelayStore.pulse) }
                        try await life.check(in: transaction)
                    }
                    try await self.lead()
                }
                heard = Loop.now
                try await Loop.sleep(for: .seconds(1))
            } catch is CancellationError {
                return
            } catch {
                return fail(error)
            }
        }
    }

    /// Produces what waits and is not under way, the oldest first, until nothing is left.
    ///
    /// Each page is one statement over all ids that were not seen, and so one snapshot: whoever sees a later row of a key in it sees the
    /// earlier ones too, or they were seen. To go on behind the last id of the page before would not do: a row that has committed
    /// meanwhile under a lower id would be passed by the next of its key.
    func publishPass() async throws {
        var page = look()
        while true {
            let rows = try await decode(try await page.value)
            // A bound on what is under way bounds memory and what a crash publishes twice.
            try await changed.wait(until: { inFlight.count <= pageSize || isBroken })
            try check()
            if isEnding { return }
            // Where a key must be read again, nothing of the page is under way yet, and it is read again too.
            guard try await prepareKeys(for: rows) else { return }
            try check()
            mark(rows)
            let isFull = rows.count >= pageSize
            // The server reads the next page while this one is produced.
            if isFull { page = look() }
            for (index, row) in rows.enumerated() {
                if index > 0, index % slice == 0 { try await giveWay() }
                if row.isOfKeys { continue }
                let isDone = try !row.isLong && handOver(row)
                if !isDone { try await produce(row) }
            }
            if !isFull { return }
        }
    }

    /// Lets others have their turn. What failed meanwhile has purged the producer: the rest of a key must not go where its beginning
    /// was dropped.
    private func giveWay() async throws {
        await Task.yield()
        try check()
    }

    private func decode(_ answer: Rows) async throws -> [OutboxRow] {
        var rows: [OutboxRow] = []
        rows.reserveCapacity(answer.count)
        for row in answer {
            rows.append(try OutboxRow(row, kinds))
            if rows.count % slice == 0 { await Task.yield() }
        }
        try check()
        return rows
    }

    /// Rows that will be handed over are not looked at again. What is deleted is forgotten where it has left many holes, as other
    /// processes' lanes do: each costs the server a look.
    private func mark(_ rows: [OutboxRow]) {
        for row in rows { seen.insert(row.id) }
        if let last = rows.last { height?.saw(place: last.id) }
        if seen.ranges.count > max(2, pageSize / 40) { seen = IDRanges(inFlight.union(rows.map(\.id))) }
    }

    /// Reads the oldest rows that were not seen.
    private func look() -> Task<Rows, any Error> {
        var (after, before) = seen.gaps
        if PlantedBug.idCursor.isPlanted { (after, before) = ([seen.ranges.last?.upperBound ?? 0], [Int.max]) }
        return Task.immediate { @Loop [reader, lanes, pageSize] in
            try await reader.transaction { try await $0.query(RelayStore.nextPage, lanes, after, before, pageSize) }
        }
    }

    /// Hands a row to the producer, when its payload is read and there is room.
    func produce(_ row: OutboxRow) async throws {
        if row.isLong { row.payload = try await longPayload(of: row.id)?.bytes }
        while try !handOver(row) {
            let before = inFlight.count
            try await changed.wait(until: { inFlight.count < before || isBroken })
            try check()
        }
        // The page that holds the row is let go as a whole, and of long ones only one may be in memory at a time.
        if row.isLong { row.payload = nil }
    }

    /// Hands a row to the producer; false where its queue is full.
    private func handOver(_ row: OutboxRow) throws -> Bool {
        let value = try message(of: row)
        // On the topic of keys the key names the owner too: several services may seal what they tell of one subject.
        let key = row.isOfKeys ? "\(owner):\(row.key)" : row.key
        do {
            try producer.produce(topic: row.topic, key: key, value: value, headers: headers, id: row.id)
        } catch {
            guard error.isQueueFull else { throw error }
            return false
        }
        inFlight.insert(row.id)
        seen.insert(row.id)
        return true
    }

    private func longPayload(of id: Int) async throws -> SQLBytes? {
        let rows = try await reader.transaction { try await $0.query(RelayStore.payload, id) }
        try check()
        return try rows.first?.value(0)
    }

    /// Waits until rows are in the log and gone from the table.
    func awaitDelivery(of ids: Set<Int>) async throws {
        try await changed.wait(until: { ids.isDisjoint(with: inFlight) || isBroken })
        try check()
    }

    private func delivered(_ deliveries: [KafkaProducer.Delivery]) {
        for delivery in deliveries {
            if let error = delivery.error, !PlantedBug.deleteUnacknowledged.isPlanted {
                // Later messages of the key may be in the log: only a new session may go on, from the table.
                fail(error)
            } else {
                acknowledged.append(delivery.id)
            }
        }
        changed.notify()
    }

    private func deleteAcknowledged() async {
        while !isClosed {
            do {
                try await changed.wait(until: { !acknowledged.isEmpty || isClosed })
                // Where many are under way, many are deleted at once.
                if inFlight.count > pageSize / 8 { try await Loop.sleep(for: .milliseconds(4)) }
                let ids = acknowledged
                acknowledged = []
                guard !ids.isEmpty else { continue }
                _ = try await deleter.transaction { $0.enqueue(RelayStore.delete, ids) }
                published += ids.count
                inFlight.subtract(ids)
                changed.notify()
            } catch {
                return fail(error)
            }
        }
    }

    /// Waits until what is under way is published and deleted, within a bound.
    func drain(within limit: Duration) async {
        _ = try? await changed.wait(until: { inFlight.isEmpty || isBroken }, atMost: limit)
    }

    func close() {
        isClosed = true
        isBroken = true
        deleting?.cancel()
        changed.notify()
        producer.close()
        reader.close()
        deleter.close()
    }
}

/// The session that holds the lead is gone.
private struct RelayLost: Error, CustomStringConvertible {
    var description: String { "the database session that holds the lead is gone" }
}
