import CRMModel
import EventLoop
import FoundationEssentials
import Kafka
import Messaging
import Postgres
import TestKit

/// What happens in a schedule of lives.
extension LivesWorld {
    /// What becomes of the owner's schema.
    private enum Change: CaseIterable {
        /// It is lost: a new one is empty.
        case lost
        /// It goes back to a backup.
        case restored
        /// It runs on while a copy of it begins a life.
        case copied
        /// It moves as a whole.
        case moved
    }

    /// Runs one schedule and throws the first broken invariant.
    func run() async throws {
        faults.cutRate = chance.one(of: [0, 0, 10]) ?? 0
        faults.refusalRate = chance.one(of: [0, 0, 20]) ?? 0
        try start(reader, readerStore)
        for _ in 0..<chance.number(1...2) { try start(owner, rightful) }
        let backup = await work()
        for _ in 0..<(chance.happens(250) ? 2 : 1) {
            try await change(backup)
            _ = await work()
        }
        faults.end()
        trace?("the trouble is over")
        for command in commands { await command.value }
        try await settle()
        for process in processes where !process.isDead { await process.stop() }
        try await LivesInvariants(self).check()
    }

    // MARK: Work and trouble

    /// Events of the outside, commands and troubles, side by side; a backup is made at some moment of it.
    private func work() async -> SimulatedStore {
        var backup = SimulatedStore(copying: rightful, home: nextHome())
        let moment = chance.number(0...9)
        for step in 0..<10 {
            if step == moment { backup = SimulatedStore(copying: rightful, home: backup.home) }
            for _ in 0..<chance.number(0...2) {
                let message = SimulatedLog.Message.outside(
                    "plain", "e\(nextID())", key: chance.one(of: ["a", "b", "c"]) ?? "a")
                log.append(
                    message,
                    to: TopicPartition(
                        topic: SimulatedLog.outside, partition: SimulatedLog.partition(of: message.key)))
            }
            let ready = living(owner).filter { $0.isComplete && !$0.isDeposed }
            if chance.happens(500), let process = chance.one(of: ready) {
                let (id, key) = ("c\(nextID())", chance.one(of: ["a", "b", "d", Self.byHand]) ?? "a")
                commands.append(Task { @Loop in try? await process.say(id, key) })
            }
            decideSomething(ready)
            doToPersons(ready)
            tellDocument()
            if chance.happens(150) { makeTrouble() }
            try? await Loop.sleep(for: chance.milliseconds(0...300))
        }
        return backup
    }

    /// A person says yes or no; or the ERP tells a record of before, or of now, that says yes.
    private func decideSomething(_ ready: [LivingProcess]) {
        guard chance.happens(350) else { return }
        let (id, key) = (nextID(), chance.one(of: ["p", "q"]) ?? "p")
        let now = Int(Loop.now.seconds * 1000)
        if chance.happens(400) {
            decisions[id] = Decision(id, isGranted: true, at: max(0, now - chance.number(0...2000)))
            let message = SimulatedLog.Message.outside("master", id, key: key)
            log.append(
                message,
                to: TopicPartition(topic: SimulatedLog.outside, partition: SimulatedLog.partition(of: key)))
        } else if let process = chance.one(of: ready) {
            let decision = Decision(id, isGranted: chance.happens(300), at: now)
            decisions[id] = decision
            commands.append(Task { @Loop in try? await process.decide(key, decision) })
        }
    }

    private func makeTrouble() {
        guard let process = chance.one(of: processes.filter { !$0.isGone && !$0.isDeposed }) else {
            return
        }
        switch chance.number(0...4) {
        case 0...1:
            trace?("process \(process.number) dies")
            process.kill()
            try? start(process.service, process.store)
        case 2: process.cutOne()
        case 3: process.network.pausedUntil = Loop.now + chance.milliseconds(50...3000)
        default: process.service.group.rebalance()
        }
    }

    // MARK: Changes

