import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Kafka
import Messaging
import Postgres
import Telemetry

/// One running service: its parts started in order and stopped in the reverse order.
@Loop
public final class ServiceProcess {
    /// Where it listens.
    public var port: Int { server?.port ?? 0 }
    private let options: ServiceOptions
    private let name: String
    /// All that the schema must have.
    private let migrations: [String]
    private let context: ServiceContext
    private let parts: ServiceParts
    private let consumer: ConsumerRunner?
    private let relay: Relay
    private let timers: TimerRunner
    /// Ends sessions of processes of this service that are frozen.
    private let watch: SessionWatch
    private let letters: DeadLetters
    private let rebuilder: Rebuilder
    /// Of a service that keeps a ledger.
    private let reconciler: Reconciler?
    private let surface = HTTPSurface()
    private var server: HTTPServer?
    private var background: [Task<Void, Never>] = []
    private var isStarted = false
    private var isStopping = false
    private let figures = ServiceFigures()

    /// Puts a service together.
    public init(_ definition: any ServiceDefinition.Type, _ options: ServiceOptions, _ settings: Settings) throws {
        self.options = options
        name = definition.name
        migrations = (MessagingSchema.migrations + definition.migrations).map(\.name)
        let log = Log(service: definition.name)
        let pool = PostgresPool(options.postgres.named("pool"), size: options.poolSize)
        context = ServiceContext(pool: pool, log: log, settings: settings)
        parts = try definition.compose(context)
        let source = "/\(definition.name)"
        relay = Relay(source: source, kafka: options.kafka, postgres: options.postgres)
        watch = SessionWatch(over: ServiceOptions.program(of: name), postgres: options.postgres)
        watch.patience = options.sessionLooks
        timers = TimerRunner(
            pool,
            parts.timers.merging([SubjectKeys.reminder: { try SubjectKeys.tellAgain($0, of: source, in: $1) }]) { $1 })
        let subscriptions = parts.subscriptions.types.isEmpty ? nil : parts.subscriptions
        letters = DeadLetters(pool, subscriptions, group: definition.name)
        rebuilder = Rebuilder(context, definition, subscriptions, options)
        reconciler = Reconciler.concerns(definition) ? Reconciler(pool, options.kafka) : nil
        consumer = subscriptions.map { subscriptions in
            ConsumerRunner(
                subscriptions, group: definition.name, kafka: options.kafka, postgres: options.postgres,
                instance: options.instance)
        }
        connectParts(log)
        consumer?.onBatch = { [figures] in figures.batch.observe($0.seconds) }
    }

    private func connectParts(_ log: Log) {
        let committed: @Loop () -> Void = { [relay, timers] in
            relay.wake()
            timers.wake()
        }
        context.onCommit = committed
        consumer?.onCommit = committed
        letters.onCommit = committed
        timers.onCommit = { [relay] in relay.wake() }
        // Only where it is read: it costs a look at every event.
        if log.level <= .debug {
            consumer?.onApplied = { trace, types in
                Trace.$current.withValue(trace) {
                    log.debug(
                        "applied", ["types": types.map { "\($0.key) \($0.value)" }.sorted().joined(separator: ", ")])
                }
            }
        }
        consumer?.onProblem = { log.warning($0) }
        relay.onProblem = { log.warning($0) }
        timers.onProblem = { log.warning($0) }
        watch.onProblem = { log.warning($0) }
    }

    /// Starts everything; when it returns, the work has begun. Requests are answered from the beginning, so that whoever asks hears
    /// what it waits for.
    public func start() async throws {
        try serve()
        try await openDatabase()
        watch.start()
        try await makeTopics()
        relay.start()
        try consumer?.start()
        timers.start()
        let pruner = Pruner(context.pool)
        pruner.onProblem = { [log = context.log] in log.warning($0) }
        background.append(Task { @Loop in await pruner.run() })
        for work in parts.background { background.append(Task { @Loop in await work() }) }
        background.append(Task { @Loop in await self.measure() })
        isStarted = true
        context.log.info("ready", ["address": "\(options.tls == nil ? "http" : "https")://\(options.address):\(port)"])
    }

    private func serve() throws {
        let routes =
            parts.routes + healthRoutes + operationsRoutes(context, letters, options.kafka) + rebuilder.routes
            + (reconciler?.routes ?? [])
        let document = OpenAPI.document(title: "Rapport \(name)", version: "1", routes: routes)
        let topics = AsyncAPI.document(service: name, receiving: parts.subscriptions.types)
        let descriptions = [
            described("/openapi.json", "This description", document),
            described("/asyncapi.json", "The description of its topics", topics),
        ]
        let log = context.log
        let router = Router(
            routes + descriptions, middleware: surface.middleware(token: options.token, log),
            onError: { error, request in
                log.error("request failed", ["path": request.path, "error": "\(error)"])
            })
        let tls = try options.tls.map { try TLSContext.server(certificate: $0.certificate, key: $0.key) }
        server = try HTTPServer(address: options.address, port: options.port, router: router, tls: tls)
    }

