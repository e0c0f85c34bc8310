import EventLoop
import FoundationEssentials
import Kafka
import Postgres

/// What becomes of batches: committed and counted, or, where their content is at fault, applied again in parts.
extension ConsumerRunner {
    /// Waits until nothing is under way.
    func land() async throws {
        guard let last = flight else { return }
        flight = nil
        try await land(last, before: nil)
    }

    /// Waits until a batch is committed. Where its content is at fault it is applied again in halves, and what was sent behind it,
    /// which the refused offsets have refused too, after it.
    func land(_ batch: Flight, before next: Flight?) async throws {
        guard let error = try await batch.refusal() else { return settle(batch) }
        var isBlocked = false
        if let next {
            flight = nil
            do {
                isBlocked = try await next.refusal() != nil
            } catch is ConsumerConflict {
                isBlocked = true
            }
            if !isBlocked { settle(next) }
        }
        var blocked = isBlocked ? next.map { Left($0.batch) } : nil
        if (error as? NotYet)?.isForSeal == true {
            var left = Left(batch.batch)
            try await applyKeys(of: &left, and: &blocked)
            try await applyPatiently(left)
        } else {
            try await recover(error, batch.batch)
        }
        if let blocked { try await applyPatiently(blocked) }
    }

    /// Items that were sent and refused, and where their partitions stood then.
    @Loop
    private struct Left {
        var items: [BatchItem]
        let begin: [TopicPartition: Int64]

        init(_ batch: BatchApplication) {
            items = Array(batch.items)
            begin = batch.begin
        }
    }

    /// How often keys that have not come are looked for, 20 ms apart, before their events are parked: the answer that brings them from
    /// the log may be under way, or in another process the commit.
    private static let looks = 10

    /// Applies items whose data may not be opened yet: for a moment keys are waited for, and applied as they come.
    private func applyPatiently(_ left: Left) async throws {
        guard !left.items.isEmpty else { return }
        for look in 0...Self.looks {
            let flight = Flight(prepared(left.items[...], left.begin))
            flight.start(on: try await database())
            guard let error = try await flight.refusal() else { return settle(flight) }
            guard (error as? NotYet)?.isForSeal == true, look < Self.looks, pending == nil else {
                return try await recover(error, flight.batch)
            }
            if try await !applyUrgent() { try await Loop.sleep(for: .milliseconds(20)) }
        }
    }

    /// Applies first what tells of keys. They are in the log before what they open, but of a topic of their own, so they may be read
    /// together with it or behind it: between topics there is no order.
    private func applyKeys(of left: inout Left, and blocked: inout Left?) async throws {
        var keys = left.items.takeKeys()
        keys += blocked?.items.takeKeys() ?? []
        try await applyKeys(keys, from: (blocked?.begin ?? [:]).merging(left.begin) { $1 })
    }

    /// Applies the keys that have come meanwhile; false where there were none.
    private func applyUrgent() async throws -> Bool {
        var keys = ahead.takeKeys()
        let records = consumer?.pollUrgent(limit: 500) ?? []
        keys += records.filter { $0.offset >= awaited[$0.origin] ?? .max }.map(subscriptions.prepare)
        let begin = awaited
        for item in keys { awaited[item.record.origin] = item.record.offset + 1 }
        try await applyKeys(keys, from: begin)
        return !keys.isEmpty
    }

    private func applyKeys(_ keys: [BatchItem], from begin: [TopicPartition: Int64]) async throws {
        var (keys, begin) = (keys, begin)
        while !keys.isEmpty {
            let items = lives.cut(&keys)
            try await apply(items[...], from: begin)
            for item in items { begin[item.record.origin] = item.record.offset + 1 }
        }
    }

