import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Kafka
import Messaging
import Postgres

/// A schedule of lives: a service whose schema is lost, goes back to a backup, moves or runs twice, another that reads what it tells, and
/// what the outside sees of their deeds.
@Loop
final class LivesWorld {
    let chance: Chance
    let faults: Faults
    let log = SimulatedLog()
    let trace: (@Loop (String) -> Void)?
    /// What the services have told of their lives, in order.
    private(set) var sources: [SourceChanged] = []
    private(set) lazy var owner = LivingService(
        "/own", tells: [SimulatedLog.own] + keyTopics, hears: [SimulatedLog.outside] + keyTopics, self, derives, recalls
    )
    private(set) lazy var reader = LivingService(
        "/reader", tells: [], hears: [SimulatedLog.own] + keyTopics, self, reads)
    /// Whether it tells of persons, sealed, and keeps documents.
    let hasPersons: Bool
    /// The topic of keys, where events are sealed.
    var keyTopics: [String] { hasPersons ? [Topic.subjectKeys.name] : [] }
    /// All schemas that there were.
    private(set) var stores: [SimulatedStore] = []
    var processes: [LivingProcess] = []
    /// The schema that may speak for the owner.
    var rightful: SimulatedStore { didSet { former.append(oldValue) } }
    /// Those that did before.
    private var former: [SimulatedStore] = []
    var readerStore: SimulatedStore
    /// When another schema began to speak than before.
    var turn = Duration.zero
    /// Set when a rule that holds at every moment was broken.
    var violation: String?
    /// What was done outside, and how often; by who may do so, and by who did not know yet that it may not.
    private var deeds: Set<String> = []
    private(set) var late: Set<String> = []
    private var drawn = 0
    private var asked = 0
    var commands: [Task<Void, Never>] = []
    /// Whether retention has taken some of what the owner told.
    var isShortened = false
    /// When each decision was made, whatever a service makes of it.
    var decisions: [String: Decision] = [:]
    /// What was accepted, was never told before its schema began another life, and is to be done all the same.
    var promised: Set<String> = []
    static let keyEnded = KeyEnded.versionedType
    /// A key of which no event is taken back: only a backup holds it.
    static let byHand = "h"

    init(_ chance: Chance, hasPersons: Bool = false, trace: (@Loop (String) -> Void)?) {
        self.chance = chance
        self.hasPersons = hasPersons
        self.trace = trace
        faults = Faults(chance)
        rightful = SimulatedStore(chance: chance, home: "owner 0")
        readerStore = SimulatedStore(chance: chance, home: "reader")
        for store in [rightful, readerStore] { prepare(store) }
    }

    /// Watches what a schema does.
    func prepare(_ store: SimulatedStore) {
        stores.append(store)
        store.hasLives = true
        store.trace = trace
        store.onDeeds = { [unowned self, unowned store] deeds in did(deeds, store) }
    }

    // MARK: What the services do

    private var derives: Subscriptions {
        var subscriptions = Subscriptions(topics(SimulatedLog.outside), of: "/own")
        subscriptions.on(OutsideEvent.self) { [unowned self] all, transaction in
            let events = all.filter { $0.data.kind != "master" && $0.data.kind != "state" }
            let states = all.filter { $0.data.kind == "state" }
            if !states.isEmpty {
                transaction.enqueue(Business.state, states.map(\.data.id), states.map(\.event.offset))
            }
            let masters = all.filter { $0.data.kind == "master" }
            if !masters.isEmpty {
                transaction.enqueue(Business.decide, masters.map(\.event.key), masters.map { master($0.data.id).text })
            }
            guard !events.isEmpty else { return }
            let ids = events.map(\.event.id)
            transaction.enqueue(Business.say, events.map(\.event.key), ids)
            let isPast = transaction.isPast
            if !isPast { transaction.enqueue(Business.act, ids.map { "deed \($0)" }) }
        }
        return subscriptions
    }

    /// A topic and that of keys.
    private func topics(_ name: String) -> [Topic] {
        [Topic(name: name, key: "any", owner: "any")] + (hasPersons ? [.subjectKeys] : [])
    }

    private var recalls: Subscriptions {
        var subscriptions = Subscriptions(topics(SimulatedLog.own))
        if hasPersons {
            subscriptions.on(PersonEvent.self) { events, transaction in
                transaction.enqueue(
                    Business.recall, events.map(\.event.key), events.map(\.data.text),
                    events.map { $0.event.sequence ?? 0 })
            }
        }
        subscriptions.on(OwnEvent.self) { all, transaction in
            let events = Self.told(all, transaction).filter { $0.event.key != Self.byHand }
            guard !events.isEmpty else { return }
            transaction.enqueue(
                Business.recall, events.map(\.event.key), events.map(\.data.cause),
                events.map { $0.event.sequence ?? 0 })
            // What was made of the person since stays.
            for one in events where Erased.isMeant(one.data.cause) {
                _ = try await SubjectKeys.destroy([one.event.key], of: "/own", madeBy: one.event.time, in: transaction)
            }
        }
        return subscriptions
    }