    private func described(_ path: String, _ summary: String, _ document: [UInt8]) -> Route {
        Route(.get, path, summary, tag: "operations", access: .open, gives: .json(.any)) { _ in
            Response(.ok, bytes: document, contentType: "application/json")
        }
    }

    /// Stops in order: no new requests, the batch under way, timers, background work, what waits in the outbox, the connections.
    /// Background work has eight seconds to settle what it has begun; what waits for a database that does not answer is given up then.
    public func stop() async {
        isStopping = true
        let patience = Loop.after(.seconds(8)) { [context] in context.pool.close() }
        defer { patience.cancel() }
        for task in background { task.cancel() }
        let settled = Task { @Loop [background] in
            try? await Loop.withDeadline(.seconds(8)) { for task in background { await task.value } }
        }
        await server?.stop(within: .seconds(5))
        await timers.stop()
        await rebuilder.stop()
        await consumer?.stop()
        await settled.value
        await relay.stop()
        watch.stop()
        context.pool.close()
        context.log.info("stopped")
    }

    /// A database that is down is waited for, for two minutes, as the suite may start in any order. What does not pass by itself, a
    /// wrong password or a schema without tables, is an error at once.
    private func openDatabase() async throws {
        let deadline = Loop.now + .seconds(120)
        var attempt = 0
        while true {
            do {
                try await context.pool.start()
                let missing = try await missingMigrations()
                if missing.isEmpty { return }
                throw SettingError(
                    name: "the schema",
                    problem: "lacks \(missing.joined(separator: ", ")); run this program with `migrate` first")
            } catch {
                let passes = (error as? PostgresError)?.verdict == .retry || error is PoolExhausted
                guard passes, Loop.now < deadline else { throw error }
                if attempt % 20 == 0 { context.log.warning("waiting for the database: \(error)") }
                attempt += 1
            }
            try await Loop.sleep(for: .milliseconds(200))
        }
    }

    private func missingMigrations() async throws -> [String] {
        do {
            return try await context.pool.query(ServiceStore.missingMigrations, migrations).map { try $0.value(0) }
        } catch let error as PostgresError {
            guard error.sqlState == "42P01" else { throw error }
            return ["all tables"]
        }
    }

    /// Makes the topics that are missing; a broker that is down is waited for, as the suite may start in any order.
    private func makeTopics() async throws {
        let plans = Topic.all.map {
            TopicPlan(name: $0.name, partitions: Topic.partitions, settings: $0.settings)
        }
        while true {
            do {
                let known = try await KafkaAdmin.topics(options.kafka)
                let missing = plans.filter { known[$0.name] == nil }
                if !missing.isEmpty { try await KafkaAdmin.createTopics(missing, options.kafka) }
                return
            } catch let error as KafkaError {
                // A wrong password or a missing right does not pass by itself.
                if error.isConfiguration || error.isRefusal { throw error }
                context.log.warning("waiting for the broker: \(error)")
                try await Loop.sleep(for: .milliseconds(300))
            }
        }
    }

    // MARK: Health

    private var healthRoutes: [Route] {
        [
            Route(
                .get, "/health/live", "Whether the process runs", tag: "operations", access: .open, gives: .text
            ) { _ in Response(.ok, text: "live\n") },
            Route(
                .get, "/health/ready", "Whether it can do its work; what is missing, a line each", tag: "operations",
                access: .open, gives: .text, or: [.bytes("text/plain", .unavailable)]
            ) { [unowned self] _ in
                let missing = whatIsMissing()
                return missing.isEmpty
                    ? Response(.ok, text: "ready\n")
                    : Response(.unavailable, text: missing.joined(separator: "\n") + "\n")
            },
            Route(
                .get, "/metrics", "Figures for Prometheus", tag: "operations", access: .open, gives: .text
            ) { _ in
                Response(.ok, text: Metrics.shared.rendered(), contentType: "text/plain; version=0.0.4; charset=utf-8")
            },
        ]
    }

    private func whatIsMissing() -> [String] {
        var missing: [String] = []
        if isStopping { missing.append("the process is stopping") }
        if !isStarted { missing.append("the process is starting") }
        if context.pool.openCount == 0 { missing.append("no connection to the database") }
        if let consumer, !consumer.isAssigned { missing.append("no partitions assigned yet") }
        if consumer?.isPositionLost == true { missing.append("the log no longer has the stored position") }
        if let since = consumer?.failingSince, Loop.now - since > .seconds(10) {
            missing.append("events cannot be applied; the log says why")
        }
        if surface.isOverloaded { missing.append("events have not been published for a minute") }
        return missing
    }

    /// Keeps the gauges that need a look every few seconds; less often where a look takes long, as with very many dead letters.
    private func measure() async {
        while !Task.isCancelled, !isStopping {
            let begin = Loop.now
            try? await relay.measure(context.pool)
            figures.update(consumer, relay, timers, context.pool)
            figures.ended.set(Double(watch.statistics.ended))
            if let open = try? await letters.open() { figures.show(deadLetters: open) }
            surface.isOverloaded = relay.statistics.oldestAge > 60
            consumer?.isHeld = surface.isOverloaded
            try? await Loop.sleep(for: min(.seconds(20), max(.seconds(2), (Loop.now - begin) * 10)))
        }
    }
}
