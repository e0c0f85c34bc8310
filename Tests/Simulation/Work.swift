import CRMModel
import EventLoop
import FoundationEssentials
import Kafka
import Messaging
import Postgres

/// What is asked of the service.
extension World {
    /// Everything that is asked of the service, side by side.
    func work() async {
        let work = [
            Task { @Loop in await self.tellOutside() }, Task { @Loop in await self.command() },
            Task { @Loop in await self.command() }, Task { @Loop in await self.setTimers() },
        ]
        for task in work { await task.value }
    }

    func tellOutside() async {
        guard plan.consumes else { return }
        let poison = chance.happens(400)
        for key in ["a", "b", "c", "own a", "own b"] where chance.happens(300) {
            notReady[key] = chance.milliseconds(1...900)
        }
        for _ in 0..<chance.number(2...8) {
            var burst: [SimulatedLog.Message] = []
            for _ in 0..<chance.number(1...4) {
                told += 1
                burst.append(ledger.outside(told, poison: poison, chance))
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

    func tell(_ message: SimulatedLog.Message) {
        let number = SimulatedLog.partition(of: message.key)
        log.append(message, to: TopicPartition(topic: SimulatedLog.outside, partition: number))
        ledger.told.append(message)
    }

    /// Commands over HTTP, each a transaction that changes an aggregate and tells of it.
    private func command() async {
        guard plan.relays else { return }
        for _ in 0..<chance.number(1...6) {
            try? await Loop.sleep(for: chance.milliseconds(0...80))
            guard let process = chance.one(of: processes.filter { !$0.isDead && !$0.network.isFrozen }) else {
                continue
            }
            let id = ledger.nextCommand()
            let key = chance.one(of: ["a", "b"]) ?? "a"
            let waits = chance.happens(400)
            let breaksOff = chance.happens(80)
            let long = plan.freezes && chance.happens(60) ? chance.number(4000...8000) : 0
            let isAtWork = chance.happens(500)
            await ask(process) { [self] in
                do {
                    try await process.pool.transaction { transaction in
                        if waits { _ = try await transaction.query(Business.touch) }
                        if long > 0 { try await self.takeLong(long, isAtWork, transaction) }
                        let version: Int? = try await transaction.query(Business.bump, key).first?.value(0)
                        transaction.enqueue(
                            Outbox.insert, SimulatedLog.own, key, version, OwnEvent.versionedType, nil as String?, id)
                        if waits {
                            transaction.flush()
                            try await Loop.sleep(for: self.chance.milliseconds(0...120))
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
    }

    /// A transaction that lasts for long and is nobody's to end: the server works, or the client lives.
    private func takeLong(_ milliseconds: Int, _ isAtWork: Bool, _ transaction: Transaction) async throws {
        _ = try await transaction.query(Business.ponder, isAtWork ? milliseconds : 0)
        if !isAtWork { try await Loop.sleep(for: .milliseconds(milliseconds)) }
    }

    /// Has a process do something; who waits for one that stands still gives up.
    private func ask(_ process: SimulatedProcess, _ body: @escaping @Loop () async -> Void) async {
        guard plan.freezes else { return await body() }
        let answered = Completion<Void>()
        let task = process.network.act {
            Task { @Loop in
                await body()
                answered.succeed(())
            }
        }
        commands.append((process, task))
        try? await Loop.withDeadline(.seconds(2)) { try await answered.wait() }
    }

    private func setTimers() async {
        guard plan.timers else { return }
        for _ in 0..<chance.number(2...6) {
            guard let process = chance.one(of: processes.filter { !$0.isDead && !$0.network.isFrozen }) else {
                continue
            }
            timersSet += 1
            let key = chance.happens(100) ? "poison\(timersSet)" : "t\(timersSet)"
            let due = store.clock.addingTimeInterval(Double(chance.number(0...600)) / 1000)
            await ask(process) { [self] in
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
    }
}