    /// What the ERP's record says, at the record's own time.
    private func master(_ id: String) -> Decision {
        let told = decisions[id] ?? Decision(id, isGranted: true, at: 0)
        guard PlantedBug.decidedNow.isPlanted else { return told }
        return Decision(id, isGranted: told.isGranted, at: Int(Loop.now.seconds * 1000))
    }

    /// Keeps decisions that were told, and gives the rest.
    private static func told(_ events: [Received<OwnEvent>], _ transaction: Transaction) -> [Received<OwnEvent>] {
        let decisions = events.filter { Decision($0.data.cause) != nil }
        if !decisions.isEmpty {
            transaction.enqueue(Business.know, decisions.map(\.event.key), decisions.map(\.data.cause))
        }
        return events.filter { Decision($0.data.cause) == nil }
    }

    var reads: Subscriptions {
        var subscriptions = Subscriptions(topics(SimulatedLog.own))
        if hasPersons {
            subscriptions.on(PersonEvent.self) { events, transaction in
                transaction.enqueue(Business.hear, events.map(\.event.key), events.map(\.data.text))
            }
        }
        subscriptions.on(OwnEvent.self) { all, transaction in
            let events = Self.told(all, transaction)
            guard !events.isEmpty else { return }
            transaction.enqueue(Business.hear, events.map(\.event.key), events.map(\.data.cause))
            let isPast = transaction.isPast
            if !isPast { transaction.enqueue(Business.act, events.map { "welcome \($0.data.cause)" }) }
        }
        return subscriptions
    }

    // MARK: What is seen of them

    /// TB2: whatever lives there were, nothing is done twice; but by a copy that had not heard yet that another speaks.
    private func did(_ done: [String], _ store: SimulatedStore) {
        let isLate = store !== rightful && store !== readerStore
        if isLate, Loop.now - turn > .seconds(12) {
            violation = "TB7: a schema that was replaced \(Loop.now - turn) ago did \(done)"
        }
        for deed in done {
            trace?("\(store.home) did \(deed)")
            let cause = String(deed.split(separator: " ").last ?? "")
            if isLate { late.insert(cause) }
            guard !deeds.insert(deed).inserted, !late.contains(cause), !wasToldLate(cause) else { continue }
            violation = "TB2: \(deed) was done twice"
        }
    }

    /// TB4: only the schema that spoke last, or that a person has told to, speaks.
    func speaks(_ process: LivingProcess) {
        guard process.service === owner, process.store !== rightful else { return }
        // Judged before another life began, of which it is about to hear.
        if former.contains(where: { $0 === process.store }), Loop.now - turn < .seconds(5) { return }
        violation = "TB4: \(process.store.home) speaks, and is not the one that may"
    }

    /// The greatest life and place that were told, as `ToldMark.read` finds them.
    func mark(of service: LivingService) -> ToldMark {
        var mark = ToldMark()
        for (partition, end) in ends(of: service.tells) {
            for record in log.records(partition, log.begin(of: partition)..<end) { mark.take(record) }
        }
        return mark
    }

    func ends(of topics: [String]) -> [TopicPartition: Int64] {
        var ends: [TopicPartition: Int64] = [:]
        for topic in topics {
            for number in 0..<SimulatedLog.partitions {
                let partition = TopicPartition(topic: topic, partition: Int32(number))
                ends[partition] = log.end(of: partition)
            }
        }
        return ends
    }

    static func name(of partition: TopicPartition) -> Names {
        Names(first: partition.topic, second: "", number: Int(partition.partition))
    }

    // MARK: Telling of lives

    /// As `LifeKeeper.announce`: all lives of the service, those that were known and this one. Says whether there was anything to tell.
    @discardableResult
    func announce(
        _ life: Life, of service: LivingService, in store: SimulatedStore, knowing lives: SourceLives,
        isLastWord: Bool = false
    ) -> Bool {
        var told = lives.all(of: service.source)
        let known = told.last { $0.epoch == life.epoch && $0.incarnation == life.incarnation }
        let isWhole = life.state == .whole
        if let known, known.home == store.home, (known.whole != nil) == isWhole || !life.hasPredecessor {
            if isLastWord { tell(SourceChanged(source: service.source, lives: told), to: lives) }
            return isLastWord
        }
        told.removeAll { $0.epoch == life.epoch && $0.incarnation == life.incarnation }
        told.append(
            SourceLife(
                epoch: life.epoch, incarnation: life.incarnation, cause: life.cause.rawValue,
                begunAt: life.begunAt,
                home: store.home, ends: life.actFrom.topics.filter { service.tells.contains($0.topic) },
                whole: isWhole && life.hasPredecessor ? LogEnds(ends(of: service.tells)).topics : nil,
                gone: isWhole && life.cause == .restored ? [] : nil))
        trace?("\(store.home) tells of its life \(life.epoch), \(life.state)")
        tell(SourceChanged(source: service.source, lives: told), to: lives)
        return true
    }

