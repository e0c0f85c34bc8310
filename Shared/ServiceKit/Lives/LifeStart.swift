import CRMModel
import EventLoop
import Kafka
import Messaging
import Postgres

/// Brings a process from the question whether its schema may speak to where it speaks, acts and is ready.
///
/// A life that had a predecessor first takes from its own topics what was told, then derives all that lies before it without acting, then
/// tells again what others know better or otherwise. Each step is noted in the schema, so that whoever starts next goes on there.
@Loop
final class LifeStart {
    /// What is known of lives, for all parts of the process.
    let lives = SourceLives()
    /// What it is at, for those who ask what the start waits for.
    private(set) var step = "its life"
    /// Whether the schema may hold less than was told of it: what it does not know is not "not there".
    private(set) var isIncomplete = true
    /// Called when another schema speaks for this service from now on, with words that say so.
    var onDeposed: (@Loop (String) -> Void)?
    /// Called after commits that may have put events into the outbox.
    var onCommit: (@Loop () -> Void)?
    private let service: String
    private let topic: Topic
    private let options: ServiceOptions
    private let parts: ServiceParts
    private let pool: PostgresPool
    private let troubles: Troubles
    private let keeper: LifeKeeper
    private let watch: SourceWatch
    private var home = ""
    /// Whether what is told of this service is held against its life: not before its own word was read, which comes behind older ones.
    private var isFollowing = false
    /// The life that was announced.
    private var announced: Life?
    /// Ends all waiting.
    var isStopping = false

    init(
        _ definition: any ServiceDefinition.Type, _ options: ServiceOptions, _ parts: ServiceParts,
        _ pool: PostgresPool, _ troubles: Troubles
    ) {
        service = definition.name
        topic = definition.topic
        self.options = options
        self.parts = parts
        self.pool = pool
        self.troubles = troubles
        watch = SourceWatch(lives, kafka: options.kafka)
        keeper = LifeKeeper(
            "/\(definition.name)", telling: definition.tellsOn, hearing: parts.subscriptions.topics, store: pool,
            kafka: options.kafka, lives: lives)
        watch.onTold = { [weak self] in self?.heard($0) }
    }

    // MARK: Before anything speaks

    /// Looks whether what the schema says of itself is whole; what was told is compared later, where the broker may be away now.
    func look() async throws {
        guard let life = try await keeper.current() else { return }
        isIncomplete = Self.isIncomplete(life)
    }

    /// Whether what the lives before have told is not known yet.
    private static func isIncomplete(_ life: Life) -> Bool {
        life.hasPredecessor && (life.state == .drawn || life.state == .told)
    }

    /// Waits until the schema may speak, and recovers what it does not know; answers its life.
    func judge() async throws -> Life {
        try await patiently { try await self.watch.start() }
        var life = try await patiently { try await self.awaitLife() }
        if life.hasPredecessor {
            step = "what was told in former lives"
            if life.state == .drawn { life = try await told(life) }
            let recovery = Recovery(keeper, parts.recovery, group: service, postgres: options.postgres)
            try await patiently { [life] in try await recovery.run(life) }
        }
        isIncomplete = false
        lives.own = life
        return life
    }

    private func told(_ life: Life) async throws -> Life {
        try await keeper.advance(life, to: .told)
        return try await keeper.current() ?? life
    }

    private func awaitLife() async throws -> Life {
        home = try await keeper.home()
        while true {
            let clock = try await keeper.clock()
            let verdict = try await keeper.verdict()
            switch verdict {
            case .first: try await keeper.drawFirst(judgedAt: clock)
            case .fits:
                guard let life = try await keeper.current() else { continue }
                // Who ends meanwhile must not say that it is the one that speaks.
                if isStopping { throw CancellationError() }
                announced = life
                isIncomplete = Self.isIncomplete(life)
                isFollowing = try await !keeper.announce(life) || isFollowing
                if !life.hasPredecessor, life.state == .drawn { try await keeper.advance(life, to: .whole) }
                troubles.end(.otherLife)
                return life
            case .empty, .restored, .deposed, .replaced:
                isIncomplete = true
                troubles.begin(.otherLife, verdict.words ?? "", times: 1)
                try await waitForAnother(than: try await keeper.current())
            }
        }
    }

    /// A person begins another life, from another program; or the schema is exchanged.
    private func waitForAnother(than life: Life?) async throws {
        for _ in 0..<20 {
            try await pause(.milliseconds(500))
            let now = try await keeper.current()
            if now != life { return }
        }
    }

    /// What is away is waited for.
    private func patiently<T>(_ body: () async throws -> T) async throws -> T {
        while true {
            do {
                let value = try await body()
                troubles.end(.startWaits)
                return value
            } catch let error as PostgresError where error.verdict == .retry {
                troubles.begin(.startWaits, "\(error)")
            } catch let error as PoolExhausted {
                troubles.begin(.startWaits, "\(error)")
            } catch let error as KafkaError where !error.isConfiguration && !error.isRefusal {
                troubles.begin(.startWaits, error.text)
            } catch let error as TopicUnread {
                troubles.begin(.startWaits, error.description)
            }
            try await pause(.milliseconds(300))
        }
    }

