import CRMModel
import EventLoop
import FoundationEssentials
import Kafka
import Rapport

/// Plays an ERP through the whole suite and proves the result.
@Loop
struct Demo {
    struct Options {
        var orders: Int?
        var file: String?
        var rate: Int?
        /// Whether nothing but the orders is played.
        var isPlain = false
    }

    let suite: Suite
    let options: Options
    /// Without any progress for this long, something is broken that does not mend itself.
    private static let patience = Duration.seconds(120)
    private var terminal: Terminal { suite.terminal }

    init(_ suite: Suite, _ options: Options) {
        self.suite = suite
        self.options = options
    }

    /// Runs the demo and says whether all that was published stands in every service.
    func run() async throws -> Bool {
        // Its orders are years old: by the wall clock all its customers would be inactive.
        try await suite.up(keeping: ["campaigns": ["CAMPAIGNS_CLOCK": "orders:\(ShopEvent.source)"]])
        let state = try suite.folder.readState()
        guard let kafka = try suite.kafka(state) else { throw SuiteError("no broker is known") }
        try await patiently { try await ERPPlayer.makeTopics(kafka) }
        let begin = Loop.now
        let played = try await play(kafka)
        let positions = Positions(try suite.roleURLs(state))
        defer { positions.close() }
        try await waitUntilApplied(kafka, positions)
        let duration = Loop.now - begin
        try await waitUntilSettled(kafka, positions)
        let story = try await tell(kafka, behind: played.last)
        if story != nil { try await waitUntilSettled(kafka, positions) }
        let people = try await letIn()
        let passed = try await patiently { try await Reconciliation(suite).run() }
        try await DemoSummary(suite, played, duration, story, people).show()
        return passed
    }

    /// Tells the story, where all services are there that take part in it.
    private func tell(_ kafka: KafkaSettings, behind last: Date) async throws -> Story? {
        guard !options.isPlain, Services.missing.isEmpty else { return nil }
        let player = try ERPPlayer(kafka)
        defer { player.close() }
        return try await patiently {
            var story = Story(
                StoryDesk(try suite.folder.readState(), player, day: last.addingTimeInterval(86_400)), terminal)
            try await story.play()
            return story
        }
    }

    /// Lets people in who can be signed in as, where there is a console.
    private func letIn() async throws -> DemoPeople? {
        guard !options.isPlain, Services.built.contains("console") else { return nil }
        return try await patiently {
            var people = DemoPeople(try ServiceProbe("console", try suite.folder.readState()), terminal)
            try await people.comeIn()
            return people
        }
    }

    /// Tries again what fails because a program is just being started again.
    private func patiently<T>(_ step: () async throws -> T) async throws -> T {
        let deadline = Loop.now + .seconds(60)
        while true {
            do {
                return try await step()
            } catch {
                guard Loop.now < deadline else { throw error }
            }
            try await Loop.sleep(for: .seconds(1))
        }
    }

    // MARK: Playing

    private func play(_ kafka: KafkaSettings) async throws -> Played {
        let player = try ERPPlayer(kafka)
        defer { player.close() }
        var events = ShopEvents()
        var played = Played()
        let begin = Loop.now
        let publish = { (document: ShopDocument) async throws in
            for event in events.of(document) {
                try await player.publish(event)
                played.events += 1
            }
            played.add(document)
            if played.documents % 200 == 0 {
                terminal.progress(nil, "published \(grouped(played.documents)) documents")
            }
            if let rate = options.rate {
                let due = begin + .seconds(Double(played.documents) / Double(rate))
                if due > Loop.now { try await Loop.sleep(for: due - Loop.now) }
            }
        }
        if let file = options.file ?? (options.orders == nil ? RetailFile.found : nil) {
            terminal.line("playing \(file)")
            try await RetailFile(path: file).documents(publish)
        } else {
            let orders = options.orders ?? 20_000
            terminal.line("playing a made-up shop with \(grouped(orders)) orders")
            for document in ShopGenerator(orders: orders) { try await publish(document) }
        }
        try await player.finish()
        played.customers = events.customers.count
        played.products = events.products.count
        terminal.line(
            "published \(grouped(played.events)) events in \(seconds(Loop.now - begin)); the services are applying them"
        )
        return played
    }

    // MARK: Waiting

    /// Waits until every service has applied what the ERP and the carrier have told.
    private func waitUntilApplied(_ kafka: KafkaSettings, _ positions: Positions) async throws {
        let ends = try await patiently { try await Positions.ends(of: Positions.outside, kafka) }
        let watch = ProgressWatch(Self.patience)
        while let slowest = await slowest(positions, ends) {
            try check(watch, slowest)
            try await Loop.sleep(for: .milliseconds(50))
        }
    }

    /// Waits until what the services told each other about it is applied too, and nothing waits to be published.
    private func waitUntilSettled(_ kafka: KafkaSettings, _ positions: Positions) async throws {
        let watch = ProgressWatch(Self.patience)
        while true {
            var waiting = 0
            for name in Services.builtHearing { waiting += await positions.outboxRows(of: name) ?? 1 }
            let ends = try await patiently { try await Positions.ends(of: Topic.all, kafka) }
            let slowest = await slowest(positions, ends)
            if waiting == 0, slowest == nil { return }
            if let slowest { try check(watch, slowest) }
            try await Loop.sleep(for: .milliseconds(200))
        }
    }

    private struct Slowest {
        let name: String
        let applied: Int
        let all: Int
        /// What all services together have applied.
        let sum: Int
    }

    /// The service that has the most before it; nil when none has anything.
    private func slowest(_ positions: Positions, _ ends: [TopicPartition: Int64]) async -> Slowest? {
        var found: [(name: String, applied: Int, all: Int)] = []
        for name in Services.builtHearing {
            let (applied, all) = await positions.progress(of: name, until: ends) ?? (0, 1)
            found.append((name, applied, all))
        }
        guard let slowest = found.max(by: { $0.all - $0.applied < $1.all - $1.applied }), slowest.applied < slowest.all
        else { return nil }
        let sum = found.reduce(0) { $0 + $1.applied }
        return Slowest(name: slowest.name, applied: slowest.applied, all: slowest.all, sum: sum)
    }

    private func check(_ watch: ProgressWatch, _ slowest: Slowest) throws {
        terminal.progress(
            Double(slowest.applied) / Double(slowest.all),
            "\(slowest.name) has applied \(grouped(slowest.applied)) of \(grouped(slowest.all)) events")
        guard watch.see(slowest.sum) else {
            throw SuiteError(
                "\(slowest.name) has applied \(slowest.applied) of \(slowest.all) events and nothing moves any more;"
                    + " its log ends:\n\(suite.folder.lastLines(of: slowest.name))")
        }
    }
}

/// Notices when a figure has not changed for too long.
@Loop
package final class ProgressWatch {
    private let patience: Duration
    private var last = -1
    private var since = Loop.now

    /// Begins to watch.
    package init(_ patience: Duration) { self.patience = patience }

    /// Takes the figure of now; false when it has stood still for too long.
    package func see(_ figure: Int) -> Bool {
        if figure != last {
            last = figure
            since = Loop.now
        }
        return Loop.now - since < patience
    }
}

/// What was published.
struct Played {
    var events = 0
    var documents = 0
    var orders = 0
    var customers = 0
    var products = 0
    /// When the last document was placed, by its own time.
    var last = Date(timeIntervalSince1970: 1_323_388_800)

    mutating func add(_ document: ShopDocument) {
        documents += 1
        if let at = RFC3339.date(document.at) { last = max(documents == 1 ? at : last, at) }
        if document.kind == .order { orders += 1 }
    }
}
