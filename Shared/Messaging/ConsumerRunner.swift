import CRMModel
import EventLoop
import FoundationEssentials
import Kafka
import Postgres
import Telemetry

/// Reads a service's topics and applies them: one batch after the other, each in one transaction that moves the stored offsets
/// by compare-and-set, so that a process that was replaced without knowing it can change nothing.
@Loop
public final class ConsumerRunner {
    /// Figures for the metrics.
    public struct Statistics: Sendable {
        /// Events applied.
        public var applied = 0
        /// Events that had been applied before.
        public var duplicates = 0
        /// Events of types that nobody here handles.
        public var skipped = 0
        /// Messages put aside.
        public var dead = 0
        /// Messages put aside, by error class.
        public var deadByClass: [String: Int] = [:]
        /// Sequences that jumped.
        public var gaps = 0
        /// Keys that are parked in our partitions.
        public var parkedKeys = 0
        /// Messages of parked keys, as far as counted (the policy's limit at most).
        public var parkedMessages = 0
        /// When the last batch was applied, in seconds since 1970; 0 before the first.
        public var lastApplied = 0.0
        /// Times that the watchdog had to end work that did not get on.
        public var stalls = 0
        /// Batches refused because another process had moved the offsets.
        public var conflicts = 0
        /// Batches applied.
        public var batches = 0
        /// Time spent in applying.
        public var applyTime = Duration.zero
        /// When the last batch ended, or an idle look found nothing.
        public var lastProgress = Duration.zero

        mutating func add(_ counts: BatchCounts) {
            applied += counts.applied
            duplicates += counts.duplicates
            skipped += counts.skipped
            dead += counts.dead
            gaps += counts.gaps
            for (name, count) in counts.deadByClass { deadByClass[name, default: 0] += count }
        }
    }

    /// Figures for the metrics.
    public internal(set) var statistics = Statistics()
    /// Called after each commit, when events of our own may wait in the outbox and timers in their table.
    public var onCommit: (@Loop () -> Void)?
    /// Called with the time each batch took.
    public var onBatch: (@Loop (Duration) -> Void)?
    /// Called after each commit with the types of the batch's events, once for each trace they belong to; for a log that follows traces.
    public var onApplied: (@Loop (Trace, [String: Int]) -> Void)?
    /// Called with what an operator should know.
    public var onProblem: (@Loop (String) -> Void)?
    /// Whether the log no longer has the position that is stored, so that an operator must decide.
    public private(set) var isPositionLost = false
    /// Whether the group has given us our partitions and their offsets are known.
    public private(set) var isAssigned = false
    let subscriptions: Subscriptions
    let group: String
    let substrate: Substrate
    /// How long parked keys wait.
    public var parking = ParkingPolicy()
    /// What is known of parked keys.
    var parked = ParkedKeys.none
    private let instance: String?
    private let batchLimit: Int
    private var consumer: (any LogReader)?
    private var connection: (any DatabaseSession)?
    /// The next offset of each partition that we hold, as committed; -1 before its first message.
    private(set) var positions: [TopicPartition: Int64] = [:]
    /// The same, once the batches under way are committed too.
    private var awaited: [TopicPartition: Int64] = [:]
    private var pending: [TopicPartition]?
    private var isStopping = false
    private var hasMore = false
    /// Whether messages were dropped, because too much is parked.
    private var hasDropped = false
    /// Messages read and decoded while the batch before them is applied; void as soon as the assignment changes.
    private var ahead: [BatchItem] = []
    /// The batch that was sent last and may not be committed yet.
    private var flight: Flight?
    private let changed = Notice()
    private var task: Task<Void, Never>?

    /// Prepares a consumer; `instance` names this process among those of its group, so that a restart takes its place back at once.
    public convenience init(
        _ subscriptions: Subscriptions, group: String, kafka: KafkaSettings, postgres: PostgresSettings,
        instance: String? = nil, batchLimit: Int = 500
    ) {
        self.init(
            subscriptions, group: group, on: Substrate(kafka: kafka, postgres: postgres), instance: instance,
            batchLimit: batchLimit)
    }

    /// Prepares a consumer on what it is to stand on.
    package init(
        _ subscriptions: Subscriptions, group: String, on substrate: Substrate, instance: String? = nil,
        batchLimit: Int = 500
    ) {
        self.subscriptions = subscriptions
        self.group = group
        self.substrate = substrate
        self.instance = instance
        self.batchLimit = batchLimit
    }

