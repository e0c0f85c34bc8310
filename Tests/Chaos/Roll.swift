import CRMModel
import Demo
import EventLoop
import Kafka
import Rapport

/// Restarts all services, one process after the other, under orders and requests, and measures what the world notices: requests that a
/// client with one retry sees fail, and how late orders are applied.
@Loop
struct Roll {
    private let suite: Suite
    private let options: Chaos.Options
    private var terminal: Terminal { suite.terminal }
    private static let ordersPerSecond = 500
    private static let requestsPerSecond = 50
    private static let latest = Duration.seconds(5)

    init(_ suite: Suite, _ options: Chaos.Options) {
        self.suite = suite
        self.options = options
    }

    /// Runs it; says whether nobody noticed.
    func run() async throws -> Bool {
        try await suite.down(wipe: true)
        let fleet = try await Fleet.start(suite)
        do {
            let violations = try await roll(fleet)
            for text in violations { terminal.line("  \(text)") }
            terminal.line("rolling restart: \(violations.isEmpty ? "PASS" : "FAIL")")
            try await fleet.stop(wipe: violations.isEmpty)
            return violations.isEmpty
        } catch {
            try? await fleet.stop(wipe: false)
            throw error
        }
    }

    private func roll(_ fleet: Fleet) async throws -> [String] {
        let orders = try ChaosOrders(fleet.kafka, seed: options.seed)
        try await orders.introduce()
        let requests = RollRequests(fleet)
        let delays = RollDelays(fleet)
        let play = Task { @Loop in try await orders.play(rate: Self.ordersPerSecond) }
        let ask = Task { @Loop in await requests.play(rate: Self.requestsPerSecond) }
        let look = Task { @Loop in await delays.watch() }
        try await Loop.sleep(for: .seconds(5))
        for service in Services.builtHearing {
            terminal.progress(nil, "rolling \(service)")
            try await fleet.roll(service)
            try await Loop.sleep(for: .seconds(2))
        }
        try await Loop.sleep(for: .seconds(5))
        ask.cancel()
        orders.stop()
        try await play.value
        try await orders.finish()
        try await fleet.waitUntilSettled()
        look.cancel()
        await ask.value
        await look.value
        let audit = ChaosAudit(fleet, orders, try ChaosClients(fleet, seed: options.seed))
        try await audit.run()
        terminal.line(
            "\(grouped(orders.events)) messages, \(grouped(requests.count)) requests, of which \(requests.retried) asked again"
                + " and \(requests.failures.count) failed")
        var violations = audit.violations + requests.failures.prefix(5)
        for (service, delay) in delays.longest.sorted(by: { $0.key < $1.key }) {
            terminal.line("\(service): the latest message was applied after \(grouped(Int(delay.seconds * 1000))) ms")
            if delay > Self.latest { violations.append("\(service) was later than 5 s") }
        }
        return violations
    }
}

/// Requests to the services, each asked once more of the twin where it fails, as a load balancer does.
@Loop
private final class RollRequests {
    private(set) var count = 0
    private(set) var retried = 0
    private(set) var failures: [String] = []
    private let fleet: Fleet
    private static let paths = [
        "contacts": "/v1/parties?limit=5", "sales": "/v1/opportunities?limit=5", "campaigns": "/v1/campaigns?limit=5",
        "tickets": "/v1/tickets?limit=5", "console": "/v1/people?limit=5",
        "notifications": "/v1/messages?recipient=01890a5d-ac96-774b-bcce-b302099a8057&limit=5",
    ]

    init(_ fleet: Fleet) { self.fleet = fleet }

    /// Asks at a rate until it is cancelled, and waits for the answers.
    func play(rate: Int) async {
        var asking: [Task<Void, Never>] = []
        while (try? await Loop.sleep(for: .seconds(1) / rate)) != nil {
            asking.append(Task { @Loop in await self.ask() })
            if asking.count > 500 { await asking.removeFirst().value }
        }
        for task in asking { await task.value }
    }

    private func ask() async {
        count += 1
        let number = count
        let service = Services.builtHearing[number % Services.builtHearing.count]
        let twins = fleet.instances.filter { $0.service == service }
        guard let path = Self.paths[service], !twins.isEmpty else { return }
        for attempt in 0...1 {
            do {
                let twin = twins[(number / Services.builtHearing.count + attempt) % twins.count]
                _ = try await ServiceProbe(twin.name, fleet.state).get(path, within: .seconds(2))
                return
            } catch {
                if attempt == 0 { retried += 1 } else { failures.append("\(error)") }
            }
        }
    }
}

/// How long messages wait until a service has applied them, the longest of each.
@Loop
private final class RollDelays {
    private(set) var longest: [String: Duration] = [:]
    private let fleet: Fleet
    private var open: [(since: Duration, ends: [TopicPartition: Int64], services: Set<String>)] = []

    init(_ fleet: Fleet) { self.fleet = fleet }

    /// Notes the ends of the topics five times a second, and when each service has reached them, until it is cancelled.
    func watch() async {
        while (try? await Loop.sleep(for: .milliseconds(200))) != nil {
            let now = Loop.now
            if let ends = try? await Positions.ends(of: [.erpOrders], fleet.kafka) {
                open.append((now, ends, Set(Services.withLedger)))
            }
            for service in Services.withLedger { await see(service) }
            open.removeAll { $0.services.isEmpty }
        }
    }

    private func see(_ service: String) async {
        for index in open.indices where open[index].services.contains(service) {
            guard let progress = await fleet.positions.progress(of: service, until: open[index].ends),
                progress.applied >= progress.all
            else { return }
            open[index].services.remove(service)
            longest[service] = max(longest[service] ?? .zero, Loop.now - open[index].since)
        }
    }
}
