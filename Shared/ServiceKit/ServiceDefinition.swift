import CRMModel
import EventLoop
import HTTP
import Messaging
import Postgres
import Telemetry

/// A service: its name, where it tells its events, what it holds of persons, and what it can do. All else follows from the list of
/// its capabilities.
public protocol ServiceDefinition: SendableMetatype {
    /// `contacts`: the name of its schema, its consumer group and its program.
    static var name: String { get }
    /// Where it tells its events.
    static var topic: Topic { get }
    /// All that it holds of persons, one ordered list.
    static var personalData: PersonalData? { get }
    /// What it can do, in the order in which events are heard.
    static var capabilities: [Capability] { get }
}

extension ServiceDefinition {
    /// Those of its capabilities; those of messaging come before them.
    public static var migrations: [Migration] { capabilities.flatMap(\.migrations) }

    /// Those of its capabilities and of its personal data, which `check` and a test prepare.
    public static var statements: [Statement] {
        capabilities.flatMap(\.statements).map(\.statement) + holdings.map(\.page.statement)
            + (personalData?.statements ?? [])
    }

    /// The topics on which it tells, among our own.
    static var tellsOn: [Topic] {
        let told = EventContract.all.filter { $0.senders.contains(name) }.map(\.topic)
        return Set(told + [topic]).filter { !Topic.isOutside($0.name) && $0 != .sources }.sorted { $0.name < $1.name }
    }

    /// What each of its tables is in another life; those of messaging come before them.
    public static var standings: [Standing] { MessagingSchema.standings + capabilities.flatMap(\.standings) }

    /// What of it can be held against the topics.
    static var holdings: [Holding] { capabilities.flatMap(\.holdings) }

    /// What of it can be rebuilt from the topics; nil where nothing follows from them alone.
    public static var rebuildPlan: RebuildPlan? {
        let models = capabilities.flatMap(\.readModels)
        guard !models.isEmpty else { return nil }
        return RebuildPlan(
            models, given: capabilities.flatMap(\.given), erased: capabilities.compactMap(\.erased).first)
    }

    /// Opens its capabilities.
    @Loop
    public static func compose(_ context: ServiceContext) throws -> ServiceParts {
        var parts = ServiceParts()
        parts.subscriptions = Subscriptions(of: "/\(name)")
        // Without a name: who recovers its keys reads old words of its own, and has none to tell again.
        parts.recovery = Subscriptions([topic])
        for capability in capabilities {
            let opened = try capability.open(context)
            parts.routes += opened.routes
            parts.background += opened.background
            parts.timers.merge(opened.timers) { _, _ in
                preconditionFailure("\(capability.name) has a timer of a kind that another has too")
            }
            parts.kinds += opened.intents
            parts.releases.merge(opened.releases) { _, _ in
                preconditionFailure("\(capability.name) holds what another holds too")
            }
            parts.discards.merge(opened.discards) { _, _ in
                preconditionFailure("\(capability.name) gives up what another holds too")
            }
            if let tells = opened.tellsAgain { parts.tellsAgain.append(tells) }
            if let orphans = opened.orphans { parts.orphans.append(orphans) }
            if let prepares = opened.prepares { parts.prepares.append(prepares) }
            opened.listen(&parts.subscriptions)
            opened.recovers(&parts.recovery)
        }
        parts.letWait(context)
        if let personalData {
            personalData.subscribe(topic, &parts.subscriptions)
            personalData.recover(&parts.recovery)
            parts.routes += personalData.routes(context)
        }
        parts.isAudited = capabilities.contains { $0.name == "audit" }
        parts.routes = parts.audited(parts.routes, context)
        return parts
    }
}