    /// Joins the group and begins.
    public func start() throws {
        try open()
        statistics.lastProgress = Loop.now
        task = Task { @Loop in await self.run() }
        watchdog = Task { @Loop in await self.watch() }
    }

    /// Ends after the batch under way; the group is left in order. A batch that does not end in time is given up: its transaction
    /// takes effect as a whole or not at all, and the stored offset says which.
    public func stop(within limit: Duration = .seconds(5)) async {
        isStopping = true
        changed.notify()
        watchdog?.cancel()
        let timer = Loop.after(limit) { [self] in connection?.close() }
        await task?.value
        timer.cancel()
        await consumer?.close(within: limit)
        connection?.close()
    }

    private func open() throws {
        var properties: [String: String] = [:]
        if let instance { properties["group.instance.id"] = "\(group)-\(instance)" }
        let consumer = try substrate.openReader(group, properties)
        consumer.onReady = { [weak self] in
            self?.hasMore = true
            self?.changed.notify()
        }
        consumer.onAssigned = { [weak self] partitions in self?.pending = partitions }
        consumer.onRevoked = { [weak self] in
            self?.positions = [:]
            self?.awaited = [:]
            self?.pending = nil
            self?.ahead = []
            self?.isAssigned = false
        }
        consumer.onError = { [weak self] error in self?.failed(error) }
        try consumer.subscribe(to: subscriptions.topics.map(\.name))
        self.consumer = consumer
    }

    private func failed(_ error: KafkaError) {
        if error.isOffsetLost {
            isPositionLost = true
            onProblem?(
                "the log no longer has the stored position; nothing is skipped, an operator must decide: \(error)")
        } else {
            onProblem?("\(error)")
        }
    }

    // MARK: The watchdog

    private var watchdog: Task<Void, Never>?
    /// Work that takes longer than this does not get on: above the bound of a statement and of a connection that died silently.
    package var stallLimit = Duration.seconds(60)

    /// Ends the connection of work that does not get on, so that it fails and is begun again from what is stored. librdkafka's own
    /// bound notices nothing, as the polling goes on.
    private func watch() async {
        while (try? await Loop.sleep(for: stallLimit / 12)) != nil {
            guard Loop.now - statistics.lastProgress > stallLimit else { continue }
            statistics.stalls += 1
            statistics.lastProgress = Loop.now
            onProblem?("no progress for \(stallLimit); the database connection is given up")
            connection?.close()
        }
    }

    // MARK: The loop

    private func run() async {
        while !isStopping {
            do {
                try await step()
            } catch is CancellationError {
                return
            } catch {
                onProblem?("consuming pauses: \(error)")
                // To fail is not to hang.
                statistics.lastProgress = Loop.now
                connection?.close()
                _ = try? await flight?.refusal()
                flight = nil
                if error is ConsumerConflict { statistics.conflicts += 1 }
                try? await Loop.sleep(for: .milliseconds(substrate.random(100...400)))
                // What this process believes of the offsets may be wrong now: begin again from what is stored.
                ahead = []
                if !positions.isEmpty { pending = Array(positions.keys) }
            }
        }
        try? await land()
    }

    private func step() async throws {
        if let partitions = pending {
            try await land()
            try await takeOver(partitions)
        }
        statistics.lastProgress = Loop.now
        if parked.due.map({ $0 <= Loop.now }) ?? false {
            try await land()
            if PlantedBug.unlockedPark.isPlanted {
                parked.due = nil
                Task { @Loop in try? await self.retryParked() }
            } else {
                try await retryParked()
            }
        }
        if ahead.isEmpty { try await readAhead() }
        guard !ahead.isEmpty else {
            try await land()
            if pending != nil || hasMore { return }
            // Idle: poll every second all the same, or the group would expel us.
            let untilDue = parked.due.map { max(.milliseconds(1), $0 - Loop.now) } ?? .seconds(1)
            _ = try await changed.wait(
                until: { hasMore || isStopping || pending != nil }, atMost: min(untilDue, .seconds(1)))
            return
        }
        let connection = try await database()
        let next = Flight(prepared(ahead[...], awaited))
        ahead = []
        let previous = flight
        flight = next
        for (partition, move) in next.batch.moves { awaited[partition] = move.next }
        next.start(on: connection)
        // The database works on two batches now, so that it never waits; meanwhile the next one is read and decoded.
        try await readAhead()
        if let previous { try await land(previous, before: next) }
        if ahead.isEmpty { try await land() }
    }

