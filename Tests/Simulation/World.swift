import CRMModel
import EventLoop
import FoundationEssentials
import Kafka
import Messaging
import Postgres

/// What one schedule exercises.
struct Plan {
    var relays = false
    var consumes = false
    var timers = false
    var truncates = false
    /// Whether nothing goes wrong but the order of things: then more is demanded.
    var isCalm = false

    /// The parts alone are small and fast; all together they are rarer.
    @Loop
    init(_ chance: Chance) {
        switch chance.number(0...19) {
        case 0...6: relays = true
        case 7...13: consumes = true
        case 14...15: timers = true
        case 16...18: (relays, consumes, timers) = (true, true, true)
        default: (consumes, truncates) = (true, true)
        }
        isCalm = chance.happens(150)
    }
}

/// A schedule: a service of two processes, what happens to it, and the outside ledger of what it was told.
@Loop
final class World {
    let chance: Chance
    let plan: Plan
    let faults: Faults
    let store: SimulatedStore
    let log = SimulatedLog()
    let group: SimulatedGroup
    let ledger = Ledger()
    /// Keys whose events are refused with `NotYet` until then.
    var notReady: [String: Duration] = [:]
    /// How often an operator was called.
    var alarms = 0
    var processes: [SimulatedProcess] = []
    /// Deaths and cuts, each of which may make a relay publish again what it had under way.
    var crashes = 0
    /// Takes what happens, for whoever replays a schedule.
    let trace: (@Loop (String) -> Void)?

    /// What the service listens to.
    var topics: [String] { plan.relays ? [SimulatedLog.outside, SimulatedLog.own] : [SimulatedLog.outside] }

    init(seed: UInt64, trace: (@Loop (String) -> Void)? = nil) {
        self.trace = trace
        chance = Chance(seed: seed)
        plan = Plan(chance)
        faults = Faults(chance)
        store = SimulatedStore(chance: chance)
        store.trace = trace
        group = SimulatedGroup(
            log, topics: plan.relays ? [SimulatedLog.outside, SimulatedLog.own] : [SimulatedLog.outside], chance, trace)
    }

    /// Runs one schedule and throws the first broken invariant.
    func run() async throws {
        if !plan.isCalm {
            faults.cutRate = chance.one(of: [0, 0, 10, 30]) ?? 0
            faults.refusalRate = chance.one(of: [0, 0, 20, 60]) ?? 0
            faults.lateCommitRate = chance.one(of: [0, 0, 30]) ?? 0
        }
        if plan.truncates { return try await runTruncated() }
        for _ in 0..<2 { try startProcess() }
        let work = [
            Task { @Loop in await self.tellOutside() }, Task { @Loop in await self.command() },
            Task { @Loop in await self.command() }, Task { @Loop in await self.setTimers() },
        ]
        let trouble = Task { @Loop in await self.makeTrouble() }
        for task in work { await task.value }
        await trouble.value
        faults.end()
        trace?("the trouble is over")
        try await settle()
        let begin = Loop.now
        for process in processes where !process.isDead { await process.stop() }
        guard Loop.now - begin < .seconds(60) else { throw Violation("stopping took \(Loop.now - begin)") }
        try Invariants(self).check()
    }

    private func startProcess() throws {
        let process = SimulatedProcess(self, number: processes.count)
        trace?("process \(process.number) starts")
        processes.append(process)
        try process.start()
    }

    /// Until everything that was told is applied and published; what never comes to rest has lost something.
    private func settle() async throws {
        let deadline = Loop.now + .seconds(120)
        while let reason = store.violation ?? Invariants(self).unrest() {
            if store.violation != nil || Loop.now > deadline { throw Violation(reason) }
            try await Loop.sleep(for: .milliseconds(100))
        }
        if let broken = store.violation { throw Violation(broken) }
    }

    // MARK: Work

    private func tellOutside() async {
        guard plan.consumes else { return }
        var number = 0
        let poison = chance.happens(400)
        for key in ["a", "b", "c", "own a", "own b"] where chance.happens(300) {
            notReady[key] = chance.milliseconds(1...900)
        }
        for _ in 0..<chance.number(2...8) {
            var burst: [SimulatedLog.Message] = []
            for _ in 0..<chance.number(1...4) {
                number += 1
                burst.append(ledger.outside(number, poison: poison, chance))
            }
            for message in burst {
                tell(message)
                // A source that is not sure repeats itself, at once or later.
                if chance.happens(150) { tell(message) }
            }
            // A source that publishes in transactions ends each with a marker.
            if chance.happens(150) {
                let number = Int32(chance.number(0...(SimulatedLog.partitions - 1)))
                log.appendMarker(to: TopicPartition(topic: SimulatedLog.outside, partition: number))
            }
            if chance.happens(150), let old = ledger.told.last(where: { _ in chance.happens(300) }) { tell(old) }
            try? await Loop.sleep(for: chance.milliseconds(0...60))
        }
    }

