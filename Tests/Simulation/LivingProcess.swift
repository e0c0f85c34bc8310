import CRMModel
import EventLoop
import FoundationEssentials
import Kafka
import Messaging
import Postgres

/// A service in a world of lives.
@Loop
final class LivingService {
    let source: String
    /// What it tells on.
    let tells: [String]
    let hears: [String]
    let group: SimulatedGroup
    let subscriptions: Subscriptions
    /// What it takes from its own topic in a life that had a predecessor.
    let recovery: Subscriptions

    init(
        _ source: String, tells: [String], hears: [String], _ world: LivesWorld,
        _ subscriptions: Subscriptions,
        _ recovery: Subscriptions = Subscriptions()
    ) {
        self.source = source
        self.tells = tells
        self.hears = hears
        self.subscriptions = subscriptions
        self.recovery = recovery
        group = SimulatedGroup(world.log, topics: hears, world.chance, world.trace)
    }
}

/// One process of it: the real consumer, relay, judgement and recovery by handlers, in the order of `LifeStart` and `LifeKeeper`, which
/// themselves stand on real brokers and are not run here.
@Loop
final class LivingProcess: SimulatedMachine {
    private unowned let world: LivesWorld
    let service: LivingService
    /// What this process knows of lives.
    let lives = SourceLives()
    /// Whether all that its life asks for is done.
    private(set) var isComplete = false
    private(set) var isDeposed = false
    private var isStopping = false
    private var announced: Life?
    private var isFollowing = false
    /// How much of what was told of lives it has read.
    private var followed = 0
    private var runner: ConsumerRunner?
    private var relay: Relay?

    init(_ world: LivesWorld, _ service: LivingService, _ store: SimulatedStore, number: Int) {
        self.world = world
        self.service = service
        super.init(
            number, on: SimulatedNetwork(world.chance, world.faults), store, world.log, service.group,
            isMember: true,
            isWatched: false)
    }

    override func begin() throws {
        followSources()
        Task { @Loop in
            do { try await live() } catch { world.trace?("process \(number) ends: \(error)") }
        }
    }

    private func live() async throws {
        var life = try await patiently { try await self.awaitLife() }
        if life.hasPredecessor {
            if life.state == .drawn {
                life = try await patiently { try await self.advance(life, to: .told) }
            }
            try await patiently { [life] in try await self.recover(life) }
        }
        lives.own = life
        guard !isOver else { return }
        try speak(life)
        if life.hasPredecessor, life.state != .whole {
            try await patiently { while try await !self.isDerived(life) { try await self.pause() } }
            try await patiently { try await self.tellAgain(life) }
        }
        isComplete = !isOver
        if isComplete, store === world.rightful, let readable = world.readableErased(in: store) {
            world.violation = readable
        }
    }

    /// Says that something waits in the outbox.
    func wakeRelay() { relay?.wake() }

    /// Whether it is dead, or was ended.
    var isGone: Bool { isDead || isStopping }
    private var isOver: Bool { isGone || isDeposed }

    private func pause() async throws {
        try await Loop.sleep(for: .milliseconds(network.chance.number(50...200)))
        if isOver { throw CancellationError() }
    }

    /// What is away is waited for.
    private func patiently<T>(_ body: () async throws -> T) async throws -> T {
        while true {
            do { return try await body() } catch let error as PostgresError where error.verdict == .retry {
                try await pause()
            }
        }
    }

    // MARK: Its life

    private func awaitLife() async throws -> Life {
        while true {
            // The clock and the topics first, as `LifeKeeper` reads them.
            let clock: Int = try await pool.transaction { try await $0.query(Living.clock)[0].value(0) }
            let told = world.mark(of: service)
            let (life, place) = try await pool.transaction { transaction in
                let life = try await Life.current(in: transaction)
                return (life, try await transaction.query(Living.place)[0].value(0) as Int)
            }
            let verdict = LifeVerdict.judge(
                life, place: place, told: told, lives: lives.all(of: service.source))
            world.trace?("process \(number) of \(service.source) is judged: \(verdict)")
            switch verdict {
            case .first:
                _ = try await pool.transaction { [lives, service] transaction in
                    guard lives.all(of: service.source).isEmpty || PlantedBug.silentBirth.isPlanted else { return }
                    transaction.enqueue(Living.drawFirst, clock - 1)
                }
            case .fits:
                guard let life else { continue }
                if isOver { throw CancellationError() }
                announced = life
                isFollowing = !world.announce(life, of: service, in: store, knowing: lives) || isFollowing
                if !life.hasPredecessor, life.state == .drawn { return try await advance(life, to: .whole) }
                return life
            case .empty, .restored, .deposed, .replaced: try await pause()
            }
        }
    }

