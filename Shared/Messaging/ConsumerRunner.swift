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
    public internal(set) var isPositionLost = false
    /// Whether the group has given us our partitions and their offsets are known.
    public internal(set) var isAssigned = false
    /// The trouble with the work; nil where it gets on.
    public private(set) var failing: Failing?
    /// What the group or the brokers refused last, for an operator who looks for a cause.
    public internal(set) var lastRefusal: KafkaError?
    /// Set while events of our own cannot be published: what is applied would only make more of them. The keys of sealed events, which make
    /// none, are read on.
    public var isHeld = false
    /// What is known of the lives of those who tell, and of its own.
    public var lives = SourceLives()
    /// How far the schema was seen to come; nil where nobody looks.
    public var height: SchemaHeight?
    /// How many messages that are void were met.
    var voidMet = 0
    /// How long parked keys wait.
    public var parking = ParkingPolicy()
    /// Work that takes longer than this does not get on: above the bound of a statement and of a connection that died silently.
    package var stallLimit = Duration.seconds(60)
    let subscriptions: Subscriptions
    let group: String
    let substrate: Substrate
    /// What is known of parked keys.
    var parked = ParkedKeys.none
    let instance: String?
    private let batchLimit: Int
    var consumer: (any LogReader)?
    private var connection: (any DatabaseSession)?
    /// The next offset of each partition that we hold, as committed; -1 before its first message.
    var positions: [TopicPartition: Int64] = [:]
    /// The same, once the batches under way are committed too.
    var awaited: [TopicPartition: Int64] = [:]
    var pending: [TopicPartition]?
    /// Whether others of the group hold partitions.
    var hasTwins = false
    private var isStopping = false
    /// Whether the reader has had a fatal error.
    var isReaderBroken = false
    /// Since when it is tried to connect to the database; nil while it is connected.
    private var unreachable: Duration?
    var hasMore = false
    /// Partitions that are not fetched now, because too much is parked.
    var heldBack: Set<TopicPartition> = []
    /// Partitions with keys of sealed events that were not read to their ends yet; only these are fetched until then.
    var unreadKeys: Set<TopicPartition> = []
    /// When the others are fetched all the same; nil once they are.
    var keysDeadline: Duration?
    /// The ends of partitions, as they were reached; void as soon as the assignment changes.
    var ends: [TopicPartition: Int64] = [:]
    /// Messages read and decoded while the batch before them is applied; void as soon as the assignment changes.
    var ahead: [BatchItem] = []
    /// The batch that was sent last and may not be committed yet.
    var flight: Flight?
    let changed = Notice()
    private var task: Task<Void, Never>?
    private var watchdog: Task<Void, Never>?

    /// Prepares a consumer; `instance` names this process among those of its group, so that a restart takes its place back at once.
    public convenience init(
        _ subscriptions: Subscriptions, group: String, kafka: KafkaSettings, postgres: PostgresSettings,
        instance: String? = nil, batchLimit: Int = 500
    ) {
        self.init(
            subscriptions, group: group, on: Substrate(kafka: kafka, postgres: postgres.named("consumer")),
            instance: instance, batchLimit: batchLimit)
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
        // A member that never polls would hold up its group.
        guard !isStopping else { return }
        try open(as: instance)
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
        // Alone it keeps its place: a new start need not gather a group. While one gathers, others are there or are coming.
        if hasTwins || pending != nil || !isAssigned { await consumer?.leave(within: .seconds(2)) }
        await consumer?.close(within: limit)
        connection?.close()
    }

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
                failing = Failing(error, at: Loop.now, after: failing)
                connection?.close()
                _ = try? await flight?.refusal()
                flight = nil
                if error is ConsumerConflict { statistics.conflicts += 1 }
                if isCutOff { await stepAside() }
                try? await Loop.sleep(for: .milliseconds(substrate.random(100...400)))
                // What this process believes of the offsets may be wrong now: begin again from what is stored.
                ahead = []
                if !positions.isEmpty { pending = Array(positions.keys) }
            }
        }
        try? await land()
    }

    /// Whether the database has been away for so long that a twin, which may reach it, is to have the partitions.
    private var isCutOff: Bool {
        // Counted from the first try, which may have waited for an answer all the time: a way that swallows what is sent says nothing.
        unreachable.map { Loop.now - $0 > .milliseconds(4500) } ?? false
    }

    /// Leaves the group until the database can be reached again: a member that does not work keeps its partitions from its twins, and one
    /// that does not poll holds up the whole group when it is divided anew.
    private func stepAside() async {
        onProblem?("the database cannot be reached, so the group is left for now")
        // Under a fixed name whoever only closes keeps its partitions until its session is over.
        await consumer?.leave(within: .seconds(2))
        await leave()
        while !isStopping {
            // To wait is not to hang.
            statistics.lastProgress = Loop.now
            do {
                _ = try await database()
                return try open(as: instance)
            } catch {
                try? await Loop.sleep(for: .milliseconds(substrate.random(100...400)))
            }
        }
    }

    /// The work gets on; where a part of it does and another fails, that one is soon met again.
    func gotOn() {
        statistics.lastProgress = Loop.now
        if let failing, Loop.now - failing.last > .seconds(2) { self.failing = nil }
    }

    private func step() async throws {
        if isReaderBroken { try await rejoin() }
        if let partitions = pending {
            try await land()
            try await takeOver(partitions)
        }
        if keysDeadline != nil { try await fetchTheRest() }
        statistics.lastProgress = Loop.now
        if !isHeld, parked.due.map({ $0 <= Loop.now }) ?? false {
            try await land()
            try await retryParked()
        }
        if heldBack != fullPartitions { try await fetchWhatMayBeRead() }
        if ahead.isEmpty { try await readAhead() }
        guard !ahead.isEmpty else {
            try await land()
            if pending != nil || hasMore { return }
            if !ends.isEmpty { try await passMarkers() }
            if keysDeadline != nil, unreadKeys.isEmpty { return }
            gotOn()
            // What was applied last would look for ever as if it waited.
            commitForLagTools()
            // Idle: poll every second all the same, or the group would expel us.
            let untilDue = (isHeld ? nil : parked.due).map { max(.milliseconds(1), $0 - Loop.now) } ?? .seconds(1)
            _ = try await changed.wait(
                until: { hasMore || isStopping || pending != nil }, atMost: min(untilDue, .seconds(1)))
            return
        }
        let connection = try await database()
        let next = Flight(prepared(lives.cut(&ahead)[...], awaited))
        let previous = flight
        flight = next
        for (partition, move) in next.batch.moves { awaited[partition] = move.next }
        next.start(on: connection)
        // The database works on two batches now, so that it never waits; meanwhile the next one is read and decoded.
        if ahead.isEmpty { try await readAhead() }
        if let previous { try await land(previous, before: next) }
        if ahead.isEmpty { try await land() }
    }

    /// Takes what has come, up to a batch. The group may change the assignment meanwhile, which voids what was read before.
    private func readAhead() async throws {
        hasMore = false
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

    func database() async throws -> any DatabaseSession {
        if let connection, connection.isOpen { return connection }
        unreachable = unreachable ?? Loop.now
        height?.saw(positions)
        let opened = try await substrate.openSession()
        unreachable = nil
        connection = opened
        do {
            try await height?.check(opened)
        } catch {
            opened.close()
            throw error
        }
        return opened
    }

    private var lastLagCommit = Duration.zero
    private var toldToLagTools: [TopicPartition: Int64] = [:]

    /// Tells the group where we are, every two seconds at most and only what it was not told yet.
    func commitForLagTools() {
        guard Loop.now - lastLagCommit > .seconds(2), positions != toldToLagTools else { return }
        lastLagCommit = Loop.now
        toldToLagTools = positions
        let known = positions.filter { $0.value >= 0 }
        if !known.isEmpty { consumer?.commitForLagTools(known) }
    }

    /// How many messages wait in each partition we hold, as far as known without asking the broker.
    public var lags: [TopicPartition: Int] {
        var lags: [TopicPartition: Int] = [:]
        for (partition, next) in positions {
            guard let end = consumer?.knownEnd(of: partition) else { continue }
            lags[partition] = max(0, Int(end - max(0, next)))
        }
        return lags
    }

    /// The same for all partitions together.
    public var lag: Int { lags.values.reduce(0, +) }

    /// How many partitions this process reads.
    public var partitionCount: Int { positions.count }
}