    /// Applies items in one transaction; where their content is at fault, halves them until the faulty message is alone and puts that
    /// one aside.
    ///
    /// `begin` is where their partitions stood when the items were first sent, not where this process believes them now: what was
    /// sent behind them may have been committed since, after another process had applied the same items.
    private func apply(
        _ items: ArraySlice<BatchItem>, from begin: [TopicPartition: Int64], returned: [ParkedKey: String] = [:]
    ) async throws {
        let flight = Flight(prepared(items, begin, returned))
        flight.start(on: try await database())
        if let error = try await flight.refusal() { return try await recover(error, flight.batch) }
        settle(flight)
    }

    /// A batch as it is to be sent now.
    func prepared(
        _ items: ArraySlice<BatchItem>, _ positions: [TopicPartition: Int64], _ returned: [ParkedKey: String] = [:]
    ) -> BatchApplication {
        var batch = BatchApplication(group: group, items: lives.judged(items), positions: positions)
        batch.isPast = items.first.map(lives.isPast) ?? false
        batch.recovering = lives.recovering
        batch.voidSamples = max(0, BatchApplication.voidSampleLimit - voidMet)
        voidMet += batch.items.count(where: \.isVoid)
        batch.returned = returned
        batch.mayHaveParked = parked.keys > 0
        batch.firstPause = parking.pause(after: 0, substrate.random)
        return batch
    }

    private func recover(_ error: any Error, _ failed: BatchApplication) async throws {
        if let notYet = error as? NotYet { return try await sendBack(notYet, failed) }
        try await isolate(error, failed)
    }

    /// Applies a batch again without the keys that a handler wants to wait; where it has named none of them, halves it.
    private func sendBack(_ notYet: NotYet, _ failed: BatchApplication) async throws {
        var more = failed.returned
        for item in failed.items {
            guard let key = item.parkedKey, more[key] == nil else { continue }
            if notYet.keys.contains(key.key) || failed.items.count == 1 { more[key] = notYet.reason }
        }
        if more.count == failed.returned.count { return try await isolate(notYet, failed) }
        try await apply(failed.items, from: failed.begin, returned: more)
    }

    private func isolate(_ error: any Error, _ failed: BatchApplication) async throws {
        let items = failed.items
        guard !items.isEmpty else { throw error }
        guard items.count == 1, let only = items.first else {
            let middle = items.startIndex + items.count / 2
            var begin = failed.begin
            try await apply(items[..<middle], from: begin, returned: failed.returned)
            for item in items[..<middle] { begin[item.record.origin] = item.record.offset + 1 }
            return try await apply(items[middle...], from: begin, returned: failed.returned)
        }
        if only.fault != nil { throw error }
        var dead = only
        dead.content =
            PlantedBug.swallowedError.isPlanted
            ? .skipped : .dead(errorClass: error.deadLetterClass, text: "\(error)")
        try await apply([dead], from: failed.begin)
    }

    private func settle(_ flight: Flight) {
        let batch = flight.batch
        for (partition, move) in batch.moves where positions[partition] != nil { positions[partition] = move.next }
        statistics.add(batch.counts)
        if batch.counts.parked > 0 {
            parked.keys += batch.returned.count
            parked.messages += batch.counts.parked
            parked.origins.formUnion(batch.parkedOrigins)
            let next = Loop.now + .milliseconds(batch.firstPause)
            parked.due = min(parked.due ?? next, next)
            statistics.parkedKeys = parked.keys
            statistics.parkedMessages = parked.messages
        }
        statistics.batches += 1
        statistics.lastApplied = Date().timeIntervalSince1970
        statistics.applyTime += Loop.now - flight.begin
        onBatch?(Loop.now - flight.begin)
        if let onApplied { flight.batch.tell(onApplied) }
        gotOn()
        onCommit?()
        commitForLagTools()
    }
}

extension [BatchItem] {
    /// Takes what tells of keys out of it.
    fileprivate mutating func takeKeys() -> [BatchItem] {
        let keys = filter(\.isOfKeys)
        if !keys.isEmpty { removeAll(where: \.isOfKeys) }
        return keys
    }
}
