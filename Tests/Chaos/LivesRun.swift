import CRMModel
import Demo
import EventLoop
import FoundationEssentials
import Kafka
import Rapport

/// Runs the suite under attack once for each service: this one is moved to an empty schema, another is brought back to a backup, a topic is
/// shortened, consents are withdrawn and persons erased afterwards. Proves that nothing is lost, no deed done twice, and nobody mailed who
/// had withdrawn.
@Loop
struct LivesRun {
    private let suite: Suite
    private let options: Chaos.Options
    /// The one service whose turn it is; all where nil.
    private let only: String?
    private var terminal: Terminal { suite.terminal }

    init(_ suite: Suite, _ options: Chaos.Options, only: String?) {
        self.suite = suite
        self.options = options
        self.only = only
    }

    /// Runs it; says whether every invariant holds in each.
    func run() async throws -> Bool {
        var isPassed = true
        for (number, moved) in Services.builtHearing.enumerated() where only == nil || only == moved {
            let restored = Services.builtHearing[(number + 2) % Services.builtHearing.count]
            try await suite.down(wipe: true)
            terminal.line(
                "lives with seed \(options.seed): \(moved) is moved, \(restored) restored, in \(suite.folder.path)")
            let fleet = try await Fleet.start(suite)
            do {
                let violations = try await attack(fleet, moved, restored)
                for text in violations { terminal.line("  \(text)") }
                let isGood = violations.isEmpty
                terminal.line("lives: \(moved) \(isGood ? "PASS" : "FAIL") (seed \(options.seed))")
                isPassed = isPassed && isGood
                try await fleet.stop(wipe: isGood)
                if !isGood { return false }
            } catch {
                try? await fleet.stop(wipe: false)
                terminal.warn("seed \(options.seed); data and logs are kept in \(suite.folder.path)")
                throw error
            }
        }
        return isPassed
    }

    private func attack(_ fleet: Fleet, _ moved: String, _ restored: String) async throws -> [String] {
        let orders = try ChaosOrders(fleet.kafka, seed: options.seed)
        let clients = try ChaosClients(fleet, seed: options.seed)
        let plan = FaultPlan(fleet, seed: options.seed)
        let deeds = LivesDeeds(clients, seed: options.seed)
        try await orders.introduce()
        let play = Task { @Loop in try await orders.play(rate: options.rate) }
        let people = Task { @Loop in await clients.play(people: 2) }
        let total = Duration.seconds(options.minutes * 60)
        try await deeds.order(1...10)
        try await deeds.mail("first")
        try await plan.run(until: Loop.now + total * 0.25)
        let exchange = LivesExchange(fleet, moved: moved, restored: restored)
        try await exchange.backUp()
        try await deeds.order(11...20)
        try await plan.run(until: Loop.now + total * 0.25)
        try await fleet.heal()
        terminal.line("  \(moved) is emptied, \(restored) restored")
        try await exchange.run()
        try await deeds.withdraw()
        try await deeds.erase()
        try await plan.run(until: Loop.now + total * 0.5)
        orders.stop()
        clients.stop()
        try await fleet.heal()
        try await play.value
        try await orders.finish()
        await people.value
        try await fleet.waitUntilSettled()
        try await deeds.mail("second")
        try await deeds.endCampaigns()
        try await deeds.orderAgain()
        try await fleet.waitUntilSettled()
        let audit = ChaosAudit(fleet, orders, clients)
        try await audit.run(afterLives: exchange, deeds)
        terminal.line(
            "  \(plan.kills) kills, \(plan.others) other faults, \(grouped(orders.events)) events,"
                + " \(grouped(clients.acknowledged)) commands, \(exchange.held) deeds held")
        for text in audit.checked where audit.violations.isEmpty { terminal.line("  \(text)") }
        return audit.violations + plan.failures
    }
}

extension Duration {
    fileprivate static func * (time: Duration, share: Double) -> Duration { .seconds(time.seconds * share) }
}