    private func advance(_ life: Life, to state: Life.State) async throws -> Life {
        try await pool.transaction { transaction in
            transaction.enqueue(Living.advance, life.incarnation, state.rawValue)
            return try await Life.current(in: transaction) ?? life
        }
    }

    /// Takes in what was told of lives since it last looked.
    func followSources() {
        while followed < world.sources.count, !isOver {
            let told = world.sources[followed]
            followed += 1
            lives.take(told)
            heard(told)
        }
    }

    /// As `LifeStart.heard`.
    private func heard(_ told: SourceChanged) {
        guard told.source == service.source, let own = announced, let last = told.lives.last else { return }
        let isOurs = last.epoch == own.epoch && last.incarnation == own.incarnation && last.home == store.home
        if isOurs { isFollowing = true }
        guard isFollowing, !isOurs, !isDeposed else { return }
        guard last.epoch >= own.epoch else {
            // The topic is compacted: the last word is to be ours.
            if !told.lives.contains(where: { $0.epoch == own.epoch && $0.incarnation == own.incarnation }) {
                world.announce(own, of: service, in: store, knowing: lives, isLastWord: true)
            }
            return
        }
        world.trace?("process \(number) falls silent for the life \(last.epoch)")
        isDeposed = true
        relay?.fallSilent()
        Task { @Loop [runner] in await runner?.stop() }
    }

    private func isRecovering(_ life: Life) async throws -> Bool {
        guard let now = try await pool.transaction({ try await Life.current(in: $0) }) else { return false }
        return now.epoch == life.epoch && now.incarnation == life.incarnation && now.state == .told
    }

    private func recover(_ life: Life) async throws {
        while try await isRecovering(life) {
            let session = try await substrate.openSession()
            defer { session.close() }
            guard try await session.transaction({ try await $0.query(Living.claim)[0].value(0) as Bool })
            else {
                try await pause()
                continue
            }
            try await follow(
                to: world.ends(of: recovered).filter { $0.value > 0 }, life)
            guard try await isRecovering(life) else { return }
            let waiting = try await session.transaction { try await $0.query(Living.waiting, 0, 10_000) }
            let told = try waiting.filter { world.wasTold(by: try $0.value(1)) }.map {
                try $0.value(0) as Int
            }
            _ = try await session.transaction { transaction in
                for statement in Living.forget { transaction.enqueue(statement, "service.recovery") }
                transaction.enqueue(Living.refreshKeys, service.source)
                if !told.isEmpty { transaction.enqueue(Living.markTold, told) }
                transaction.enqueue(Living.advance, life.incarnation, Life.State.recovered.rawValue)
            }
        }
    }

    /// What is read before it leads: what it told, and its keys.
    private var recovered: [String] {
        PlantedBug.leadsBeforeKeys.isPlanted ? service.tells.filter { $0 == SimulatedLog.own } : service.tells
    }

    private func follow(to ends: [TopicPartition: Int64], _ life: Life) async throws {
        if ends.isEmpty { return }
        let here = substrate
        let reading = Substrate(
            openReader: { [world, network, service] _, _ in
                SpanReader(world.log, network, to: ends) { record in
                    record.origin.topic == Topic.subjectKeys.name
                        || record.header("ce_source") == service.source && life.isUnknown(record.epoch, record.place)
                }
            }, openWriter: here.openWriter, openSession: here.openSession, random: here.random)
        let runner = ConsumerRunner(
            service.recovery, group: "service.recovery", on: reading, batchLimit: 5)
        runner.lives = lives.forRecovery(of: life)
        runner.onProblem = { [unowned self] in world.trace?("process \(number) recovery: \($0)") }
        try runner.start()
        while !ends.allSatisfy({ partition, end in
            store.recovery.offsets.value(LivesWorld.name(of: partition)) ?? -1 >= Int(end)
        }) {
            do {
                try await pause()
                guard try await isRecovering(life) else { break }
            } catch {
                await runner.stop()
                throw error
            }
        }
        await runner.stop()
    }

    // MARK: Speaking

    private func speak(_ life: Life) throws {
        world.speaks(self)
        if !service.tells.isEmpty {
            let sealed: Set = [PersonEvent.versionedType]
            let relay = Relay(source: service.source, sealing: world.hasPersons ? sealed : [], on: substrate)
            relay.life = life
            relay.pageSize = network.chance.number(1...8)
            relay.onProblem = { [unowned self] in world.trace?("process \(number) relay: \($0)") }
            relay.start()
            self.relay = relay
        }
        let runner = ConsumerRunner(
            service.subscriptions, group: "service", on: substrate,
            batchLimit: network.chance.number(1...12))
        runner.lives = lives
        runner.onCommit = { [unowned self] in relay?.wake() }
        runner.onProblem = { [unowned self] in world.trace?("process \(number) consumer: \($0)") }
        try runner.start()
        self.runner = runner
        if service.tells.isEmpty { Task { @Loop in await self.endWords() } }
    }