    private func tell(_ message: SimulatedLog.Message) {
        let number = SimulatedLog.partition(of: message.key)
        log.append(message, to: TopicPartition(topic: SimulatedLog.outside, partition: number))
        ledger.told.append(message)
    }

    /// Commands over HTTP, each a transaction that changes an aggregate and tells of it.
    private func command() async {
        guard plan.relays else { return }
        for _ in 0..<chance.number(1...6) {
            try? await Loop.sleep(for: chance.milliseconds(0...80))
            guard let process = chance.one(of: processes.filter { !$0.isDead }) else { continue }
            let id = ledger.nextCommand()
            let key = chance.one(of: ["a", "b"]) ?? "a"
            let waits = chance.happens(400)
            let breaksOff = chance.happens(80)
            do {
                try await process.pool.transaction { transaction in
                    if waits { _ = try await transaction.query(Business.touch) }
                    let version: Int? = try await transaction.query(Business.bump, key).first?.value(0)
                    transaction.enqueue(
                        Outbox.insert, SimulatedLog.own, key, version, OwnEvent.versionedType, nil as String?, id)
                    if waits {
                        transaction.flush()
                        try await Loop.sleep(for: chance.milliseconds(0...120))
                    }
                    if breaksOff { throw Refused() }
                }
                ledger.commands[id] = .done
                process.wake()
            } catch {
                ledger.commands[id] = (error as? PostgresError)?.isCommitUnknown == true ? .unknown : .refused
            }
        }
    }

    private func setTimers() async {
        guard plan.timers else { return }
        for number in 0..<chance.number(2...6) {
            guard let process = chance.one(of: processes.filter { !$0.isDead }) else { continue }
            let key = chance.happens(100) ? "poison\(number)" : "t\(number)"
            let due = store.clock.addingTimeInterval(Double(chance.number(0...600)) / 1000)
            do {
                try await process.pool.transaction {
                    Timers.set(kind: "plain", key: key, dueAt: due, in: $0)
                }
                ledger.timers[key] = due
                process.wake()
            } catch {
                if (error as? PostgresError)?.isCommitUnknown == true { ledger.uncertainTimers[key] = due }
            }
        }
    }

    // MARK: Trouble

    private func makeTrouble() async {
        guard !plan.isCalm else { return }
        for _ in 0..<chance.number(0...3) {
            try? await Loop.sleep(for: chance.milliseconds(0...200))
            guard let process = chance.one(of: processes.filter { !$0.isDead }) else { continue }
            crashes += 1
            let kind = chance.number(0...29)
            trace?("trouble \(kind) for process \(process.number)")
            switch kind {
            case 0...6:
                process.kill()
                try? await Loop.sleep(for: chance.milliseconds(0...200))
                try? startProcess()
            case 7...10: process.cutOne()
            case 11: process.blackholeOne()
            case 12...19: makeZombie(process)
            case 20...22: log.downUntil = Loop.now + chance.milliseconds(20...900)
            case 23...24:
                store.isDown = true
                for process in processes { process.cutAll() }
                try? await Loop.sleep(for: chance.milliseconds(10...200))
                store.isDown = false
            default: if plan.consumes { group.rebalance() }
            }
        }
    }

    /// A process stands still, another takes what it had, and then it goes on as if nothing had been.
    private func makeZombie(_ process: SimulatedProcess) {
        let freeze: @Loop () -> Void = { [unowned self, unowned process] in
            trace?("process \(process.number) freezes")
            process.network.pausedUntil = Loop.now + chance.milliseconds(50...3000)
            guard plan.consumes, chance.happens(800) else { return }
            group.rebalance()
            // Often it goes on just when its heir is at work.
            guard chance.happens(600) else { return }
            for heir in processes where heir !== process && !heir.isDead {
                heir.network.lay { [unowned process] in process.network.pausedUntil = Loop.now }
            }
        }
        if plan.consumes, chance.happens(800) { process.network.lay(freeze) } else { freeze() }
    }

    /// The log loses what was not read: nothing may be skipped, and an operator must be called.
    private func runTruncated() async throws {
        faults.end()
        try startProcess()
        await tellOutside()
        notReady = [:]
        try await settle()
        await processes[0].stop()
        let partition = TopicPartition(topic: SimulatedLog.outside, partition: SimulatedLog.partition(of: "a"))
        let stored = log.end(of: partition)
        for number in 1000...1003 {
            tell(SimulatedLog.Message.outside("plain", "late\(number)", key: "a"))
        }
        log.truncate(partition, below: log.end(of: partition) - 1)
        try startProcess()
        try await Loop.sleep(for: .seconds(5))
        await processes[1].stop()
        let name = Names(first: partition.topic, second: "", number: Int(partition.partition))
        // A partition that was never read begins wherever the log begins.
        guard stored > 0 else { return }
        guard store.offsets.value(name) == Int(stored) else { throw Violation("I2: skipped what the log had lost") }
        guard alarms > 0 else { throw Violation("nobody was told that the log had lost messages") }
    }
}

/// A broken invariant.
struct Violation: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