    private func pause(_ duration: Duration) async throws {
        try await Loop.sleep(for: duration)
        if isStopping { throw CancellationError() }
    }

    // MARK: Before anything acts

    /// Waits until all that lies before the life is derived, and tells again what others know otherwise. Events are applied and published.
    func complete(_ life: Life) async throws {
        guard life.hasPredecessor, life.state != .whole else { return }
        step = "what lies before this life"
        try await patiently { while try await !self.isDerived(life) { try await self.pause(.milliseconds(200)) } }
        step = "what is told again"
        try await patiently { try await self.tellAgain(life) }
    }

    private func isDerived(_ life: Life) async throws -> Bool {
        let heard = Set(parts.subscriptions.topics.map(\.name))
        let positions = Dictionary(uniqueKeysWithValues: try await ServiceStore.places(pool))
        return life.actFrom.offsets.allSatisfy { partition, end in
            !heard.contains(partition.topic) || positions[partition] ?? -1 >= end || end == 0
        }
    }

    private func tellAgain(_ life: Life) async throws {
        repeat {
            while try await tellSome() { onCommit?() }
            // Another process may be at the last of them, and may yet die.
        } while try await isLeft()
        let place: Int = try await pool.rows(LifeStore.place).first ?? 0
        while try await pool.rows(LifeStore.isTold, place).first == false { try await pause(.milliseconds(100)) }
        try await keeper.advance(life, to: .whole)
        if let life = try await keeper.current() { try await keeper.announce(life) }
    }

    private func isLeft() async throws -> Bool {
        let isLeft = try await pool.rows(LifeStore.hasKeys).first ?? false
        if isLeft { try await pause(.milliseconds(100)) }
        return isLeft
    }

    private func tellSome() async throws -> Bool {
        try await pool.transaction { transaction in
            let keys = try await transaction.rows(LifeStore.takeKeys, 200)
            if keys.isEmpty { return false }
            transaction.markPast()
            var unknown = Set(keys)
            for tell in parts.tellsAgain { unknown.subtract(try await tell(keys.sorted(), transaction)) }
            if !unknown.isEmpty { transaction.enqueue(LifeStore.closeKeys, topic.name, unknown.sorted()) }
            return true
        }
    }

    // MARK: While it runs

    /// Somebody has told of a service's lives: where another schema speaks for this one from now on, it must not.
    private func heard(_ told: SourceChanged) {
        guard told.source == keeper.source, let own = announced, let last = told.lives.last else { return }
        let isOurs = last.epoch == own.epoch && last.incarnation == own.incarnation && last.home == home
        if isOurs { isFollowing = true }
        guard isFollowing, !isOurs else { return }
        guard last.epoch >= own.epoch else { return tellLastWord(own, told) }
        onDeposed?(
            last.epoch > own.epoch
                ? "another schema has begun the life \(last.epoch) of this service (\(last.cause))"
                : last.incarnation == own.incarnation
                    ? "a copy of this schema was started on another database"
                    : "another schema tells in the life that this one has the number of")
    }

    /// A life that had ended has told of itself behind ours: the topic is compacted and would keep that.
    private func tellLastWord(_ own: Life, _ told: SourceChanged) {
        guard !told.lives.contains(where: { $0.epoch == own.epoch && $0.incarnation == own.incarnation }) else {
            return
        }
        Task { @Loop [keeper, troubles] in
            do { try await keeper.announce(own, isLastWord: true) } catch {
                troubles.begin(.backgroundWork, about: "the last word on the lives of \(keeper.source)", "\(error)")
            }
        }
    }

    /// Keeps noting that all that was told is known, so that no start has to look far back; only who publishes can say so.
    func noteEnds(_ relay: Relay) async throws {
        if relay.isLeading, !isStopping { try await keeper.noteEnds() }
    }

    /// For a day behind the beginning of a life: what a former one still writes is told again, by the process that publishes.
    func watchLateWords(_ relay: Relay) async {
        guard let life = lives.own, life.hasPredecessor else { return }
        let words = LateWords(keeper, life)
        let failing = "late words of a former life are not told again"
        var met = (count: 0, at: Loop.now)
        var isStarted = false
        while !isStopping, !Task.isCancelled, life.age < LateWords.patience {
            do {
                if !isStarted { try await words.start() }
                isStarted = true
                if relay.isLeading {
                    try await words.note()
                    while try await tellSome() { onCommit?() }
                }
                troubles.end(.backgroundWork, about: failing)
            } catch {
                troubles.begin(.backgroundWork, about: failing, "\(error)")
            }
            if words.count > met.count {
                met = (words.count, Loop.now)
                troubles.begin(
                    .twoCopies, about: Self.former, "it has told \(words.count) events since", times: words.count)
            } else if Loop.now - met.at > .seconds(60) {
                troubles.end(.twoCopies, about: Self.former)
            }
            try? await Loop.sleep(for: .seconds(2))
        }
        await words.stop()
    }

    private static let former = "a former life of this service"

    func stop() async { await watch.stop() }
}