    // MARK: Ends of others' words

    /// Lives whose keys were looked through, by their epochs.
    private var settled: Set<Int> = []

    /// Whether nothing is left to end.
    var isSettled: Bool {
        store.endedKeys.isEmpty
            && lives.all(of: world.owner.source).allSatisfy { $0.whole == nil || settled.contains($0.epoch) }
    }

    /// As `EndedLives`.
    private func endWords() async {
        while !isOver {
            do {
                try await pool.transaction { transaction in
                    let keys: [String] = try await transaction.query(Living.takeEnded).map { try $0.value(0) }
                    if !keys.isEmpty { transaction.enqueue(Business.end, keys) }
                }
                for life in lives.all(of: world.owner.source) where life.whole != nil && !settled.contains(life.epoch) {
                    guard hasRead(to: LogEnds(life.whole ?? [])) else { break }
                    try await pool.transaction { [source = world.owner.source] transaction in
                        guard life.gone == nil else { return }
                        let keys: [String] = try await transaction.query(Living.orphans, source, life.epoch).map {
                            try $0.value(0)
                        }
                        if !keys.isEmpty { transaction.enqueue(Business.end, keys) }
                    }
                    settled.insert(life.epoch)
                }
            } catch {
                world.trace?("process \(number) ends no words: \(error)")
            }
            try? await Loop.sleep(for: .milliseconds(network.chance.number(100...600)))
        }
    }

    private func hasRead(to ends: LogEnds) -> Bool {
        ends.offsets.allSatisfy {
            max(0, store.places.offsets.value(LivesWorld.name(of: $0.key)) ?? 0) >= Int($0.value)
        }
    }

    private func isDerived(_ life: Life) async throws -> Bool {
        life.actFrom.offsets.allSatisfy { partition, end in
            !service.hears.contains(partition.topic) || end == 0
                || store.places.offsets.value(LivesWorld.name(of: partition)) ?? -1 >= Int(end)
        }
    }

    private func tellAgain(_ life: Life) async throws {
        while try await tellSome() { relay?.wake() }
        let place: Int = try await pool.transaction { try await $0.query(Living.place)[0].value(0) }
        while try await !pool.transaction({
            try await $0.query(Living.isTold, place)[0].value(0) as Bool
        }) {
            try await pause()
        }
        world.announce(try await advance(life, to: .whole), of: service, in: store, knowing: lives)
    }

    private func tellSome() async throws -> Bool {
        try await pool.transaction { transaction in
            let keys: [String] = try await transaction.query(Living.takeKeys, 2).map { try $0.value(0) }
            if keys.isEmpty { return false }
            transaction.markPast()
            transaction.enqueue(Business.repeatWords, keys.sorted())
            return true
        }
    }

    /// A person's decision.
    func decide(_ key: String, _ decision: Decision) async throws {
        _ = try await pool.transaction { $0.enqueue(Business.decide, [key], [decision.text]) }
        relay?.wake()
    }

    /// A command of a person's.
    func say(_ id: String, _ key: String) async throws {
        _ = try await pool.transaction { $0.enqueue(Business.say, [key], [id]) }
        relay?.wake()
    }

    /// Dies; the group throws it out once it has said nothing for as long as a session lasts.
    override func kill() {
        super.kill()
        _ = Loop.after(.seconds(6)) { [service] in service.group.rebalance() }
    }

    override func stop() async {
        isStopping = true
        await runner?.stop()
        await relay?.stop()
        await super.stop()
    }
}

/// The statements of lives, which the simulated store knows by their names.
enum Living {
    static let place = Statement("life.place", "")
    static let clock = Statement("life.clock", "")
    static let drawFirst = Statement("life.draw_first", "")
    static let draw = Statement("life.draw", "")
    static let waiting = Statement("life.waiting", "")
    static let markTold = Statement("life.mark_told", "")
    static let refreshKeys = Statement("seal.refresh", "")
    static let advance = Statement("life.advance", "")
    static let claim = Statement("life.claim", "")
    static let takeKeys = Statement("life.take_keys", "")
    static let isTold = Statement("life.is_told", "")
    static let takeEnded = Statement("life.take_ended", "")
    static let orphans = Statement("life.orphans", "")
    static let lead = Statement("relay.lead", "")
    static let forget = ["offsets", "sequences", "inbox"].map { Statement("life.forget_\($0)", "") }
}
