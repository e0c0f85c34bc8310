import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import Telemetry

extension ServiceCommand {
    /// `new-epoch`: begins another life in a schema that is not the one that spoke last.
    @Loop
    static func beginLife(
        _ definition: any ServiceDefinition.Type, actor: String, reason: String, isForced: Bool = false
    ) async throws {
        let options = try ServiceOptions(service: definition.name, Settings())
        try await beginLife(definition, options, actor: actor, reason: reason, isForced: isForced)
    }

    /// Begins another life of a service, and tells of it. No process of the service may publish meanwhile; those that wait for it go on.
    ///
    /// - Parameters:
    ///   - actor: who asks for it.
    ///   - reason: why.
    ///   - isForced: whether one is begun though the schema fits its topics: one that was restored just now.
    @Loop
    public static func beginLife(
        _ definition: any ServiceDefinition.Type, _ options: ServiceOptions, actor: String, reason: String,
        isForced: Bool = false
    ) async throws {
        let log = Log(service: definition.name)
        let parts = try definition.compose(
            ServiceContext(pool: PostgresPool(options.postgres, size: 1), log: log, settings: Settings([:])))
        let session = try await PostgresConnection.open(options.postgres.named("new-epoch"))
        defer { session.close() }
        // Those who wait for the life end sessions that hold what they wait for and say nothing.
        session.holdsLocks = true
        let lives = SourceLives()
        let watch = SourceWatch(lives, kafka: options.kafka)
        try await watch.start()
        let keeper = LifeKeeper(
            "/\(definition.name)", telling: definition.tellsOn, hearing: parts.subscriptions.topics, store: session,
            kafka: options.kafka, lives: lives)
        let verdict = try await keeper.verdict()
        guard isForced || verdict.words != nil else {
            throw LifeRefused("this schema is the one that spoke last; there is nothing to begin")
        }
        try await keeper.begin(actor: actor, reason: reason, on: session)
        let life = try await keeper.current()
        log.notice(
            "a life was begun",
            [
                "epoch": life?.epoch ?? 0, "cause": life?.cause.rawValue ?? "", "because": verdict.words ?? "forced",
                "actor": actor, "reason": reason,
            ])
        await watch.stop()
    }
}
