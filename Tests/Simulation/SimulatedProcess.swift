import CRMModel
import EventLoop
import FoundationEssentials
import Kafka
import Messaging
import Postgres

/// One process of the service: the real consumer, relay and timers on simulated ground.
@Loop
final class SimulatedProcess: SimulatedMachine {
    private unowned let world: World
    private var runner: ConsumerRunner?
    private var relay: Relay?
    private var timers: TimerRunner?
    private var watch: SessionWatch?

    init(_ world: World, number: Int) {
        self.world = world
        super.init(
            number,
            on: SimulatedNetwork(world.chance, world.faults, process: number + 1, of: world.processesOfLoop),
            world.store, world.log, world.group, isMember: world.plan.consumes, isWatched: world.plan.freezes)
    }

    override func begin() throws {
        let substrate = substrate
        let committed: @Loop () -> Void = { [unowned self] in
            relay?.wake()
            timers?.wake()
        }
        if world.plan.freezes {
            let watch = SessionWatch(over: "service", on: substrate)
            watch.onProblem = { [unowned world, number] in world.trace?("process \(number) watch: \($0)") }
            watch.start()
            self.watch = watch
        }
        if world.plan.relays {
            let relay = Relay(source: "/own", on: substrate)
            relay.pageSize = world.chance.number(1...8)
            relay.onProblem = { [unowned world, number] in world.trace?("process \(number) relay: \($0)") }
            relay.start()
            self.relay = relay
        }
        if world.plan.timers {
            let timers = TimerRunner(pool, world.timerHandlers)
            timers.onProblem = { [unowned world, number] in world.trace?("process \(number) timers: \($0)") }
            timers.onCommit = { [unowned self] in relay?.wake() }
            timers.start()
            self.timers = timers
        }
        if world.plan.consumes {
            let runner = ConsumerRunner(
                world.subscriptions, group: "service", on: substrate, batchLimit: world.chance.number(1...12))
            runner.parking.firstPause = .milliseconds(50)
            runner.parking.longestPause = .milliseconds(400)
            if world.chance.happens(200) { runner.parking.messageLimit = world.chance.number(1...4) }
            runner.onCommit = committed
            runner.onProblem = { [unowned world, number] problem in
                world.trace?("process \(number) consumer: \(problem)")
                if problem.contains("operator") { world.alarms += 1 }
            }
            try runner.start()
            self.runner = runner
        }
    }

    /// What a command of the service does after its commit.
    func wake() {
        relay?.wake()
        timers?.wake()
    }

    override func stop() async {
        watch?.stop()
        await timers?.stop()
        await runner?.stop()
        await relay?.stop()
        await super.stop()
    }
}

/// An event of the ERP: its id, and what it makes the service do.
struct OutsideEvent: EventData {
    static let type = "erp.thing.done"
    /// `plain`, `react`, `ask`, `answer`, `refused`.
    let kind: String
    let id: String

    init(json: UnsafeRawBufferPointer) throws(JSONError) {
        let parts = String(decoding: json, as: UTF8.self).split(separator: " ")
        guard parts.count == 2 else { throw JSONError(field: "", message: "expected two words") }
        kind = String(parts[0])
        id = String(parts[1])
    }
}

/// An event of the service's own: the id of what caused it.
struct OwnEvent: EventData {
    static let type = "own.thing.changed"
    let cause: String
    init(json: UnsafeRawBufferPointer) throws(JSONError) { cause = String(decoding: json, as: UTF8.self) }
}

/// A handler's refusal for ever.
struct Refused: Error {}

extension World {
    /// What the service does with its events.
    var subscriptions: Subscriptions {
        var subscriptions = Subscriptions(topics.map { Topic(name: $0, key: "any", owner: "any") })
        subscriptions.on(OutsideEvent.self) { [unowned self] events, transaction in
            try await self.apply(events, transaction)
        }
        subscriptions.on(OwnEvent.self) { [unowned self] events, transaction in
            let early = Set(events.map(\.event.key).filter { (notReady["own \($0)"] ?? .zero) > Loop.now })
            if !early.isEmpty { throw NotYet("not known yet", keys: early) }
            transaction.enqueue(
                Business.effect, events.map { "own \($0.event.key) \($0.event.sequence ?? 0)" },
                events.map { "own \($0.event.key)" })
        }
        return subscriptions
    }

    private func apply(_ events: [Received<OutsideEvent>], _ transaction: Transaction) async throws {
        let early = Set(events.map(\.event.key).filter { (notReady[$0] ?? .zero) > Loop.now })
        if !early.isEmpty { throw NotYet("not known yet", keys: chance.happens(500) ? early : []) }
        if events.contains(where: { $0.data.kind == "refused" }) { throw Refused() }
        transaction.enqueue(Business.effect, events.map(\.event.id), events.map(\.event.key))
        let reacting = events.filter { $0.data.kind == "react" }
        if !reacting.isEmpty {
            _ = try await transaction.query(Business.react, reacting.map(\.event.id), reacting.map(\.event.key))
        }
        // Timers before sagas, as everywhere: a timer that fires holds its row first.
        let asks = events.filter { $0.data.kind == "ask" }.sorted { $0.data.id < $1.data.id }
        for ask in asks {
            let due = store.clock.addingTimeInterval(Double(chance.number(0...400)) / 1000)
            Timers.set(kind: "answer", key: ask.data.id, dueAt: due, in: transaction)
        }
        let answers = events.filter { $0.data.kind == "answer" }.sorted { $0.data.id < $1.data.id }
        for answer in answers { Timers.cancel(kind: "answer", key: answer.data.id, in: transaction) }
        if !asks.isEmpty { transaction.enqueue(Business.open, asks.map(\.data.id)) }
        if !answers.isEmpty { transaction.enqueue(Business.close, answers.map(\.data.id), "answered") }
    }

    var timerHandlers: [String: TimerRunner.Handler] {
        [
            "answer": { timers, transaction in
                transaction.enqueue(Business.close, timers.map(\.key), "overdue")
            },
            "plain": { timers, transaction in
                transaction.enqueue(Business.fired, timers.map(\.key), timers.map(\.dueAt))
            },
        ]
    }
}
