import CRMModel
import EventLoop
import FoundationEssentials
import Kafka
import Messaging
import Postgres
import TestKit

/// What one schedule exercises.
struct Plan {
    var relays = false
    var consumes = false
    var timers = false
    var truncates = false
    /// Whether nothing goes wrong but the order of things: then more is demanded.
    var isCalm = false
    /// Whether processes stand still for longer than every bound, lose their network or vanish with their machines.
    var freezes = false

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
        freezes = !isCalm && !truncates && chance.happens(100)
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
    /// Tells the loop's jobs apart by process; nil where none stands still.
    let processesOfLoop: SimulatedProcesses?
    /// When anything last went wrong or came right again.
    var lastTurn = Duration.zero
    /// How many messages the outside has told.
    var told = 0
    var timersSet = 0
    /// Commands that processes are at work on, or stand still in.
    var commands: [(process: SimulatedProcess, task: Task<Void, Never>)] = []
    /// Until when somebody stands still.
    var awake = Duration.zero
    /// Whether nobody is to stand still any more.
    var isOver = false

    /// What the service listens to.
    var topics: [String] { plan.relays ? [SimulatedLog.outside, SimulatedLog.own] : [SimulatedLog.outside] }

    init(seed: UInt64, trace: (@Loop (String) -> Void)? = nil) {
        self.trace = trace
        chance = Chance(seed: seed)
        plan = Plan(chance)
        processesOfLoop = plan.freezes ? SimulatedLoop.processes() : nil
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
        let trouble = Task { @Loop in await self.makeTrouble() }
        await work()
        await trouble.value
        faults.end()
        trace?("the trouble is over")
        if plan.freezes { try await outlast() } else { try await settle() }
        let begin = Loop.now
        for process in processes where !process.isDead { await process.stop() }
        guard Loop.now - begin < .seconds(60) else { throw Violation("stopping took \(Loop.now - begin)") }
        try Invariants(self).check()
    }

    func startProcess() throws {
        let process = SimulatedProcess(self, number: processes.count)
        trace?("process \(process.number) starts")
        processes.append(process)
        try process.start()
    }

    /// Until everything that was told is applied and published; what never comes to rest has lost something.
    func settle() async throws {
        let begin = Loop.now
        while let reason = store.violation ?? Invariants(self).unrest() {
            if let late = overdue(reason, since: begin) { throw late }
            if store.violation != nil || Loop.now > max(begin, awake) + .seconds(120) { throw Violation(reason) }
            try await Loop.sleep(for: .milliseconds(100))
        }
        if let broken = store.violation { throw Violation(broken) }
    }

    // MARK: Trouble

    private func makeTrouble() async {
        guard !plan.isCalm else { return }
        for _ in 0..<chance.number(plan.freezes ? 1...3 : 0...3) {
            try? await Loop.sleep(for: chance.milliseconds(0...200))
            guard let process = chance.one(of: processes.filter { !$0.isDead }) else { continue }
            crashes += 1
            if plan.freezes, chance.happens(600) {
                standStill(process)
                continue
            }
            let kind = chance.number(0...29)
            trace?("trouble \(kind) for process \(process.number)")
            switch kind {
            case 0...6:
                process.kill()
                try? await Loop.sleep(for: chance.milliseconds(0...200))
                try? startProcess()
            case 7...10: process.cutOne()
            case 11:
                process.blackholeOne()
                lastTurn = max(lastTurn, Loop.now + .seconds(12))
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
            guard process.network.isThere else { return }
            trace?("process \(process.number) hears nothing")
            process.network.pausedUntil = Loop.now + chance.milliseconds(50...3000)
            lastTurn = max(lastTurn, process.network.pausedUntil)
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
        guard store.places.offsets.value(name) == Int(stored) else {
            throw Violation("I2: skipped what the log had lost")
        }
        guard alarms > 0 else { throw Violation("nobody was told that the log had lost messages") }
    }
}

/// A broken invariant.
struct Violation: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
