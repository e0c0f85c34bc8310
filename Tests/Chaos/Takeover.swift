import CRMModel
import Demo
import EventLoop
import Postgres
import Rapport

/// Measures how soon a twin does the work of a process that was killed or frozen at a random moment, and proves by the same audit as
/// the fault rig's that the woken one did no harm.
@Loop
struct Takeover {
    private let suite: Suite
    private let options: Chaos.Options
    /// Of each fault, idle and under load.
    private let trials: Int
    private var terminal: Terminal { suite.terminal }
    /// Half of the trials end within the first, each within the second.
    private static let limits = (usual: Duration.seconds(12), worst: Duration.seconds(15))

    /// One process struck once.
    private struct Trial {
        let service: String
        let signal: Int32
        let isLoaded: Bool
        /// Until all messages that were told since are applied, of the partitions that were the struck one's too.
        let applied: Duration
        /// Until what followed from them is published.
        let published: Duration
    }

    init(_ suite: Suite, _ options: Chaos.Options, trials: Int) {
        self.suite = suite
        self.options = options
        self.trials = trials
    }

    /// Runs it; says whether the limits and all invariants hold.
    func run() async throws -> Bool {
        try await suite.down(wipe: true)
        terminal.line("take-over, \(trials) trials of each kind, seed \(options.seed), in \(suite.folder.path)")
        let fleet = try await Fleet.start(suite)
        do {
            let violations = try await strike(fleet)
            for text in violations { terminal.line("  \(text)") }
            let isPassed = violations.isEmpty
            terminal.line("take-over: \(isPassed ? "PASS" : "FAIL") (seed \(options.seed))")
            try await fleet.stop(wipe: isPassed)
            return isPassed
        } catch {
            try? await fleet.stop(wipe: false)
            throw error
        }
    }

    private func strike(_ fleet: Fleet) async throws -> [String] {
        var random = SeededGenerator("takeover\n\(options.seed)")
        let orders = try ChaosOrders(fleet.kafka, seed: options.seed)
        try await orders.introduce()
        var done: [Trial] = []
        for isLoaded in [false, true] {
            let play = isLoaded ? Task { @Loop in try await orders.play(rate: 100) } : nil
            for number in 0..<(trials * 2) {
                terminal.progress(
                    Double(done.count) / Double(trials * 4), isLoaded ? "under load" : "idle")
                try await Loop.sleep(for: .milliseconds(500 + Int(random.next() % 1500)))
                let victim = fleet.idle[Int(random.next() % UInt64(fleet.idle.count))]
                done.append(
                    try await once(fleet, victim, number % 2 == 0 ? SIGKILL : SIGSTOP, isLoaded, orders, &random))
            }
            orders.stop()
            try await play?.value
        }
        try await orders.finish()
        try await fleet.heal()
        try await fleet.waitUntilSettled()
        let audit = ChaosAudit(fleet, orders, try ChaosClients(fleet, seed: options.seed))
        try await audit.run()
        var violations = audit.violations
        for text in audit.checked where violations.isEmpty { terminal.line("  \(text)") }
        for isLoaded in [false, true] {
            for signal in [SIGKILL, SIGSTOP] {
                violations += summary(done.filter { $0.isLoaded == isLoaded && $0.signal == signal })
            }
        }
        return violations
    }

    private func once(
        _ fleet: Fleet, _ victim: Fleet.Instance, _ signal: Int32, _ isLoaded: Bool, _ orders: ChaosOrders,
        _ random: inout SeededGenerator
    ) async throws -> Trial {
        fleet.strike(victim, with: signal)
        let begin = Loop.now
        try await orders.burst(60)
        let ends = try await Positions.ends(of: Topic.all, fleet.kafka)
        try await wait(victim, begin) {
            guard let progress = await fleet.positions.progress(of: victim.service, until: ends) else { return false }
            return progress.applied >= progress.all
        }
        let applied = Loop.now - begin
        let last = try await fleet.positions.lastOutboxRow(of: victim.service)
        try await wait(victim, begin) {
            await fleet.positions.outboxRows(of: victim.service, until: last) == 0
        }
        let trial = Trial(
            service: victim.name, signal: signal, isLoaded: isLoaded, applied: applied, published: Loop.now - begin)
        // It wakes among its twin's work.
        try await Loop.sleep(for: .milliseconds(Int(random.next() % 2000)))
        try await fleet.revive(victim, from: signal)
        return trial
    }

    private func wait(_ victim: Fleet.Instance, _ begin: Duration, _ isDone: () async throws -> Bool) async throws {
        while try await !isDone() {
            guard Loop.now - begin < .seconds(90) else {
                throw SuiteError("nobody has taken over from \(victim.name) in 90 seconds")
            }
            try await Loop.sleep(for: .milliseconds(20))
        }
    }

    private func summary(_ trials: [Trial]) -> [String] {
        guard let first = trials.first else { return [] }
        let what = "\(first.signal == SIGKILL ? "killed" : "frozen"), \(first.isLoaded ? "under load" : "idle")"
        let sorted = trials.sorted { $0.published < $1.published }
        let applied = trials.map(\.applied).sorted()
        let (usual, worst) = (sorted[(sorted.count * 95 - 1) / 100], sorted[sorted.count - 1])
        terminal.line(
            "\(what): applied by the twin after \(text(applied[applied.count / 2])) (median), published too after"
                + " \(text(sorted[sorted.count / 2].published)), p95 \(text(usual.published)), worst"
                + " \(text(worst.published)) (\(worst.service)), of \(sorted.count)")
        let isGood = usual.published <= Self.limits.usual && worst.published <= Self.limits.worst
        return isGood ? [] : ["\(what): slower than p95 12 s or worst 15 s"]
    }

    private func text(_ time: Duration) -> String { "\(grouped(Int(time.seconds * 1000))) ms" }
}
