import EventLoop
import Messaging
import Postgres
import TestKit

extension Simulation {
    /// A schedule made for one thing: many sessions of one process wait for one lock, the first has it and stands still, and so does its
    /// process, or not. Throws where a promise was broken.
    public static func runQueue(seed: UInt64, freezes: Bool) throws {
        try SimulatedLoop.run(seed: seed) { try await FrozenQueue(Chance(seed: seed)).run(freezes: freezes) }
    }
}

/// A process with a queue for one lock, and its twin, which comes last.
@Loop
private final class FrozenQueue {
    private let chance: Chance
    private let store: SimulatedStore
    private let log = SimulatedLog()
    private let row = Names(first: "a", second: "")
    private let first: SimulatedNetwork
    private let twin: SimulatedNetwork
    private var sessions: [SimulatedSession] = []

    init(_ chance: Chance) {
        self.chance = chance
        store = SimulatedStore(chance: chance)
        let (faults, processes) = (Faults(chance), SimulatedLoop.processes())
        first = SimulatedNetwork(chance, faults, process: 1, of: processes)
        twin = SimulatedNetwork(chance, faults, process: 2, of: processes)
    }

    func run(freezes: Bool) async throws {
        let watches = [watch(first), watch(twin)]
        let holder = raise(first, thenStands: true)
        try await pause { store.aggregates.owner(of: row) != 0 }
        let queued = (0..<chance.number(2...5)).map { _ in raise(first) }
        try await pause { store.sessions.values.count(where: \.isQueued) == queued.count }
        if freezes { first.freeze() } else { sessions.first?.blackhole() }
        let begin = Loop.now
        try await raise(twin).value
        let waited = Loop.now - begin
        first.thaw()
        holder.cancel()
        for task in [holder] + queued {
            // Only who has lost its connection, or stood still, may lose what it was doing.
            do { try await task.value } catch  where freezes || task == holder {}
        }
        for watch in watches { watch.stop() }
        for session in sessions { session.close() }
        if let broken = store.violation { throw Violation(broken) }
        guard waited < .seconds(8) else { throw Violation("TA1: the lock came after \(waited)") }
    }

    private func pause(until isThere: () -> Bool) async throws {
        while !isThere() { try await Loop.sleep(for: .milliseconds(10)) }
    }

    private func open(_ network: SimulatedNetwork, _ purpose: String) -> SimulatedSession {
        let session = SimulatedSession(store, network, name: "service \(network.process) (\(purpose))")
        session.startBeating()
        return session
    }

    private func watch(_ network: SimulatedNetwork) -> SessionWatch {
        network.act {
            let group = SimulatedGroup(log, topics: [], chance, nil)
            let watch = SessionWatch(
                over: "service",
                on: Substrate(
                    openReader: { [log] _, _ in SimulatedReader(log, group, network) },
                    openWriter: { [log] in SimulatedWriter(log, network) },
                    openSession: { [self] in open(network, "watch") }, random: { [chance] in chance.number($0) }))
            watch.start()
            return watch
        }
    }

    /// Raises one row in a transaction of a process.
    private func raise(_ network: SimulatedNetwork, thenStands: Bool = false) -> Task<Void, any Error> {
        network.act {
            let session = open(network, "pool")
            sessions.append(session)
            return Task { @Loop in
                try await session.transaction { transaction in
                    _ = try await transaction.query(Business.bump, row.first)
                    if thenStands { try await Loop.sleep(for: .seconds(60)) }
                }
            }
        }
    }
}