    // MARK: Batches under way

    /// Waits until nothing is under way.
    private func land() async throws {
        guard let last = flight else { return }
        flight = nil
        try await land(last, before: nil)
    }

    /// Waits until a batch is committed. Where its content is at fault it is applied again in halves, and what was sent behind it,
    /// which the refused offsets have refused too, after it.
    private func land(_ batch: Flight, before next: Flight?) async throws {
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
        try await recover(error, batch.batch.items, [:])
        if isBlocked, let next { try await apply(next.batch.items) }
    }

    /// Takes what has come, up to a batch. The group may change the assignment meanwhile, which voids what was read before.
    private func readAhead() async throws {
        hasMore = false
        guard !isParkingFull else {
            // The group must hear from us all the same; what comes with that is read again later.
            if !(consumer?.poll(limit: 1, byteLimit: 1) ?? []).isEmpty { hasDropped = true }
            return
        }
        if hasDropped, !positions.isEmpty {
            hasDropped = false
            pending = pending ?? Array(positions.keys)
            return
        }
        let records = consumer?.poll(limit: batchLimit, byteLimit: 1 << 20) ?? []
        hasMore = hasMore || !records.isEmpty
        // A record of a partition that was taken away, or one below the position, was fetched for an older assignment.
        var items: [BatchItem] = []
        items.reserveCapacity(records.count)
        for record in records where record.offset >= awaited[record.origin] ?? .max {
            items.append(subscriptions.prepare(record))
            // The database's answers go first, or it would wait for us.
            if items.count % 50 == 0, flight != nil { try await Loop.sleep(for: .zero) }
        }
        ahead = items
    }

    /// Reads where the service stands in new partitions and begins to fetch there.
    private func takeOver(_ partitions: [TopicPartition]) async throws {
        let connection = try await database()
        let wanted = Set(partitions)
        let (stored, found) = try await connection.transaction { [group] transaction in
            transaction.enqueue(
                ConsumerStore.addMissing, group, partitions.map(\.topic), partitions.map { Int($0.partition) })
            let offsets = try await transaction.query(ConsumerStore.load, group)
            return (offsets, try await self.countParked(in: partitions, transaction))
        }
        var offsets: [TopicPartition: Int64] = [:]
        for row in stored {
            let partition = TopicPartition(topic: try row.value(0), partition: Int32(try row.value(1) as Int))
            if wanted.contains(partition) { offsets[partition] = Int64(try row.value(2) as Int) }
        }
        // The group may have decided anew while we read.
        guard pending == partitions else { return }
        try consumer?.assign(offsets.mapValues { $0 < 0 ? nil : $0 })
        positions = offsets
        awaited = offsets
        parked = found
        statistics.parkedKeys = found.keys
        statistics.parkedMessages = found.messages
        ahead = []
        pending = nil
        isAssigned = true
    }

    func database() async throws -> any DatabaseSession {
        if let connection, connection.isOpen { return connection }
        let opened = try await substrate.openSession()
        connection = opened
        return opened
    }

    // MARK: Applying

    /// Applies items in one transaction; where their content is at fault, halves them until the faulty message is alone and puts that
    /// one aside.
    private func apply(_ items: ArraySlice<BatchItem>, returned: [ParkedKey: String] = [:]) async throws {
        let flight = Flight(prepared(items, positions, returned))
        flight.start(on: try await database())
        if let error = try await flight.refusal() { return try await recover(error, items, returned) }
        settle(flight)
    }

    private func prepared(
        _ items: ArraySlice<BatchItem>, _ positions: [TopicPartition: Int64], _ returned: [ParkedKey: String] = [:]
    ) -> BatchApplication {
        var batch = BatchApplication(group: group, items: items, positions: positions)
        batch.returned = returned
        batch.mayHaveParked = parked.keys > 0
        batch.firstPause = parking.pause(after: 0, substrate.random)
        return batch
    }

