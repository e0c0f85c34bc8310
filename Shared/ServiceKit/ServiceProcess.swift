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
    private let footing: Footing
    let troubles: Troubles
    private let database: DatabaseWatch
    private let broker: BrokerWatch
    let work: WorkWatch
    private let context: ServiceContext
    private let parts: ServiceParts
    let consumer: ConsumerRunner?
    private let relay: Relay
    private let timers: TimerRunner
    /// Ends sessions of processes of this service that are frozen.
    private let watch: SessionWatch
    let life: LifeStart
    private let height: SchemaHeight
    private let letters: DeadLetters
    private let rebuilder: Rebuilder
    private let reconciler: Reconciler
    /// Finds who asks.
    public let credentials: Credentials
    let surface: HTTPSurface
    private let handover = Handover.take()
    private var server: HTTPServer?
    private var background: [Task<Void, Never>] = []
    /// What the start waits for; nil once the work has begun.
    var awaited: String? = "its turn"
    /// Whether another schema speaks for this service, or this one went back.
    private var isDeposed = false
    /// Whether the work has begun, be it that requests are not answered yet.
    var hasBegun: Bool { awaited == nil }
    var isStopping = false
    private let figures = ServiceFigures()

    /// Puts a service together.
    public init(_ definition: any ServiceDefinition.Type, _ options: ServiceOptions, _ settings: Settings) throws {
        self.options = options
        if let address = handover.address { try options.checkToken(for: address, "the socket that is handed over") }
        name = definition.name
        let log = Log(service: definition.name)
        credentials = Credentials(
            token: options.token, keys: options.keys,
            isLoopback: ServiceOptions.isLoopback(handover.address ?? options.address), log)
        surface = HTTPSurface(credentials, options.limits, log)
        let pool = PostgresPool(options.postgres.named("pool"), size: options.poolSize)
        troubles = Troubles(log)
        footing = Footing(
            service: definition.name, pool: pool, kafka: options.kafka,
            migrations: (MessagingSchema.migrations + definition.migrations).map(\.name), troubles: troubles)
        context = ServiceContext(pool: pool, log: log, settings: settings)
        parts = try definition.compose(context)
        if let tokens = context.known(PersonTokens.self) {
            credentials.take(persons: { try tokens.principal(of: $0) })
        }
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
        reconciler = Reconciler(pool, options.kafka, definition)
        consumer = subscriptions.map { subscriptions in
            ConsumerRunner(
                subscriptions, group: definition.name, kafka: options.kafka, postgres: options.postgres,
                instance: options.instance)
        }
        database = DatabaseWatch(options.postgres, troubles)
        broker = BrokerWatch(options.kafka, troubles)
        work = WorkWatch(troubles, database, pool, consumer, relay, timers, watch)
        life = LifeStart(definition, options, parts, pool, troubles)
        height = SchemaHeight(group: definition.name)
        surface.isOpen = false
        surface.isIncomplete = { [life] in life.isIncomplete }
        connectParts(log)
        consumer?.onBatch = { [figures] in figures.batch.observe($0.seconds) }
    }

    private func connectParts(_ log: Log) {
        let committed: @Loop () -> Void = { [relay, timers] in
            relay.wake()
            timers.wake()
        }
        context.onCommit = committed
        life.onCommit = committed
        life.onDeposed = { [weak self] words in self?.fallSilent(words) }
        height.onBack = { [weak self] fall in self?.fallSilent("\(fall)") }
        context.pool.onOpen = { [height] in try await height.check($0) }
        consumer?.height = height
        relay.height = height
        consumer?.lives = life.lives
        letters.lives = life.lives
        reconciler.lives = life.lives
        rebuilder.lives = life.lives
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
        // Each repetition; that it lasts is a trouble, which is told once.
        consumer?.onProblem = { log.debug($0) }
        relay.onProblem = { log.debug($0) }
        timers.onProblem = { log.debug($0) }
        watch.onProblem = { log.warning($0) }
    }

    /// Starts everything; when it returns, the work has begun. Requests are answered from the beginning, so that whoever asks hears
    /// what it waits for; but not while another process does whose place this one takes.
    public func start() async throws {
        if !handover.waitsUntilReady { try serve() }
        database.start()
        try broker.start()
        background.append(Task { @Loop in await self.tellTroubles() })
        if let keys = credentials.keys { background.append(Task { @Loop in await keys.watch() }) }
        awaited = "the database"
        try await footing.database()
        try await life.look()
        for prepare in parts.prepares { try await prepare() }
        watch.start()
        awaited = "the broker"
        try await footing.topics()
        try await speak()
        awaited = nil
        surface.isOpen = !isDeposed
        if handover.waitsUntilReady {
            while !whatIsMissing().isEmpty { try await Loop.sleep(for: .milliseconds(20)) }
            try serve()
            handover.tellReady()
        }
        context.log.info("ready", ["address": "\(options.tls == nil ? "http" : "https")://\(options.address):\(port)"])
    }

    /// Begins to publish, to apply and to act, each when this schema may.
    private func speak() async throws {
        awaited = "its life"
        let own = try await life.judge()
        guard !isDeposed else { return }
        context.life = own
        relay.life = own
        timers.life = own
        parts.intents?.life = own
        background.append(Task { @Loop in await self.watchHeight() })
        relay.start()
        try consumer?.start()
        awaited = "what lies before its life"
        try await life.complete(own)
        guard !isDeposed else { return }
        timers.start()
        startBackground()
    }

    /// As long as another process may work at other parts of the schema.
    private func watchHeight() async {
        while !Task.isCancelled, !isStopping {
            try? await height.look(context.pool)
            try? await Loop.sleep(for: .seconds(1))
        }
    }

    /// This schema does not speak for the service any more, or is not what it was: publishes, applies and does nothing any more, and says so.
    private func fallSilent(_ words: String) {
        guard !isDeposed, !isStopping else { return }
        isDeposed = true
        surface.isOpen = false
        troubles.begin(.otherLife, words, times: 1)
        relay.fallSilent()
        for task in background { task.cancel() }
        Task { @Loop [consumer, timers] in
            await timers.stop()
            await consumer?.stop()
        }
    }

    private func startBackground() {
        let pruner = Pruner(context.pool)
        let pruning = SteadyWork(context.log, every: .seconds(60), failing: "what is too old was not deleted")
        let all =
            parts.background + [
                {
                    await pruning.run {
                        try await pruner.prune()
                        return false
                    }
                },
                { [context] in
                    let ended = EndedLives(
                        group: self.name, lives: self.life.lives, pool: context.pool, orphans: self.parts.orphans)
                    let ending = SteadyWork(context.log, every: .seconds(5), failing: "what ended lives told stays")
                    await ending.run { try await ended.look() }
                },
                { await self.life.watchLateWords(self.relay) },
                { [context] in
                    let noting = SteadyWork(
                        context.log, every: .seconds(60), failing: "how far topics were looked through is not noted")
                    await noting.run {
                        try await self.life.noteEnds(self.relay)
                        return false
                    }
                },
                { await self.measureOutbox() },
                { await self.measureDeadLetters() },
            ]
        for work in all {
            background.append(Task { @Loop [troubles] in await Troubles.$current.withValue(troubles) { await work() } })
        }
    }

    private func serve() throws {
        let routes =
            parts.routes
            + parts.audited(
                healthRoutes + operationsRoutes(context, letters, options.kafka) + rebuilder.routes
                    + heldRoutes(context, parts) + reconciler.routes, context)
        let document = OpenAPI.document(title: "Rapport \(name)", version: "1", routes: routes)
        let topics = AsyncAPI.document(service: name, receiving: parts.subscriptions.types)
        let descriptions = [
            described("/openapi.json", "This description", document),
            described("/asyncapi.json", "The description of its topics", topics),
        ]
        let log = context.log
        let router = Router(
            routes + descriptions, middleware: surface.middleware(log),
            onError: { [database] error, request in
                database.met(error)
                guard Self.isFault(error) else { return }
                // The route and not the path, which may have a signed link in it.
                log.error("request failed", ["path": request.route?.path ?? "unknown", "error": "\(error)"])
            })
        let tls = try options.tls.map { try TLSContext.server(certificate: $0.certificate, key: $0.key) }
        if let tls, let files = options.tls {
            let watch = CertificateWatch(tls, [files.certificate, files.key], log)
            background.append(Task { @Loop in await watch.run() })
        }
        server = try HTTPServer(
            address: options.address, port: options.port, router: router,
            limits: options.limits.server.withinDescriptors(), tls: tls, socket: handover.socket)
    }

    /// Whether an error of a request is a fault of this program or its schema, and not of what it stands on, which is told by itself.
    private static func isFault(_ error: any Error) -> Bool {
        guard let error = error as? PostgresError else { return !(error is PoolExhausted) }
        return error.verdict == .permanent || error.sqlState.hasPrefix("42")
    }

    private func described(_ path: String, _ summary: String, _ document: [UInt8]) -> Route {
        Route(.get, path, summary, tag: "operations", access: .watch, gives: .json(.any)) { _ in
            Response(.ok, bytes: document, contentType: "application/json")
        }
    }

    /// Stops in order: no new requests, the batch under way, timers, background work, what waits in the outbox, the connections. The
    /// consumer leaves its group at once, so that another process goes on while requests end here; the relay leads until all that could
    /// write has ended. Background work has eight seconds to settle what it has begun; what waits for a database that does not answer is
    /// given up then.
    public func stop() async {
        isStopping = true
        life.isStopping = true
        troubles.isSilent = true
        database.stop()
        broker.stop()
        let consuming = Task { @Loop [consumer] in await consumer?.stop() }
        let patience = Loop.after(.seconds(8)) { [context] in context.pool.close() }
        defer { patience.cancel() }
        for task in background { task.cancel() }
        let settled = Task { @Loop [background] in
            try? await Loop.withDeadline(.seconds(8)) { for task in background { await task.value } }
        }
        await server?.stop(within: .seconds(5))
        await timers.stop()
        await rebuilder.stop()
        await consuming.value
        await settled.value
        await relay.stop()
        await life.stop()
        watch.stop()
        context.pool.close()
        context.log.info("stopped")
    }

    private func tellTroubles() async {
        await work.run { [figures] in figures.takeHold() }
    }

    /// Keeps the gauges that need a look every second or so; less often where a look takes long by itself, and not for having waited for a
    /// database that was away.
    private func measureOutbox() async {
        let refused = ConnectionLog(context.log)
        while !Task.isCancelled, !isStopping {
            let begin = Loop.now
            try? await relay.measure(context.pool)
            figures.update(consumer, relay, timers, context.pool)
            if let server {
                figures.show(server)
                refused.look(refused: server.rejectedConnections, cut: server.cutConnections)
            }
            figures.ended.advance(to: watch.statistics.ended)
            figures.strange.set(watch.strangers.count)
            surface.isOverloaded = relay.statistics.oldestAge > 60
            consumer?.isHeld = surface.isOverloaded
            let took = Loop.now - begin
            try? await Loop.sleep(for: max(.seconds(1), took < .seconds(1) ? took * 10 : .zero))
        }
    }

    /// The same of what may be very many.
    private func measureDeadLetters() async {
        while !Task.isCancelled, !isStopping {
            let begin = Loop.now
            var pause = Duration.seconds(2)
            if let held = try? await context.rows(HeldStore.count).first { figures.held.set(Double(held)) }
            if let open = try? await letters.open() {
                figures.show(deadLetters: open)
                pause = min(.seconds(60), max(pause, (Loop.now - begin) * 100))
            }
            try? await Loop.sleep(for: pause)
        }
    }
}
