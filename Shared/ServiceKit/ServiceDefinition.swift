import EventLoop
import HTTP
import Kafka
import Messaging
import Postgres
import Telemetry

/// What makes a service: everything that is not the same in all of them.
public protocol ServiceDefinition: SendableMetatype {
    /// `contacts`: the name of its schema, its consumer group and its program.
    static var name: String { get }
    /// Its own migrations, after those of messaging.
    static var migrations: [Migration] { get }
    /// All its statements, which `check` and a test prepare.
    static var statements: [Statement] { get }
    /// What of it can be rebuilt from the topics; nil where nothing follows from them alone.
    static var rebuildPlan: RebuildPlan? { get }
    /// Puts its parts together.
    @Loop static func compose(_ context: ServiceContext) throws -> ServiceParts
}

extension ServiceDefinition {
    /// Nothing.
    public static var rebuildPlan: RebuildPlan? { nil }
}

/// The parts of a service that its process runs.
public struct ServiceParts {
    /// Its HTTP surface.
    public var routes: [Route] = []
    /// What it listens to.
    public var subscriptions: Subscriptions?
    /// What it does when timers are due.
    public var timers: [String: TimerRunner.Handler] = [:]
    /// Work that goes on as long as the process, and ends when its task is cancelled.
    public var background: [@Loop @Sendable () async -> Void] = []
    /// No parts yet.
    public init() {}
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
    var onCommit: (@Loop () -> Void)?

    /// Gives parts what they work with; a process and tests do.
    public init(pool: PostgresPool, log: Log, settings: Settings) {
        self.pool = pool
        self.log = log
        self.settings = settings
    }

    /// Runs a command as one transaction; its events go out at once after the commit.
    public func transaction<T>(_ body: (Transaction) async throws -> T) async throws -> T {
        let value = try await pool.transaction(body)
        onCommit?()
        return value
    }

    /// One statement that changes nothing.
    public func query(_ statement: Statement, _ values: any SQLEncodable...) async throws -> Rows {
        try await pool.query(statement, values)
    }
}
