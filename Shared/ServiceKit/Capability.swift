import EventLoop
import HTTP
import Messaging
import Postgres

/// One thing that a service can do: a folder, and the value that says all of it.
///
/// What needs no connection stands in members, so that `migrate`, `check` and the tests can read it; what needs one is made by `open`.
public struct Capability: Sendable {
    /// `opportunities`: the folder's name, in lower case.
    public let name: String
    /// What it is for, in a few words.
    public let summary: String
    /// Its tables.
    public let migrations: [Migration]
    /// Its SQL.
    public let statements: [any Preparable]
    /// Its records, whose fields a test holds against what is published.
    public let records: [any RecordDescription]
    /// Its tables that follow from the topics alone.
    public let readModels: [ReadModel]
    /// Its tables that a rebuild takes over as they are.
    public let given: [String]
    /// A query for the persons who were erased, in the service that keeps them.
    public let erased: String?
    /// What each of its tables is in another life.
    public let standings: [Standing]
    /// What of it can be held against the topics, thing by thing.
    public let holdings: [Holding]
    let open: @Loop @Sendable (ServiceContext) throws -> CapabilityParts

    /// Describes a capability.
    public init(
        _ name: String, _ summary: String, migrations: [Migration] = [], statements: [any Preparable] = [],
        records: [any RecordDescription] = [], readModels: [ReadModel] = [], given: [String] = [],
        erased: String? = nil, standings: [Standing] = [], holdings: [Holding] = [],
        open: @escaping @Loop @Sendable (ServiceContext) throws -> CapabilityParts = { _ in CapabilityParts() }
    ) {
        self.name = name
        self.summary = summary
        self.migrations = migrations
        self.statements = statements
        self.records = records
        self.readModels = readModels
        self.given = given
        self.erased = erased
        self.standings = standings
        self.holdings = holdings
        self.open = open
    }
}

/// What a capability does while its service runs.
public struct CapabilityParts {
    let routes: [Route]
    let timers: [String: TimerRunner.Handler]
    let intents: [IntentKind]
    let background: [@Loop @Sendable () async -> Void]
    let listen: @Loop (inout Subscriptions) -> Void
    let recovers: @Loop (inout Subscriptions) -> Void
    let tellsAgain: TellsAgain?
    let orphans: Orphans?
    let releases: [String: Held.Release]
    let discards: [String: Held.Release]
    let prepares: (@Loop @Sendable () async throws -> Void)?

    /// Tells aggregates again, of which a life before told more than this one knows: those of the keys that exist, whole, as they are now,
    /// each under its next version; what never changes need not be told again. Answers the keys that it knows. Keys of other capabilities are
    /// among them. A key that nobody knows is ended by a last word on it: readers end what rests on it.
    public typealias TellsAgain = @Loop @Sendable (_ keys: [String], Transaction) async throws -> Set<String>

    /// Ends what rests on the word of a source's life that has ended, of keys that the next one has not told again.
    public typealias Orphans = @Loop @Sendable (_ source: String, _ keys: [String], Transaction) async throws -> Void

    /// Puts parts together.
    ///
    /// - Parameters:
    ///   - timers: what it does when timers of a kind are due.
    ///   - intents: its reactions that may wait for a fact.
    ///   - background: work that goes on as long as the process, and ends when its task is cancelled.
    ///   - listen: what it hears; of capabilities that hear one event the first in the service's list comes first.
    ///   - recovers: what it takes from the service's own events in a life that had a predecessor, before anything else: what was told is
    ///     known. It may hear of what it knows already.
    ///   - tellsAgain: how it tells its aggregates again in such a life.
    ///   - orphans: what it does with assertions of others that have ended with their life.
    ///   - releases: what it does when a person releases what it held, by kind.
    ///   - discards: what it does when a person gives that up: whoever asked for it hears so.
    ///   - prepares: what it does once the database is there and before it hears anything.
    public init(
        routes: [Route] = [], timers: [String: TimerRunner.Handler] = [:], intents: [IntentKind] = [],
        background: [@Loop @Sendable () async -> Void] = [],
        listen: @escaping @Loop (inout Subscriptions) -> Void = { _ in },
        recovers: @escaping @Loop (inout Subscriptions) -> Void = { _ in }, tellsAgain: TellsAgain? = nil,
        orphans: Orphans? = nil, releases: [String: Held.Release] = [:], discards: [String: Held.Release] = [:],
        prepares: (@Loop @Sendable () async throws -> Void)? = nil
    ) {
        self.prepares = prepares
        self.recovers = recovers
        self.tellsAgain = tellsAgain
        self.orphans = orphans
        self.releases = releases
        self.discards = discards
        self.routes = routes
        self.timers = timers
        self.intents = intents
        self.background = background
        self.listen = listen
    }
}

extension Capability {
    /// The ledger of the ERP's documents, whose changes `apply` carries on; nil where another capability hears documents together with what
    /// it locks beside them. It needs the redirects of merged parties.
    public static func ledger(
        _ apply: (@Loop @Sendable (ServiceContext) throws -> Subscriptions.Documents)? = nil
    ) -> Capability {
        Capability(
            "ledger", "the ERP's documents, so that nothing is lost or doubled", migrations: LedgerSchema.migrations,
            statements: LedgerStore.statements + OlderStates.statements + Redirects.statements,
            readModels: Ledger.readModels, given: ["party_redirect"],
            standings: [
                .fact("erp_document"), .fact("erp_document_elsewhere"), .fact("erp_state_older"),
                .assertion("party_redirect"),
            ], holdings: [Redirects.holding]
        ) { context in
            let apply = try apply?(context)
            return CapabilityParts(
                routes: Ledger.routes(context), background: [{ await OlderStates.show(context) }]
            ) { if let apply { $0.onDocuments(apply) } }
        }
    }

    /// The redirects of merged parties, in a service that keeps facts of parties and no ledger.
    public static let redirects = Capability(
        "redirects", "where the facts of merged parties count", migrations: [Redirects.migration],
        statements: Redirects.statements, readModels: [ReadModel("party_redirect")],
        standings: [.assertion("party_redirect")], holdings: [Redirects.holding]
    ) { _ in
        CapabilityParts {
            $0.onRedirects { redirects, transaction in Redirects.follow(redirects, in: transaction) }
        }
    }
}
