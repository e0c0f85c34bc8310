import CRMModel
import EventLoop
import Kafka
import Postgres

/// Builds the read models of a service anew from the topics, beside the live ones, compares the two by hash and swaps them.
///
/// The same migrations make the tables in a schema of their own, and the same handlers fill them from the beginning of the log to
/// where the live service stands; what they would publish is dropped. At the end the live service waits for a moment, so that both
/// stand at the same place, are compared, and are swapped in one transaction.
@Loop
public final class Rebuild {
    /// One table of both builds.
    public struct Part: Codable, Sendable {
        /// Its name.
        public let table: String
        /// Rows of the new build, and their hash, in which order plays no part.
        public let rows: Int, hash: String
        /// The same of the live one.
        public let liveRows: Int, liveHash: String
    }

    /// What became of it.
    public struct Outcome: Codable, Sendable {
        /// Messages applied, and for how many seconds.
        public var messages = 0, seconds = 0.0
        /// For how long the service's writers waited, in seconds, and how many of the messages were applied meanwhile.
        public var waited = 0.0, messagesWaitedFor = 0
        /// Messages of the new build that could not be applied, and that wait for others.
        public var deadLetters = 0, parked = 0
        /// Each table.
        public var parts: [Part] = []
        /// Whether all hashes are the same.
        public var isEqual = false
        /// Whether the new tables are the live ones now.
        public var isSwapped = false
    }

    /// Messages applied so far, of how many when it began.
    public private(set) var messages = 0
    /// Messages there were to apply when it began.
    public private(set) var expected = 0
    /// What is known of lives: what is void, and what is past, must be so here too.
    public var lives = SourceLives()
    private var seconds = 0.0
    private let plan: RebuildPlan
    private let subscriptions: Subscriptions
    private let migrations: [Migration]
    private let kafka: KafkaSettings
    private let group: String
    private var live: PostgresSettings
    private var build: PostgresSettings
    private let store: RebuildStore

    /// Prepares a rebuild of a service whose group is named as its schema is.
    public init(
        _ plan: RebuildPlan, _ subscriptions: Subscriptions, service: String, migrations: [Migration],
        kafka: KafkaSettings, postgres: PostgresSettings
    ) {
        self.plan = plan
        self.subscriptions = subscriptions
        self.migrations = MessagingSchema.migrations + migrations
        self.kafka = kafka
        group = service
        live = postgres.named("rebuild")
        // Comparisons go over whole tables.
        live.statementTimeout = 0
        build = live
        build.schema = (live.schema ?? service) + "_rebuild"
        store = RebuildStore(plan, live: live.schema ?? service, build: build.schema ?? "")
    }

    /// Builds and compares; swaps where it is asked to and the hashes are the same, or where that is forced. What is not swapped stays
    /// in its schema until the next time. Ends at once where its task is cancelled: some of its statements have no bound.
    public func run(isSwapping: Bool, isForced: Bool) async throws -> Outcome {
        let session = try await PostgresConnection.open(live)
        defer { session.close() }
        return try await withTaskCancellationHandler {
            try await run(session, isSwapping, isForced)
        } onCancel: {
            Task { @Loop in session.close() }
        }
    }

    private func run(_ session: PostgresConnection, _ isSwapping: Bool, _ isForced: Bool) async throws -> Outcome {
        try await claim(session)
        session.holdsLocks = true
        _ = try await session.transaction { $0.enqueue(self.store.clear) }
        _ = try await Migrations.apply(migrations, to: build)
        try await session.transaction { transaction in
            for statement in self.store.prepare { transaction.enqueue(statement) }
        }
        // What the live service could read, and the end of what it cannot read any more.
        _ = try await session.transaction { $0.enqueue(self.store.keys) }
        let begin = Loop.now
        try await catchUp(session, since: begin)
        seconds = (Loop.now - begin).seconds
        try await session.transaction { transaction in
            for statement in self.store.analyze { transaction.enqueue(statement) }
        }
        _ = try await session.transaction { $0.enqueue(self.store.keys) }
        let outcome = try await finish(session, isSwapping, isForced)
        if outcome.isSwapped { _ = try await session.transaction { $0.enqueue(self.store.clear) } }
        return outcome
    }

