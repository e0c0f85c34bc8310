import CRMModel
import EventLoop
import Kafka
import Postgres

extension ConsumerRunner {
    /// Joins the group, under a fixed name where one is given.
    func open(as instance: String?) throws {
        var properties = ["enable.partition.eof": "true"]
        if let instance { properties["group.instance.id"] = "\(group)-\(instance)" }
        let consumer = try substrate.openReader(group, properties)
        consumer.onReady = { [weak self] in
            self?.hasMore = true
            self?.changed.notify()
        }
        consumer.onAssigned = { [weak self] partitions in self?.pending = partitions }
        consumer.onRevoked = { [weak self] in self?.forgetAssignment() }
        consumer.onEnd = { [weak self] partition, next in
            self?.ends[partition] = next
            self?.unreadKeys.remove(partition)
        }
        consumer.onError = { [weak self] error in self?.failed(error) }
        try consumer.subscribe(to: subscriptions.topics.map(\.name))
        self.consumer = consumer
    }

    private func forgetAssignment() {
        height?.saw(positions)
        positions = [:]
        awaited = [:]
        pending = nil
        ahead = []
        ends = [:]
        unreadKeys = []
        keysDeadline = nil
        isAssigned = false
    }

    /// Joins anew after a fatal error, for a client that had one never reads again. It is the answer to whoever has the same fixed name as
    /// another process: so it joins without a name, or each of the two would throw the other out for ever.
    func rejoin() async throws {
        try await land()
        await leave()
        try open(as: nil)
        isReaderBroken = false
    }

    /// Leaves the group, and has nothing of it any more.
    func leave() async {
        forgetAssignment()
        let old = consumer
        consumer = nil
        await old?.close(within: .seconds(5))
    }

    private func failed(_ error: KafkaError) {
        if error.isFatal { isReaderBroken = true }
        lastRefusal = error
        if error.isOffsetLost {
            isPositionLost = true
            onProblem?(
                "the log no longer has the stored position; nothing is skipped, an operator must decide: \(error)")
        } else {
            onProblem?("\(error)")
        }
    }

    /// Reads where the service stands in new partitions and begins to fetch there.
    func takeOver(_ partitions: [TopicPartition]) async throws {
        let connection = try await database()
        let wanted = Set(partitions)
        let known = height?.known ?? [:]
        let (stored, found) = try await connection.transaction { [group, lives] transaction in
            try await lives.own?.check(in: transaction)
            try await lives.recovering?.checkIsRecovering(in: transaction)
            transaction.enqueue(
                ConsumerStore.addMissing, group, partitions.map(\.topic), partitions.map { Int($0.partition) })
            let offsets = try await transaction.query(ConsumerStore.load, group)
            return (offsets, try await self.countParked(in: partitions, transaction))
        }
        let all = try SchemaHeight.offsets(stored)
        try height?.compare(all, with: known)
        let offsets = all.filter { wanted.contains($0.key) }
        let names = Set(subscriptions.topics.map(\.name))
        hasTwins = all.keys.contains { !wanted.contains($0) && names.contains($0.topic) }
        // The group may have decided anew while we read.
        guard pending == partitions else { return }
        // The partition whose position the log has lost is told of again, if it still is.
        isPositionLost = false
        // The keys of sealed events first and alone: whoever has much to catch up on would meet the events of weeks before their keys.
        let keys = offsets.filter { $0.key.topic == Topic.subjectKeys.name }
        unreadKeys = keys.count < offsets.count ? Set(keys.keys) : []
        keysDeadline = unreadKeys.isEmpty ? nil : Loop.now + .seconds(10)
        parked = found
        try fetch(unreadKeys.isEmpty ? offsets : keys)
        positions = offsets
        awaited = offsets
        statistics.parkedKeys = found.keys
        statistics.parkedMessages = found.messages
        ahead = []
        ends = [:]
        pending = nil
        lastRefusal = nil
        isAssigned = true
    }

    private func fetch(_ offsets: [TopicPartition: Int64]) throws {
        heldBack = fullPartitions
        try consumer?.assign(offsets.filter { !heldBack.contains($0.key) }.mapValues { $0 < 0 ? nil : $0 })
    }

    /// Fetches anew, once parking has become full or has room again. What was read ahead is read again.
    func fetchWhatMayBeRead() async throws {
        guard keysDeadline == nil, pending == nil else { return }
        try await land()
        guard pending == nil, !positions.isEmpty else { return }
        ahead = []
        ends = [:]
        try fetch(positions)
    }

    /// Fetches everything once the keys are read to their ends, or do not come in time.
    func fetchTheRest() async throws {
        guard let deadline = keysDeadline, ahead.isEmpty && unreadKeys.isEmpty || Loop.now > deadline else { return }
        try await land()
        guard pending == nil else { return }
        keysDeadline = nil
        unreadKeys = []
        ahead = []
        ends = [:]
        try fetch(positions)
    }

    /// Moves the stored offsets over what stands last in a partition and is no record, a transaction's commit marker: it would look
    /// for ever as if a message waited. All records before it were applied.
    func passMarkers() async throws {
        let passed = ends.filter { partition, end in positions[partition].map { max($0, 0) < end } ?? false }
        ends = [:]
        guard !passed.isEmpty else { return }
        let connection = try await database()
        let next = Flight(BatchApplication(group: group, passing: passed, positions: positions))
        flight = next
        next.start(on: connection)
        awaited.merge(passed) { $1 }
        try await land()
    }
}
