import CRMModel
import EventLoop
import Kafka
import Messaging
import Postgres
import TestKit

extension Simulation {
    /// A schedule made for one thing: a batch is sent back for its content, another process applies the same messages, or parks them,
    /// before the batch behind it has its turn, and that one then fits. Says whether it came to that; throws where a promise was broken.
    public static func runOvertaken(seed: UInt64, parks: Bool = false) throws -> Bool {
        try SimulatedLoop.run(seed: seed) { try await Overtaking(Chance(seed: seed), parks: parks).run() }
    }
}

/// One process, and an heir that applies what the process is refused.
@Loop
private final class Overtaking {
    private let store: SimulatedStore
    private let log = SimulatedLog()
    private let network: SimulatedNetwork
    private let substrate: Substrate
    private let partition = TopicPartition(
        topic: SimulatedLog.outside, partition: SimulatedLog.partition(of: "a"))
    private let parks: Bool
    private var isOvertaken = false
    private var heir: Task<Void, any Error>?

    init(_ chance: Chance, parks: Bool) {
        self.parks = parks
        let store = SimulatedStore(chance: chance)
        let network = SimulatedNetwork(chance, Faults(chance))
        let group = SimulatedGroup(log, topics: [SimulatedLog.outside], chance, nil)
        self.store = store
        self.network = network
        substrate = Substrate(
            openReader: { [log] _, _ in SimulatedReader(log, group, network) },
            openWriter: { [log] in SimulatedWriter(log, network) },
            openSession: { SimulatedSession(store, network) }, random: { chance.number($0) })
    }

    func run() async throws -> Bool {
        let names = (1...6).map { "e\($0)" }
        for name in names { log.append(.outside("plain", name, key: "a"), to: partition) }
        var subscriptions = Subscriptions([Topic(name: SimulatedLog.outside, key: "any", owner: "any")])
        subscriptions.on(OutsideEvent.self) { events, transaction in try self.apply(events, transaction) }
        let runner = ConsumerRunner(subscriptions, group: "service", on: substrate, batchLimit: 2)
        var hasFitted: Bool?
        runner.onProblem = { _ in hasFitted = hasFitted ?? (runner.statistics.batches > 0) }
        try runner.start()
        let deadline = Loop.now + .seconds(30)
        while store.effects.count < names.count, store.violation == nil, Loop.now < deadline {
            try await Loop.sleep(for: .milliseconds(100))
        }
        runner.onProblem = nil
        await runner.stop()
        // It may also have come too late.
        _ = await heir?.result
        if let broken = store.violation { throw Violation(broken) }
        let applied = store.effects.map(\.id)
        guard applied == names else { throw Violation("I1, I4: applied were \(applied)") }
        return hasFitted ?? false
    }

    private func apply(_ events: [Received<OutsideEvent>], _ transaction: Transaction) throws {
        let ids = events.map(\.event.id)
        let keys = events.map(\.event.key)
        guard isOvertaken else {
            isOvertaken = true
            heir = Task { @Loop in
                try await SimulatedSession(store, network).transaction { [partition] transaction in
                    transaction.enqueue(
                        ConsumerStore.move, "service", [partition.topic], [Int(partition.partition)], [-1], [ids.count])
                    if parks { return park(events, transaction) }
                    transaction.enqueue(ConsumerStore.remember, "service", events.map(\.event.source), ids)
                    transaction.enqueue(Business.effect, ids, keys)
                }
            }
            throw NotYet("the heir is at work", keys: ["a"])
        }
        transaction.enqueue(Business.effect, ids, keys)
    }

    /// As a batch of the heir's parks them.
    private func park(_ events: [Received<OutsideEvent>], _ transaction: Transaction) {
        let records = events.map(\.event.record)
        let (topics, parts) = (records.map(\.origin.topic), records.map { Int($0.origin.partition) })
        transaction.enqueue(
            Statement("parking.park_keys", ""), "service", [topics[0]], [parts[0]], ["a"], ["not known yet"], 50)
        transaction.enqueue(
            Statement("parking.park_messages", ""), "service", topics, parts, records.map { Int($0.offset) },
            events.map(\.event.key), records.map { $0.keyBytes.map { SQLBytes($0) } },
            records.map { SQLBytes(RawHeaders.encode($0.headers)) }, records.map { $0.value.map { SQLBytes($0) } })
    }
}