/// The parts of a service that its process runs.
public struct ServiceParts {
    /// Its HTTP surface.
    public var routes: [Route] = []
    /// What it listens to.
    public var subscriptions: Subscriptions
    /// What it takes from its own events in a life that had a predecessor.
    public var recovery: Subscriptions
    /// How it tells its aggregates again.
    public var tellsAgain: [CapabilityParts.TellsAgain] = []
    /// What it does with assertions of others that have ended.
    public var orphans: [CapabilityParts.Orphans] = []
    /// What it does when a person releases what is held.
    public var releases: [String: Held.Release] = [:]
    /// What it does when a person gives that up.
    public var discards: [String: Held.Release] = [:]
    /// What it does before it hears anything.
    public var prepares: [@Loop @Sendable () async throws -> Void] = []
    /// What it does when timers are due.
    public var timers: [String: TimerRunner.Handler] = [:]
    /// Its reactions that wait for facts; nil where it has none.
    public private(set) var intents: IntentRunner?
    fileprivate var kinds: [IntentKind] = []
    /// Whether what is done is written down.
    fileprivate var isAudited = false
    /// Work that goes on as long as the process, and ends when its task is cancelled.
    public var background: [@Loop @Sendable () async -> Void] = []

    /// No parts yet.
    @Loop public init() {
        subscriptions = Subscriptions()
        recovery = Subscriptions()
    }

    /// Routes that write down what they do, where the service keeps an audit.
    @Loop
    func audited(_ routes: [Route], _ context: ServiceContext) -> [Route] {
        isAudited ? routes.map { $0.audited(context) } : routes
    }

    /// Lets reactions wait; the handlers that keep the facts are there already and hear them first.
    @Loop
    fileprivate mutating func letWait(_ context: ServiceContext) {
        guard !kinds.isEmpty else { return }
        let runner = IntentRunner(context.pool, kinds)
        runner.onCommit = { context.onCommit?() }
        runner.onGivenUp = { context.log.info($0) }
        runner.onProblem = { context.log.warning($0) }
        runner.listen(&subscriptions)
        intents = runner
        // A fact is told by another transaction than ours, so it is looked for; a short look at an index.
        let looking = SteadyWork(context.log, every: .milliseconds(250), failing: "reactions wait")
        background.append { await looking.run { try await runner.look() } }
        let figures = IntentFigures(runner)
        let counting = SteadyWork(
            context.log, every: .seconds(5), resting: 100, failing: "reactions that wait are not counted")
        background.append {
            await counting.run {
                try await figures.update()
                return false
            }
        }
    }
}

/// What a service's parts work with.
@Loop
public final class ServiceContext {
    /// Its connections.
    public let pool: PostgresPool
    /// Its log.
    public let log: Log
    /// The settings of the process.
    public let settings: Settings
    /// The life of the schema, once it was judged.
    public internal(set) var life: Life?
    var onCommit: (@Loop () -> Void)?
    private var made: [ObjectIdentifier: any Sendable] = [:]

    /// Gives parts what they work with; a process and tests do.
    public init(pool: PostgresPool, log: Log, settings: Settings) {
        self.pool = pool
        self.log = log
        self.settings = settings
    }

    /// What several capabilities work with, made by the one that asks first: a clock, a worker.
    public func shared<T: Sendable>(_ make: (ServiceContext) throws -> T) rethrows -> T {
        let kind = ObjectIdentifier(T.self)
        if let known = made[kind] as? T { return known }
        let value = try make(self)
        made[kind] = value
        return value
    }

    /// What a capability works with, where one has made it.
    func known<T: Sendable>(_ type: T.Type) -> T? { made[ObjectIdentifier(type)] as? T }

    /// Runs a command as one transaction; its events go out at once after the commit. Who asked for it is written down in it.
    public func transaction<T>(_ body: (Transaction) async throws -> T) async throws -> T {
        let value = try await pool.transaction { transaction in
            let value = try await body(transaction)
            AuditScope.current?.write(in: transaction)
            return value
        }
        onCommit?()
        return value
    }

    /// One statement that changes nothing.
    public func query(_ statement: Statement, _ values: any SQLEncodable...) async throws -> Rows {
        try await pool.query(statement, values)
    }

    /// One statement that changes nothing, its rows typed.
    public func rows<each Parameter: SQLEncodable, each Column: SQLDecodable>(
        _ query: Query<(repeat each Parameter), (repeat each Column)>, _ values: repeat each Parameter
    ) async throws -> [(repeat each Column)] {
        try await pool.rows(query, repeat each values)
    }
}
