import EventLoop
import FoundationEssentials
import Kafka
import Messaging
import Postgres
import TestKit

extension Simulation {
    /// A schedule made for one thing: a backup is made while a transaction is open whose place is lower than one that is told; it commits and is
    /// told behind the backup, which a new life begins from.
    public static func runLateCommit(seed: UInt64) throws {
        try runMade(seed: seed) { try await $0.runLateCommit() }
    }

    /// Another: who has refused is known to a reader alone, as the owner's data and the beginning of its topic are lost.
    public static func runLostRefusal(seed: UInt64) throws {
        try runMade(seed: seed) { try await $0.runLostRefusal() }
    }

    private static func runMade(seed: UInt64, _ body: @escaping @Loop (LivesWorld) async throws -> Void) throws {
        // Outlives the schedule, as jobs that are left over run out after it.
        let keeper = Keeper()
        do {
            try SimulatedLoop.run(seed: seed) {
                let world = LivesWorld(Chance(seed: seed), trace: nil)
                keeper.world = world
                try await body(world)
            }
        } catch let failure as SimulationFailure {
            throw failure
        } catch {
            throw SimulationFailure(seed: seed, reason: "\(error)")
        }
    }
}

extension LivesWorld {
    fileprivate func runLateCommit() async throws {
        try start(reader, readerStore)
        try start(owner, rightful)
        let old = rightful
        let process = living(owner)[0]
        while !process.isComplete { try await Loop.sleep(for: .milliseconds(50)) }
        try await process.say("c0", "a")
        let open = Task { @Loop in
            try await process.pool.transaction { transaction in
                transaction.enqueue(Business.say, ["a"], ["c1"])
                transaction.flush()
                try await Loop.sleep(for: .seconds(3))
            }
        }
        try await Loop.sleep(for: .seconds(1))
        try await process.say("c2", "b")
        try await Loop.sleep(for: .seconds(1))
        let backup = SimulatedStore(copying: old, home: nextHome())
        try await open.value
        try await Loop.sleep(for: .seconds(2))
        await process.stop()
        while old.isBusy { try await Loop.sleep(for: .milliseconds(100)) }
        prepare(backup)
        try await beginLife(in: backup)
        try start(owner, backup)
        faults.end()
        try await settle()
        for process in processes where !process.isDead { await process.stop() }
        try await LivesInvariants(self).check()
    }

    fileprivate func runLostRefusal() async throws {
        try start(reader, readerStore)
        try start(owner, rightful)
        let old = rightful
        let process = living(owner)[0]
        while !process.isComplete { try await Loop.sleep(for: .milliseconds(50)) }
        let refusal = Decision("refusal", isGranted: false, at: Int(Loop.now.seconds * 1000))
        decisions[refusal.id] = refusal
        try await process.decide("p", refusal)
        let key = Names(first: "p", second: "")
        while readerStore.decisions.value(key) == nil { try await Loop.sleep(for: .milliseconds(50)) }
        await process.stop()
        while old.isBusy { try await Loop.sleep(for: .milliseconds(100)) }
        isShortened = true
        for (partition, end) in ends(of: [SimulatedLog.own]) where end > 0 { log.truncate(partition, below: end) }
        let new = SimulatedStore(chance: chance, home: nextHome())
        prepare(new)
        try await beginLife(in: new)
        try start(owner, new)
        faults.end()
        try await settle()
        for process in processes where !process.isDead { await process.stop() }
        guard readerStore.decisions.value(key) == refusal else {
            throw Violation("TB3: a refusal has ended with the life that told it")
        }
    }
}
