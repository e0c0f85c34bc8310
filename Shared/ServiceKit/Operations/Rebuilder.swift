import EventLoop
import FoundationEssentials
import HTTP
import Kafka
import Messaging
import Postgres
import Telemetry

/// Rebuilds the service's read models when an operator asks for it, and keeps the record of it in a table.
@Loop
final class Rebuilder {
    private let context: ServiceContext
    private let make: (@Loop () -> Rebuild)?
    private var task: Task<Void, Never>?
    /// What is known of lives, as the consumer knows it.
    var lives = SourceLives()

    init(
        _ context: ServiceContext, _ definition: any ServiceDefinition.Type, _ subscriptions: Subscriptions?,
        _ options: ServiceOptions
    ) {
        self.context = context
        guard let plan = definition.rebuildPlan, let subscriptions else {
            make = nil
            return
        }
        make = {
            Rebuild(
                plan, subscriptions, service: definition.name, migrations: definition.migrations, kafka: options.kafka,
                postgres: options.postgres)
        }
    }

    /// Begins in the background and answers the number under which the record is kept.
    func begin(_ order: RebuildOrder, by actor: String) async throws -> Int {
        guard let make else {
            throw Problem(
                status: .conflict, detail: "This service has no tables that follow from the topics alone.")
        }
        guard task == nil else { throw Problem(status: .conflict, detail: "A rebuild is under way.") }
        let reason = try FieldCheck.text(order.reason, "reason", atMost: 1000)
        let id: Int = try await context.query(RebuildStore.begin, actor, reason).first?.value(0) ?? 0
        let rebuild = make()
        rebuild.lives = lives
        task = Task { @Loop in
            await self.run(rebuild, id, order)
            self.task = nil
        }
        return id
    }

    private func run(_ rebuild: Rebuild, _ id: Int, _ order: RebuildOrder) async {
        let observer = Task { @Loop in
            while (try? await Loop.sleep(for: .milliseconds(500))) != nil {
                _ = try? await context.query(RebuildStore.progress, id, rebuild.messages, rebuild.expected)
            }
        }
        var (state, json, failure) = ("done", SQLJSON?.none, String?.none)
        do {
            let outcome = try await rebuild.run(isSwapping: order.swap ?? true, isForced: order.force ?? false)
            json = SQLJSON(Array(try JSONEncoder().encode(outcome)))
        } catch {
            (state, failure) = ("failed", "\(error)")
            context.log.error("the rebuild failed: \(error)")
        }
        observer.cancel()
        _ = await observer.value
        _ = try? await context.query(RebuildStore.progress, id, rebuild.messages, rebuild.expected)
        do {
            _ = try await context.query(RebuildStore.end, id, state, json, failure)
        } catch {
            context.log.error("the end of a rebuild was not written down: \(error)")
        }
    }

    /// The latest rebuilds, each in JSON.
    func list() async throws -> [String] {
        _ = try await context.query(RebuildStore.abandon)
        return try await context.query(RebuildStore.list).map { try $0.value(0) }
    }

    /// Ends what is under way; the live tables stay as they are.
    func stop() async {
        task?.cancel()
        await task?.value
    }

    var routes: [Route] {
        [
            Route(
                .get, "/v1/ops/rebuilds", "The latest rebuilds of read models", tag: "operations", access: .operate,
                gives: .json(.items(rebuild))
            ) {
                [unowned self] _ in
                .items(try await list())
            },
            Route(
                .post, "/v1/ops/rebuilds",
                "Builds the read models anew from the topics, compares them with the live ones, and swaps them where they are equal",
                tag: "operations", access: .operate, body: .json(RebuildOrder.schema),
                gives: .json(.object([.init("id", .integer())]), .accepted), refuses: [409]
            ) { [unowned self] request in
                let order = try await request.model(RebuildOrder.self)
                let id = try await begin(order, by: request.actor(for: try order.checkedActor()))
                return .stored("{\"id\":\(id)}", status: .accepted)
            },
        ]
    }
}

/// An operator's order to rebuild.
struct RebuildOrder: Decodable {
    let actor: String?
    let reason: String?
    let swap: Bool?
    let force: Bool?

    static let schema = Schema.object([
        .init("actor", .string, required: false, "On whose behalf"),
        .init("reason", .string, required: false, "Why"),
        .init("swap", .boolean, required: false, "False to compare only"),
        .init("force", .boolean, required: false, "True to swap even where the hashes differ"),
    ])

    func checkedActor() throws -> String? { try FieldCheck.text(actor, "actor", atMost: 200) }
}

private let rebuild = Schema.named(
    "Rebuild",
    .object([
        .init("id", .integer()), .init("state", .string), .init("actor", .nullable(.string)),
        .init("reason", .nullable(.string)), .init("startedAt", .dateTime), .init("finishedAt", .nullable(.dateTime)),
        .init("messages", .nullable(.integer())), .init("expected", .nullable(.integer())), .init("outcome", .any),
        .init("error", .nullable(.string)),
    ]))
