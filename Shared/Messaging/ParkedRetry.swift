import CRMModel
import EventLoop
import Kafka
import Postgres

extension ConsumerRunner {
    /// The partitions that may not be read on, as too much is parked and some of it is theirs, or as all are held. All others may: keys of
    /// sealed events are never parked, so they are always read, and nothing can wait for ever for what is not read.
    var fullPartitions: Set<TopicPartition> {
        if isHeld { return Set(positions.keys.filter { $0.topic != Topic.subjectKeys.name }) }
        return parked.messages >= parking.messageLimit ? parked.origins : []
    }

    /// Reads what is parked in partitions; in the transaction that read their offsets, or after it.
    func countParked(in partitions: [TopicPartition], _ transaction: Transaction) async throws -> ParkedKeys {
        let (topics, numbers) = (partitions.map(\.topic), partitions.map { Int($0.partition) })
        let rows = try await transaction.query(ParkingStore.summary, group, topics, numbers, parking.messageLimit)
        guard let row = rows.first else { return .none }
        let seconds: Double? = try row.value(2)
        let due = seconds.map { Loop.now + .milliseconds(Int(max(0, $0) * 1000) + 1) }
        var found = ParkedKeys(keys: try row.value(0), messages: try row.value(1), due: due)
        guard found.keys > 0 else { return found }
        for row in try await transaction.query(ParkingStore.partitions, group, topics, numbers) {
            found.origins.insert(
                TopicPartition(topic: try row.value(0), partition: Int32(try row.value(1) as Int)))
        }
        return found
    }

    /// Whether the keys of sealed events are read, as far as this process reads them and but for the last moment's.
    private var hasReadKeys: Bool {
        keysDeadline == nil && lags.allSatisfy { $0.key.topic != Topic.subjectKeys.name || $0.value < 1000 }
    }

    /// Tries the keys again whose pause is over. It is done between two batches: a batch and a retry of one partition must not run
    /// at the same time, and where two processes believe they hold it, the offset's lock decides.
    func retryParked() async throws {
        let held = Array(positions.keys)
        let connection = try await database()
        let rows = try await connection.transaction { [group] transaction in
            try await transaction.query(
                ParkingStore.due, group, held.map(\.topic), held.map { Int($0.partition) })
        }
        for row in rows {
            let key = ParkedKey(topic: try row.value(0), key: try row.value(2))
            let origin = TopicPartition(topic: key.topic, partition: Int32(try row.value(1) as Int))
            try await retry(key, of: origin, attempt: try row.value(3), limit: 20)
        }
        parked = try await connection.transaction { try await self.countParked(in: held, $0) }
        statistics.parkedKeys = parked.keys
        statistics.parkedMessages = parked.messages
    }

    /// Applies a key's oldest messages; where that fails the oldest one alone, which then decides.
    private func retry(_ key: ParkedKey, of origin: TopicPartition, attempt: Int, limit: Int) async throws {
        var tried: Int64?
        do {
            var counts = BatchCounts()
            try await fenced(origin) { [group, subscriptions] transaction in
                var items = try await self.messages(of: key, origin, limit, transaction).map(subscriptions.prepare)
                items = self.lives.cut(&items)
                tried = items.first?.record.offset
                var batch = BatchApplication(group: group, items: self.lives.judged(items[...]))
                batch.isPast = items.first.map(self.lives.isPast) ?? false
                batch.recovering = self.lives.recovering
                try await Replay.$isLate.withValue(true) { try await batch.apply(in: transaction) }
                counts = batch.counts
                self.release(key, items.map(\.record), transaction)
            }
            statistics.add(counts)
            onCommit?()
        } catch {
            if try await isForAll(error) { throw error }
            if limit > 1 { return try await retry(key, of: origin, attempt: attempt, limit: 1) }
            try await putOff(key, of: origin, attempt: attempt, tried, error)
        }
    }

    /// Whether an error is not about a message: the database is away, or another process has taken over.
    private func isForAll(_ error: any Error) async throws -> Bool {
        error is ConsumerConflict || error is CancellationError || (error as? PostgresError)?.verdict == .retry
    }

    /// Runs a transaction that holds the partition's offset, unmoved: only whoever holds the partition gets it.
    private func fenced(
        _ origin: TopicPartition, _ body: @escaping @Loop (Transaction) async throws -> Void
    ) async throws {
        guard let position = positions[origin] else { throw ConsumerConflict() }
        do {
            try await database().transaction { [group] transaction in
                if !PlantedBug.unlockedPark.isPlanted {
                    transaction.enqueue(
                        ConsumerStore.move, group, [origin.topic], [Int(origin.partition)], [Int(position)],
                        [Int(position)])
                }
                try await body(transaction)
            }
        } catch let error as PostgresError where error.isMovedOffset {
            throw ConsumerConflict()
        }
    }

    private func messages(
        of key: ParkedKey, _ origin: TopicPartition, _ limit: Int, _ transaction: Transaction
    ) async throws -> [KafkaRecord] {
        try await transaction.query(ParkingStore.messages, group, key.topic, key.key, limit).map { row in
            let raw: SQLBytes? = try row.value(1)
            let headers: SQLBytes = try row.value(2)
            let value: SQLBytes? = try row.value(3)
            return KafkaRecord(
                origin: origin, offset: Int64(try row.value(0) as Int), key: raw?.bytes, value: value?.bytes,
                headers: RawHeaders.decode(headers.bytes))
        }
    }

    private func release(
        _ key: ParkedKey, _ records: [KafkaRecord], attempt: Int = 0, _ transaction: Transaction
    ) {
        transaction.enqueue(ParkingStore.release, group, key.topic, key.key, records.map { Int($0.offset) })
        transaction.enqueue(ParkingStore.advance, group, key.topic, key.key, attempt)
        transaction.enqueue(ParkingStore.forget, group, key.topic, key.key)
    }

    private func putOff(
        _ key: ParkedKey, of origin: TopicPartition, attempt: Int, _ tried: Int64?, _ error: any Error
    ) async throws {
        let isForSeal = (error as? NotYet)?.isForSeal == true
        let mayTryAgain =
            isForSeal ? attempt + 1 < parking.sealAttempts || !hasReadKeys : attempt + 1 < parking.attempts
        if error is NotYet, mayTryAgain {
            let pause = parking.pause(after: attempt + 1, substrate.random)
            return try await fenced(origin) { [group] transaction in
                transaction.enqueue(ParkingStore.putOff, group, key.topic, key.key, "\(error)", pause)
            }
        }
        let name = isForSeal ? "key-missing" : error is NotYet ? "parked" : error.deadLetterClass
        onProblem?("a parked message was put aside: \(error)")
        try await fenced(origin) { [group, subscriptions] transaction in
            let oldest = try await self.messages(of: key, origin, 1, transaction)
            // Another process that believes it holds the partition may have dealt with the one that failed here: the lock orders
            // the two, and an offset that did not move refuses neither.
            guard oldest.first?.offset == tried else { return }
            let batch = BatchApplication(group: group, items: [])
            for item in oldest.map(subscriptions.prepare) { batch.bury(item, name, "\(error)", transaction) }
            // What waits behind it for the same missing key has waited as long.
            self.release(key, oldest, attempt: isForSeal ? attempt : 0, transaction)
        }
        statistics.dead += 1
        statistics.deadByClass[name, default: 0] += 1
    }
}
