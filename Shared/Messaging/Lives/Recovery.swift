import CRMModel
import EventLoop
import Kafka
import Postgres

/// Takes from a service's own topics what lives before have told and this schema does not know: its handlers run over them as over any
/// topic, and all is past. Whose word is to be told again is noted on the way.
@Loop
public final class Recovery {
    private let keeper: LifeKeeper
    private let subscriptions: Subscriptions
    private let group: String
    private let postgres: PostgresSettings

    /// Prepares a recovery by handlers of the service's own events.
    public init(_ keeper: LifeKeeper, _ subscriptions: Subscriptions, group: String, postgres: PostgresSettings) {
        self.keeper = keeper
        self.subscriptions = subscriptions
        self.group = "\(group).recovery"
        self.postgres = postgres.named("recovery")
    }

    /// Recovers, where the life needs it and no other process has; when it returns, that is done. What it has taken in stays taken in
    /// where it is begun again.
    public func run(_ life: Life) async throws {
        let session = try await PostgresConnection.open(postgres)
        defer { session.close() }
        while try await isRecovering(life) {
            let isMine = try await session.transaction { try await $0.rows(LifeStore.claim).first } ?? false
            guard isMine else {
                try await Loop.sleep(for: .milliseconds(300))
                continue
            }
            session.holdsLocks = true
            try await follow(to: try await keeper.ends(of: keeper.topics), life)
            // Another has done it while this process was frozen.
            guard try await isRecovering(life) else { return }
            let told = try await WaitingWords(keeper).told()
            try await session.transaction { [group, source = keeper.source] transaction in
                for statement in LifeStore.forgetGroup { transaction.enqueue(statement, group) }
                transaction.enqueue(SubjectKeyStore.refresh, source)
                if !told.isEmpty { transaction.enqueue(LifeStore.markTold, told) }
                transaction.enqueue(LifeStore.advance, life.incarnation, Life.State.recovered.rawValue)
            }
        }
    }

    private func isRecovering(_ life: Life) async throws -> Bool {
        guard let now = try await keeper.current() else { return false }
        return now.isSame(as: life) && now.state == .told
    }

    private func follow(to ends: [TopicPartition: Int64], _ life: Life) async throws {
        let ends = ends.filter { $0.value > 0 }
        if ends.isEmpty { return }
        let source = keeper.source
        let substrate = Substrate(
            openReader: { [keeper] _, _ in
                try BoundedReader(keeper.kafka, to: ends) { record in
                    record.origin.topic == Topic.subjectKeys.name
                        || record.header("ce_source") == source && life.isUnknown(record.epoch, record.place)
                }
            }, openWriter: { throw RebuildError("a recovery publishes nothing") },
            openSession: { [postgres] in try await PostgresConnection.open(postgres) },
            random: { Int.random(in: $0) })
        let runner = ConsumerRunner(subscriptions, group: group, on: substrate)
        runner.lives = keeper.lives.forRecovery(of: life)
        // What waits for what never comes is put aside, and does not hold the start up.
        runner.parking.firstPause = .milliseconds(200)
        runner.parking.attempts = 4
        runner.parking.sealAttempts = 4
        var problem = ""
        runner.onProblem = { problem = $0 }
        try runner.start()
        do {
            var last = (place: Int64(-1), at: Loop.now)
            while case let (left, place) = try await left(to: ends), left {
                if place != last.place { last = (place, Loop.now) }
                guard try await isRecovering(life) else { break }
                guard Loop.now - last.at < .seconds(60) else {
                    throw RebuildError("nothing was recovered for a minute; \(problem)")
                }
                try await Loop.sleep(for: .milliseconds(20))
            }
        } catch {
            await runner.stop()
            throw error
        }
        await runner.stop()
    }

    /// Whether something is left to read or to try again, and how far it is.
    private func left(to ends: [TopicPartition: Int64]) async throws -> (Bool, Int64) {
        let (offsets, parked) = try await keeper.store.transaction { [group] transaction in
            let rows = try await transaction.query(ConsumerStore.load, group)
            return (rows, try await transaction.rows(LifeStore.parked, group).first ?? 0)
        }
        var positions: [TopicPartition: Int64] = [:]
        for row in offsets {
            let partition = TopicPartition(topic: try row.value(0), partition: Int32(try row.value(1) as Int))
            positions[partition] = Int64(try row.value(2) as Int)
        }
        let isRead = ends.allSatisfy { positions[$0.key] ?? -1 >= $0.value }
        return (!isRead || parked > 0, positions.values.reduce(Int64(parked), +))
    }
}

extension Life {
    /// How many places may have been drawn and not committed when a backup was made: a schema says how far it has come by its sequence, which
    /// runs ahead of what it holds.
    private static let uncertain = 10_000

    /// Whether what was told under a place of a life may not be known to this schema.
    @Loop
    package func isUnknown(_ epoch: Int, _ place: Int?) -> Bool {
        guard epoch != self.epoch else { return false }
        guard let before else { return true }
        if epoch != before { return epoch > before }
        let uncertain = PlantedBug.trustsPlace.isPlanted ? 0 : Self.uncertain
        return place.map { $0 > knownPlace - uncertain } ?? true
    }
}
