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
    private(set) var lanes: [Int] = []
    private var failure: (any Error)?
    /// `ce_source` of what it publishes.
    let owner: String
    /// The types of events whose data is sealed.
    let sealedTypes: Set<String>
    private let source: [UInt8]
    let reader: any DatabaseSession
    private let deleter: any DatabaseSession
    private let producer: any LogWriter
    private var inFlight: Set<Int> = []
    /// Whether rows come faster than a handful at a time.
    var isBusy: Bool { inFlight.count >= 8 }
    /// Rows deleted since the page under way was asked for, which may still show them.
    private var deletedMeanwhile: Set<Int> = []
    private var lastCursor = 0
    private var acknowledged: [Int] = []
    private let changed = Notice()
    private var deleting: Task<Void, Never>?
    private var isClosed = false

    init(source: String, sealing sealedTypes: Set<String>, on substrate: Substrate) async throws {
        owner = source
        self.sealedTypes = sealedTypes
        self.source = Array(source.utf8)
        reader = try await substrate.openSession()
        do {
            deleter = try await substrate.openSession()
        } catch {
            reader.close()
            throw error
        }
        do {
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
        let more: [Int] = try await reader.transaction { [lanes] transaction in
            try await transaction.query(RelayStore.lead, lanes).map { try $0.value(0) }
        }
        lanes += more
    }

    func check() throws { if let failure { throw failure } }

    func fail(_ error: any Error) {
        guard !isBroken else { return }
        failure = error
        isBroken = true
        // Whoever leads next must not find late messages of ours behind its own.
        producer.purge()
        changed.notify()
        // Whoever waits for an answer that may never come is told at once.
        reader.close()
        deleter.close()
    }

    /// Feels the pulse of the session that holds the locks: without an answer for 3 seconds this process must assume that it no
    /// longer leads. The server frees the locks later than that (its keepalive is 11 seconds).
    func beat() async {
        while !isBroken, !isClosed, !Task.isCancelled {
            do {
                let reader = self.reader
                try await Loop.withDeadline(.seconds(3)) {
                    try await reader.transaction { _ = try await $0.query(RelayStore.pulse) }
                    try await self.lead()
                }
                try await Loop.sleep(for: .seconds(1))
            } catch is CancellationError {
                return
            } catch {
                return fail(error)
            }
        }
    }

    /// Reads from the lowest id to the end and produces what is not under way.
    func publishPass() async throws {
        var cursor = PlantedBug.idCursor.isPlanted ? lastCursor : 0
        // A lane that is won during a pass waits for the next: this one is past its oldest rows.
        let lanes = self.lanes
        while true {
            // A bound on what is under way bounds memory and what a crash publishes twice.
            try await changed.wait(until: { inFlight.count < 8_000 || isBroken })
            try check()
            deletedMeanwhile = []
            let rows = try await reader.transaction { [cursor] transaction in
                try await transaction.query(RelayStore.nextPage, cursor, lanes)
            }
            // What failed meanwhile has purged the producer: the rest of a key must not go where its beginning was dropped.
            try check()
            guard let keys = try await keys(for: rows) else { return }
            try check()
            for row in rows {
                cursor = max(cursor, try row.value(0))
                try await produce(row, keys)
            }
            lastCursor = cursor
            if rows.count < 500 { return }
        }
    }

    /// Whether a row of a page still is to be published.
    func isDue(_ id: Int) -> Bool { !inFlight.contains(id) && !deletedMeanwhile.contains(id) }

    func produce(_ row: Row, _ keys: [String: SubjectKeys.Known]) async throws {
        let id: Int = try row.value(0)
        guard isDue(id) else { return }
        let (value, headers) = try message(of: row, keys)
        while true {
            do {
                try producer.produce(
                    topic: row.value(1), key: key(of: row), value: value, headers: headers, id: id)
                inFlight.insert(id)
                return
            } catch let error as KafkaError where error.isQueueFull {
                let before = inFlight.count
                try await changed.wait(until: { inFlight.count < before || isBroken })
                try check()
            }
        }
    }

    /// The message's key. On the topic of keys it names the owner too: several services may seal what they tell of one subject.
    private func key(of row: Row) throws -> String {
        let key: String = try row.value(2)
        return try row.value(1) == Topic.subjectKeys.name ? "\(owner):\(key)" : key
    }

    /// Waits until rows are in the log and gone from the table.
    func awaitDelivery(of ids: Set<Int>) async throws {
        try await changed.wait(until: { ids.isDisjoint(with: inFlight) || isBroken })
        try check()
    }

    private func message(
        of row: Row, _ keys: [String: SubjectKeys.Known]
    ) throws -> (value: [UInt8]?, headers: [(String, [UInt8])]) {
        let id: UUID = try row.value(4)
        let type: String = try row.value(5)
        let time: Date = try row.value(7)
        var headers = [
            ("ce_specversion", Array("1.0".utf8)), ("ce_id", Array(id.text.utf8)),
            ("ce_source", source), ("ce_type", Array(type.utf8)), ("ce_time", Array(RFC3339.string(time).utf8)),
        ]
        if let sequence: Int = try row.value(3) { headers.append(("ce_sequence", Array(String(sequence).utf8))) }
        if let trace: String = try row.value(6) { headers.append(("traceparent", Array(trace.utf8))) }
        let payload: String? = try row.value(8)
        let plain = payload.map { Array($0.utf8) }
        guard sealedTypes.contains(type) else {
            headers.append(("content-type", Array("application/json".utf8)))
            return (plain, headers)
        }
        let (value, version) = try sealed(plain, event: Array(id.text.utf8), keys[try row.value(2)])
        headers.append(("content-type", Array("application/octet-stream".utf8)))
        headers.append(("ce_sealed", Array(String(version).utf8)))
        return (value, headers)
    }

    private func delivered(_ deliveries: [KafkaProducer.Delivery]) {
        for delivery in deliveries {
            if let error = delivery.error {
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
                let ids = acknowledged
                acknowledged = []
                guard !ids.isEmpty else { continue }
                _ = try await deleter.transaction { $0.enqueue(RelayStore.delete, ids) }
                published += ids.count
                inFlight.subtract(ids)
                deletedMeanwhile.formUnion(ids)
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