    /// One that has just ended, or was broken off, may hold the claim still: a server frees what a session held once it has noticed its end.
    private func claim(_ session: any DatabaseSession) async throws {
        let deadline = Loop.now + .seconds(5)
        while try await session.transaction({ try await $0.query(RebuildStore.claim).first?.value(0) as Bool? }) != true
        {
            guard Loop.now < deadline else { throw RebuildError("another rebuild of \(group) is under way") }
            try await Loop.sleep(for: .milliseconds(50))
        }
    }

    // MARK: Building

    /// Where a schema's consumer stands, without partitions that it has read nothing of.
    private func positions(_ session: any Transacting) async throws -> [TopicPartition: Int64] {
        let rows = try await session.transaction { [group] in try await $0.query(ConsumerStore.load, group) }
        return try Self.positions(rows)
    }

    private static func positions(_ rows: Rows) throws -> [TopicPartition: Int64] {
        var positions: [TopicPartition: Int64] = [:]
        for row in rows {
            let next: Int = try row.value(2)
            guard next > 0 else { continue }
            positions[TopicPartition(topic: try row.value(0), partition: Int32(try row.value(1) as Int))] = Int64(next)
        }
        return positions
    }

    /// Follows the live service until what is left takes half a second at the most, for all who write wait for the rest. One that applies
    /// its messages about as fast as they are applied here is never caught up with, so each round must leave half as many.
    private func catchUp(_ session: any Transacting, since begin: Duration) async throws {
        var ends = try await positions(session)
        try await checkWhole(ends)
        var last = Int.max
        while true {
            expected = ends.reduce(0) { $0 + Int($1.value) }
            try await follow(to: ends)
            let now = try await positions(session)
            let left = now.reduce(0) { $0 + Int($1.value - (ends[$1.key] ?? 0)) }
            ends = now
            if (Loop.now - begin).seconds * Double(left) <= 0.5 * Double(messages) || left > last / 2 { return }
            last = left
        }
    }

    /// A log that has lost its beginning tells only a part.
    private func checkWhole(_ ends: [TopicPartition: Int64]) async throws {
        let bounds = try await KafkaAdmin.bounds(of: Array(ends.keys), kafka)
        for (partition, bounds) in bounds where bounds.lowerBound > 0 {
            throw RebuildError(
                "\(partition.topic)/\(partition.partition) begins at \(bounds.lowerBound): what was before is not in the log"
            )
        }
    }

    /// Applies the topics to the new tables, up to `ends`.
    private func follow(to ends: [TopicPartition: Int64]) async throws {
        let session = try await PostgresConnection.open(build)
        defer { session.close() }
        guard try await !isReached(ends, session) else { return }
        let runner = ConsumerRunner(
            subscriptions, group: group,
            on: Substrate(
                openReader: { [kafka] _, _ in try BoundedReader(kafka, to: ends) },
                openWriter: { throw RebuildError("a rebuild publishes nothing") },
                openSession: { [build] in try await PostgresConnection.open(build) },
                random: { Int.random(in: $0) }))
        runner.lives = lives.forRebuild()
        var problem = ""
        runner.onProblem = { problem = $0 }
        try runner.start()
        var last = (messages, at: Loop.now)
        do {
            while try await !isReached(ends, session) {
                if last.0 != messages { last = (messages, Loop.now) }
                guard Loop.now - last.at < .seconds(60) else {
                    throw RebuildError("nothing was applied for a minute; \(problem)")
                }
                try await Loop.sleep(for: .milliseconds(20))
            }
        } catch {
            await runner.stop()
            throw error
        }
        await runner.stop()
    }