    private func tell(_ change: SourceChanged, to lives: SourceLives) {
        sources.append(change)
        lives.take(change)
        for process in processes where !process.isDead {
            // A second or two is what a fetch may wait at a broker.
            let delay = chance.milliseconds(0...2000)
            Task { @Loop [weak process] in
                try? await Loop.sleep(for: delay)
                await process?.network.travel()
                process?.followSources()
            }
        }
    }

    /// As `WaitingWords`: whether an event that waits in the outbox of a schema that went back was told before.
    func wasTold(by id: UUID) -> Bool {
        isShortened || log.messages.values.contains { $0.contains { $0.header("ce_id") == id.text } }
    }

    /// As `LifeKeeper.begin`: a person begins a life in a schema; nobody may publish from it.
    func beginLife(in store: SimulatedStore) async throws {
        let session = SimulatedSession(store, SimulatedNetwork(chance, Faults(chance)))
        defer { session.close() }
        let lives = SourceLives()
        for one in sources { lives.take(one) }
        let lanes = try await session.transaction { try await $0.query(Living.lead, [Int]()) }
        guard lanes.count == 8 else { throw Violation(violation ?? "TB4: a process of this schema publishes") }
        let mark = mark(of: owner)
        let ends = LogEnds(ends(of: [SimulatedLog.own, SimulatedLog.outside] + keyTopics))
        let life = try await session.transaction { transaction in
            let life = try await Life.current(in: transaction)
            let clock: Int = try await transaction.query(Living.clock)[0].value(0)
            let place: Int = try await transaction.query(Living.place)[0].value(0)
            let last = max(
                mark.epoch, lives.all(of: self.owner.source).last?.epoch ?? 0, life?.epoch ?? 0)
            let basis = Life.basis(of: life, place: place)
            transaction.enqueue(
                Living.draw, max(clock, last + 1), basis.cause.rawValue, try ModelJSON.text(ends.topics), basis.before,
                basis.place, "somebody", "a schedule")
            return try await Life.current(in: transaction)
        }
        guard let life else { throw Violation("a life was begun and is not there") }
        promise(store)
        rightful = store
        turn = Loop.now
        trace?("\(store.home) begins the life \(life.epoch): \(life.cause)")
        announce(life, of: owner, in: store, knowing: lives)
    }

    /// TB8: what waits in the outbox of a schema that goes back and was never told is told as any other, and acted on.
    private func promise(_ store: SimulatedStore) {
        // What another schema was to tell and has not is lost with it, or waits in this one too.
        promised = promised.filter { cause in
            log.messages.values.contains {
                $0.contains { $0.value == Array(cause.utf8) && $0.header("ce_past") == nil }
            }
        }
        guard !isShortened else { return }
        for row in store.outbox.rows().map(\.value) where !row.isPast && !wasTold(by: row.event) {
            guard let cause = row.payload, Decision(cause) == nil, row.type == OwnEvent.versionedType else { continue }
            promised.insert(cause)
        }
    }

    /// Whether the reader has acted on what was told; or a copy that nobody had ended has told it behind its end, which is put aside.
    func wasActedOn(_ cause: String) -> Bool { deeds.contains("welcome \(cause)") || wasToldLate(cause) }

    /// Whether a copy that nobody had ended has told it behind the end of its life.
    private func wasToldLate(_ cause: String) -> Bool {
        let lives = sources.last { $0.source == owner.source }?.lives ?? []
        return log.messages.keys.contains { partition in
            log.records(partition, 0..<log.end(of: partition)).contains { record in
                record.value == Array(cause.utf8) && LivesInvariants.isVoid(record, lives)
            }
        }
    }

    // MARK: Processes

    func start(_ service: LivingService, _ store: SimulatedStore) throws {
        let process = LivingProcess(self, service, store, number: processes.count)
        trace?("process \(process.number) of \(service.source) starts on \(store.home)")
        processes.append(process)
        try process.start()
    }

    /// Those that run, be it silently.
    func living(_ service: LivingService) -> [LivingProcess] {
        processes.filter { $0.service === service && !$0.isDead }
    }

    func nextHome() -> String {
        drawn += 1
        return "owner \(drawn)"
    }

    func nextID() -> String {
        asked += 1
        return "\(asked)"
    }
}