    private func recover(
        _ error: any Error, _ items: ArraySlice<BatchItem>, _ returned: [ParkedKey: String]
    ) async throws {
        if let notYet = error as? NotYet { return try await sendBack(notYet, items, returned) }
        try await isolate(error, items, returned)
    }

    /// Applies a batch again without the keys that a handler wants to wait; where it has named none of them, halves it.
    private func sendBack(
        _ notYet: NotYet, _ items: ArraySlice<BatchItem>, _ returned: [ParkedKey: String]
    ) async throws {
        var more = returned
        for item in items {
            guard let key = item.parkedKey, returned[key] == nil else { continue }
            if notYet.keys.contains(key.key) || items.count == 1 { more[key] = notYet.reason }
        }
        if more.count == returned.count { return try await isolate(notYet, items, returned) }
        try await apply(items, returned: more)
    }

    private func isolate(
        _ error: any Error, _ items: ArraySlice<BatchItem>, _ returned: [ParkedKey: String]
    ) async throws {
        guard items.count == 1, let only = items.first else {
            let middle = items.startIndex + items.count / 2
            try await apply(items[..<middle], returned: returned)
            return try await apply(items[middle...], returned: returned)
        }
        if case .dead = only.content { throw error }
        var dead = only
        dead.content =
            PlantedBug.swallowedError.isPlanted
            ? .skipped : .dead(errorClass: error.deadLetterClass, text: "\(error)")
        try await apply([dead])
    }

    private func settle(_ flight: Flight) {
        let batch = flight.batch
        for (partition, move) in batch.moves where positions[partition] != nil { positions[partition] = move.next }
        statistics.add(batch.counts)
        if batch.counts.parked > 0 {
            parked.keys += batch.returned.count
            parked.messages += batch.counts.parked
            let next = Loop.now + .milliseconds(batch.firstPause)
            parked.due = min(parked.due ?? next, next)
            statistics.parkedKeys = parked.keys
            statistics.parkedMessages = parked.messages
        }
        isPositionLost = false
        statistics.batches += 1
        statistics.lastApplied = Date().timeIntervalSince1970
        statistics.applyTime += Loop.now - flight.begin
        onBatch?(Loop.now - flight.begin)
        if let onApplied { flight.batch.tell(onApplied) }
        statistics.lastProgress = Loop.now
        onCommit?()
        commitForLagTools()
    }

    private var lastLagCommit = Duration.zero

    private func commitForLagTools() {
        guard Loop.now - lastLagCommit > .seconds(2) else { return }
        lastLagCommit = Loop.now
        consumer?.commitForLagTools(positions.filter { $0.value >= 0 })
    }

    /// How many messages wait in the partitions we hold, as far as known without asking the broker.
    public var lag: Int {
        positions.reduce(0) { sum, entry in
            guard let end = consumer?.knownEnd(of: entry.key) else { return sum }
            return sum + max(0, Int(end - max(0, entry.value)))
        }
    }
}

/// A batch that was sent to the database and may not be committed yet.
@Loop
private final class Flight {
    private(set) var batch: BatchApplication
    private(set) var begin = Duration.zero
    private let outcome = Completion<Void>()

    init(_ batch: BatchApplication) { self.batch = batch }

    func start(on connection: any DatabaseSession) {
        begin = Loop.now
        Task.immediate { @Loop in
            var batch = self.batch
            do {
                if PlantedBug.offsetFirst.isPlanted { try await connection.transaction { batch.moveOffsets($0) } }
                try await Trace.$current.withValue(batch.trace) {
                    try await connection.transaction { transaction in try await batch.run(in: transaction) }
                }
                self.batch = batch
                outcome.succeed(())
            } catch {
                outcome.fail(error)
            }
        }
    }

    /// Waits for the commit: nil once it is there, the error where the content is at fault. What concerns the place of this process,
    /// or passes by itself, is thrown.
    func refusal() async throws -> (any Error)? {
        do {
            try await outcome.wait()
            return nil
        } catch let error as PostgresError where error.isMovedOffset {
            throw ConsumerConflict()
        } catch let error as PostgresError where error.verdict == .retry {
            throw error
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            return error
        }
    }
}

/// Another process has moved the offsets: what this one fetched is void.
struct ConsumerConflict: Error, CustomStringConvertible {
    var description: String { "another process has moved the offsets; starting again from what is stored" }
}