    private func isReached(_ ends: [TopicPartition: Int64], _ session: any Transacting) async throws -> Bool {
        let positions = try await positions(session)
        messages = positions.reduce(0) { $0 + Int($1.value) }
        return ends.allSatisfy { positions[$0.key] ?? 0 >= $0.value }
    }

    // MARK: Comparing

    /// A reader of the live tables that comes to write them may meet our locks and ours its own: then one of the two begins again. Where a
    /// lock does not come in time we do, for all others wait behind us.
    private func finish(_ session: PostgresConnection, _ isSwapping: Bool, _ isForced: Bool) async throws -> Outcome {
        var attempt = 1
        while true {
            do {
                return try await compare(session, isSwapping, isForced)
            } catch {
                guard attempt < 5, let refusal = error as? PostgresError,
                    ["40P01", "55P03"].contains(refusal.sqlState)
                else { throw error }
                attempt += 1
            }
        }
    }

    private func compare(_ session: PostgresConnection, _ isSwapping: Bool, _ isForced: Bool) async throws -> Outcome {
        try await session.transaction { transaction in
            transaction.enqueue(RebuildStore.impatience)
            _ = try await transaction.query(self.store.fence)
            let begin = Loop.now
            let before = self.messages
            try await self.follow(to: try Self.positions(try await transaction.query(ConsumerStore.load, self.group)))
            try await self.applyMended()
            var outcome = Outcome()
            outcome.messages = self.messages
            outcome.messagesWaitedFor = self.messages - before
            outcome.seconds = self.seconds + (Loop.now - begin).seconds
            for statement in self.store.keepErased { transaction.enqueue(statement) }
            for table in self.store.given {
                let part = try await self.part(table, transaction)
                guard part.hash == part.liveHash else {
                    throw RebuildError("\(table.table) was changed meanwhile; begin again")
                }
            }
            for model in self.plan.models { outcome.parts.append(try await self.part(model, transaction)) }
            for row in try await transaction.query(self.store.leftOver) {
                (outcome.deadLetters, outcome.parked) = (try row.value(0), try row.value(1))
            }
            outcome.isEqual = outcome.parts.allSatisfy { $0.hash == $0.liveHash }
            outcome.isSwapped = isSwapping && (outcome.isEqual || isForced)
            if outcome.isSwapped { _ = try await transaction.query(self.store.swap) }
            outcome.waited = (Loop.now - begin).seconds
            return outcome
        }
    }

    /// Applies what the live service has applied after it was put aside: mended by people, or by a program that could read it.
    private func applyMended() async throws {
        let session = try await PostgresConnection.open(build)
        defer { session.close() }
        var filter = DeadLetters.Filter()
        filter.ids = try await session.transaction { try await $0.query(self.store.settled).map { try $0.value(0) } }
        guard filter.ids?.isEmpty == false else { return }
        let letters = DeadLetters(session, subscriptions, group: group)
        letters.lives = lives.forRebuild()
        var outcome = DeadLetters.Outcome()
        repeat {
            outcome = try await letters.replay(
                filter, actor: "rebuild", reason: nil, isForced: true, after: outcome.next)
        } while outcome.next != nil
    }

    private func part(_ model: ReadModel, _ transaction: Transaction) async throws -> Part {
        func hash(_ schema: String) async throws -> (Int, String) {
            transaction.enqueue(RebuildStore.enter, schema)
            let row = try await transaction.query(RebuildStore.hash(of: model)).first
            return (try row?.value(0) ?? 0, try row?.value(1) ?? "")
        }
        let new = try await hash(store.build)
        let old = try await hash(store.live)
        return Part(table: model.table, rows: new.0, hash: new.1, liveRows: old.0, liveHash: old.1)
    }
}

/// Why tables cannot be rebuilt.
public struct RebuildError: Error, CustomStringConvertible {
    /// For people.
    public let description: String
    init(_ description: String) { self.description = description }
}