    private func change(_ backup: SimulatedStore) async throws {
        let kind = chance.one(of: Change.allCases) ?? .lost
        trace?("the owner's schema is \(kind)")
        let old = rightful
        let before = living(owner)
        let isOldLeft = kind == .copied || (kind != .moved && chance.happens(300))
        // Of two that begin their first lives side by side the later one speaks, and nobody can say beforehand which that is.
        while isOldLeft, old.life.value(0) == nil { try await Loop.sleep(for: .milliseconds(100)) }
        if !isOldLeft {
            for process in before {
                if kind == .moved || chance.happens(500) { await process.stop() } else { process.kill() }
            }
            // What was on its way to the server has arrived.
            while old.isBusy { try await Loop.sleep(for: .milliseconds(100)) }
        }
        if kind != .moved, chance.happens(300) { shorten() }
        let new: SimulatedStore
        switch kind {
        case .lost: new = SimulatedStore(chance: chance, home: nextHome())
        case .restored: new = SimulatedStore(copying: backup, home: nextHome())
        case .copied, .moved: new = SimulatedStore(copying: old, home: nextHome())
        }
        prepare(new)
        if kind == .moved {
            rightful = new
            turn = Loop.now
            return try start(owner, new)
        }
        // Somebody starts it before it is said what it is; of one that fits its topics that cannot be seen.
        if chance.happens(600), isUnfit(new) {
            try start(owner, new)
            try await Loop.sleep(for: chance.milliseconds(100...3000))
        }
        try await beginLife(in: new)
        if living(owner).allSatisfy({ $0.store !== new }) { try start(owner, new) }
        if chance.happens(300) { try start(owner, new) }
    }

    /// Whether more was told than a schema knows.
    private func isUnfit(_ store: SimulatedStore) -> Bool {
        let mark = mark(of: owner)
        guard let life = store.life.value(0) else {
            return mark.isAny || sources.contains { $0.source == owner.source }
        }
        return mark.epoch > life.epoch || (mark.epoch == life.epoch && (mark.place ?? 0) > store.place)
    }

    /// Retention takes the beginning of what the owner told.
    private func shorten() {
        isShortened = true
        for (partition, end) in ends(of: [SimulatedLog.own]).sorted(by: { $0.key.isBefore($1.key) })
        where end > 1 {
            // What nobody has read yet stays.
            let read = readerStore.places.offsets.value(Self.name(of: partition)) ?? 0
            let offset = Int64(chance.number(0...Int(end - 1)))
            if offset > log.begin(of: partition), offset <= read {
                log.truncate(partition, below: offset)
            }
        }
    }

    // MARK: Rest

    func settle() async throws {
        let begin = Loop.now
        while let reason = violation ?? rightful.violation ?? readerStore.violation ?? log.violation
            ?? unrest()
        {
            let isBroken =
                violation ?? rightful.violation ?? readerStore.violation ?? log.violation != nil
            if isBroken || Loop.now > begin + .seconds(120) { throw Violation(reason) }
            try await Loop.sleep(for: .milliseconds(200))
        }
    }

    private func unrest() -> String? {
        if rightful.isBusy || readerStore.isBusy { return "a transaction is open" }
        guard let life = rightful.life.value(0), life.state == Life.State.whole.rawValue else {
            let waiting = rightful.outbox.rows().map { "\($0.key) \($0.value.type) of \($0.value.key)" }
            let behind = LogEnds(ends(of: owner.hears)).offsets.filter {
                rightful.places.offsets.value(Self.name(of: $0.key)) ?? -1 < Int($0.value) && $0.value > 0
            }.map { "\($0.key)" }.sorted()
            let state = rightful.life.value(0)?.state ?? "there is none"
            return "TB1: the life is not whole: \(state); in the outbox wait \(waiting), unread is \(behind)"
        }
        if !rightful.outbox.isEmpty { return "I5: the outbox is not empty" }
        if !rightful.toldAgain.isEmpty { return "TB1: keys wait to be told again" }
        if !living(reader).contains(where: \.isSettled) { return "TB1: what rests on an ended life's word stays" }
        if let cause = promised.sorted().first(where: { !wasActedOn($0) && !late.contains($0) }) {
            return "TB8: \(cause) was accepted and never told, and nobody has acted on it"
        }
        if let wrong = wrongLastWord() { return wrong }
        if !rightful.parkedKeys.isEmpty || !readerStore.parkedKeys.isEmpty { return "I9: a key is parked" }
        for (store, topic) in [(rightful, SimulatedLog.outside), (readerStore, SimulatedLog.own)] {
            for (partition, end) in ends(of: [topic] + keyTopics).sorted(by: { $0.key.isBefore($1.key) }) {
                let stored = store.places.offsets.value(Self.name(of: partition)) ?? -1
                if max(0, stored) != end {
                    return "I7: \(store.home) is at \(stored) of \(end) of \(partition)"
                }
            }
        }
        return nil
    }
}
