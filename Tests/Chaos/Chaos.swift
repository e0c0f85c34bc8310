import CRMModel
import Demo
import EventLoop
import Rapport

/// The fault rig: runs the whole suite while everything in it dies again and again, and proves that nothing was lost or doubled.
@Loop
struct Chaos {
    struct Options {
        var minutes = 10.0
        var seed = UInt64.random(in: 1...999_999)
        /// Documents a second.
        var rate = 30
        /// Nodes of an Apache Kafka of our own; nil for our Broker, or the Kafka that the environment names.
        var nodes: Int?
    }

    private let suite: Suite
    private let options: Options
    private var terminal: Terminal { suite.terminal }

    init(_ suite: Suite, _ options: Options) {
        self.suite = suite
        self.options = options
    }

    /// Runs it; says whether every invariant holds. The folder is kept where one does not.
    func run() async throws -> Bool {
        try await suite.down(wipe: true)
        terminal.line(
            "chaos with seed \(options.seed) for \(seconds(.seconds(options.minutes * 60))) in \(suite.folder.path)")
        let nodes = try await startNodes()
        var isPassed = false
        defer { nodes?.stop(wipe: isPassed) }
        let fleet: Fleet
        do {
            fleet = try await Fleet.start(suite)
        } catch {
            try? await suite.down(wipe: false)
            throw error
        }
        do {
            var violations = try await attack(fleet, nodes)
            violations += try await fleet.endInOrder().map { "\($0) did not end in order" }
            for text in violations { terminal.line("  \(text)") }
            isPassed = violations.isEmpty
            terminal.line(
                "chaos: \(isPassed ? terminal.paint("PASS", .green) : terminal.paint("FAIL", .red)) (seed \(options.seed))"
            )
            if !isPassed { terminal.line("data and logs are kept in \(suite.folder.path)") }
            try await fleet.stop(wipe: isPassed)
            return isPassed
        } catch {
            try? await fleet.stop(wipe: false)
            terminal.warn("seed \(options.seed); data and logs are kept in \(suite.folder.path)")
            throw error
        }
    }

    private func startNodes() async throws -> KafkaNodes? {
        guard let count = options.nodes else { return nil }
        terminal.progress(nil, "starting \(count) nodes of Apache Kafka")
        let nodes = try await KafkaNodes(count, in: suite.folder.path + "/kafka")
        suite.otherKafka = nodes.brokers
        return nodes
    }

    private func attack(_ fleet: Fleet, _ nodes: KafkaNodes?) async throws -> [String] {
        let orders = try ChaosOrders(fleet.kafka, seed: options.seed)
        let clients = try ChaosClients(fleet, seed: options.seed)
        let plan = FaultPlan(fleet, seed: options.seed)
        let begin = Loop.now
        let play = Task { @Loop in try await orders.play(rate: options.rate) }
        let people = Task { @Loop in await clients.play(people: 4) }
        let bar = Task { @Loop in
            while (try? await Loop.sleep(for: .milliseconds(500))) != nil {
                let share = (Loop.now - begin).seconds / (options.minutes * 60)
                terminal.progress(
                    share,
                    "\(plan.kills) kills, \(plan.others) other faults, \(grouped(orders.events)) events,"
                        + " \(grouped(clients.acknowledged)) commands")
            }
        }
        defer { bar.cancel() }
        let end = begin + .seconds(options.minutes * 60)
        let killer = Task { @Loop in try await killNodes(nodes, fleet, until: end) }
        try await plan.run(until: end)
        try await killer.value
        orders.stop()
        clients.stop()
        try await fleet.heal()
        try await play.value
        try await orders.finish()
        await people.value
        bar.cancel()
        let healed = Loop.now
        try await fleet.waitUntilSettled()
        let settled = Loop.now - healed
        let audit = ChaosAudit(fleet, orders, clients)
        try await audit.run()
        show(plan, fleet, orders, clients, settled)
        if let nodes {
            terminal.line(
                "\(nodes.kills) times a node of Kafka was killed and brought back; \(nodes.moves) partitions got another leader on demand"
            )
        }
        for text in audit.checked where audit.violations.isEmpty { terminal.line("  \(text)") }
        return audit.violations + plan.failures
    }

    /// One node after the other dies and comes back a few seconds later; what it led is led by others meanwhile.
    private func killNodes(_ nodes: KafkaNodes?, _ fleet: Fleet, until end: Duration) async throws {
        guard let nodes, let count = options.nodes else { return }
        var node = Int(options.seed % UInt64(count)) + 1
        // Longer than the cluster's patience of 9 s (broker.session.timeout.ms), or nobody would take over what the node leads.
        let pause = Duration.seconds(count == 1 ? 4 : 12)
        while Loop.now + pause + .seconds(20) < end {
            try await Loop.sleep(for: .seconds(5))
            try await fleet.diary.noting("node \(node) of Kafka away") { try await nodes.kill(node, pause: pause) }
            // Two of three must be in step before the next may go, and what the node led goes back to it.
            try await Loop.sleep(for: .seconds(min(20, max(0, (end - Loop.now).seconds - 2))))
            // Of one alone there is nothing to give back.
            if count > 1 { try await nodes.electPreferredLeaders(via: node % count + 1) }
            try await Loop.sleep(for: .seconds(5))
            node = node % count + 1
        }
    }

    // MARK: Summary

    private func show(
        _ plan: FaultPlan, _ fleet: Fleet, _ orders: ChaosOrders, _ clients: ChaosClients, _ settled: Duration
    ) {
        terminal.line("\(plan.kills) kills and \(plan.others) other faults:")
        for (fault, count) in plan.counts.sorted(by: { $0.value > $1.value }) where fault != .cutCommit {
            terminal.line("  \(count) \(fault.rawValue)")
        }
        terminal.line("  \(fleet.database.commitsCut) answers of COMMIT cut; \(fleet.refusedStarts) starts tried again")
        for (name, times) in fleet.recoveries.sorted(by: { $0.key < $1.key }) {
            let sorted = times.sorted { $0.length < $1.length }
            terminal.line(
                "recovery after a kill of \(name): median \(milliseconds(sorted[sorted.count / 2].length)),"
                    + " p95 \(milliseconds(sorted[sorted.count * 95 / 100].length)),"
                    + " worst \(milliseconds(sorted[sorted.count - 1].length)) of \(sorted.count)")
            for slow in sorted.suffix(5) where slow.length > .seconds(8) {
                terminal.line("  \(slow.what) after \(milliseconds(slow.length)): \(fleet.diary.during(slow))")
            }
        }
        terminal.line(
            "\(grouped(orders.orders)) orders in \(grouped(orders.events)) events, \(orders.poison.count) of them impossible;"
                + " \(grouped(clients.acknowledged)) commands acknowledged after \(grouped(clients.repeats)) repeats;"
                + " at rest \(seconds(settled)) after the last fault")
    }

    private func milliseconds(_ duration: Duration) -> String { "\(grouped(Int(duration.seconds * 1000))) ms" }
}
