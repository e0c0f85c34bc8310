import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres

/// What a life before may have done or not: listed, and released or discarded by a person. The same in all services.
@Loop
func heldRoutes(_ context: ServiceContext, _ parts: ServiceParts) -> [Route] {
    [
        Route(
            .get, "/v1/held", "Deeds of which nobody can know whether they were done, in order of their numbers",
            tag: "operations", access: .operate,
            parameters: [
                .query("state", .enumeration(["held", "released", "discarded", "any"]), "Held ones unless given"),
                .query("kind", .string, "Only those of a kind"),
                .query("after", .integer(0...Int.max), "The `next` of the page before"),
                .query("limit", .integer(1...500), "How many at most; 50 unless given"),
            ], gives: .json(.page(of: heldDeed))
        ) { request in
            let limit = request.pageLimit
            let state = request.query("state") ?? "held"
            let found = try await context.rows(
                HeldStore.list, state == "any" ? nil : state, try FieldCheck.text(request.query("kind"), "kind"),
                request.query("after", as: Int.self) ?? 0, limit)
            return .page(found.map(\.0), limit: limit, next: found.last.map { "\($0.1)" })
        },
        settling("release", as: "released", "Does what is held", context) { kind, deed, transaction in
            guard let release = parts.releases[kind] else {
                throw Problem(status: .conflict, detail: "This service no longer knows how to release a \(kind).")
            }
            try await release(deed, transaction)
        },
        settling("discard", as: "discarded", "Gives up what is held, and tells whoever asked for it", context) {
            kind, deed, transaction in
            try await parts.discards[kind]?(deed, transaction)
        },
    ]
}

/// `POST /v1/held/{id}/release` or `…/discard`: settles one, once.
@Loop
private func settling(
    _ word: String, as state: String, _ summary: String, _ context: ServiceContext,
    _ act: @escaping @Loop @Sendable (String, Held, Transaction) async throws -> Void
) -> Route {
    Route(
        .post, "/v1/held/{id}/\(word)", summary, tag: "operations", access: .operate,
        parameters: [.path("id", .integer(1...Int.max), "Its number")], body: .json(HeldOrder.schema), gives: .nothing,
        refuses: [404, 409]
    ) { request in
        let order = try await request.model(HeldOrder.self)
        let actor = request.actor(for: try FieldCheck.text(order.actor, "actor", atMost: 200))
        let reason = try FieldCheck.text(order.reason, "reason", atMost: 1000)
        guard let id = Int(request.path("id")) else { throw Problem.missing("held deed", request.path("id")) }
        try await context.transaction { transaction in
            guard let (id, kind, key, subject, payload, askedAt) = try await transaction.rows(HeldStore.take, id).first
            else { throw Problem.missing("held deed", "\(id)") }
            try await act(
                kind, Held(id: id, key: key, subject: subject, payload: payload, askedAt: askedAt), transaction)
            transaction.enqueue(HeldStore.settle, id, state, actor, reason)
        }
        return Response(.noContent)
    }
}

/// A person's decision.
private struct HeldOrder: Decodable {
    let actor: String?
    let reason: String?

    static let schema = Schema.object([
        .init("actor", .string, required: false, "On whose behalf"), .init("reason", .string, required: false, "Why"),
    ])
}

private let heldDeed = Schema.named(
    "HeldDeed",
    .object([
        .init("id", .integer()), .init("kind", .string), .init("key", .string), .init("subject", .string),
        .init("cause", .string), .init("askedAt", .dateTime), .init("heldAt", .dateTime), .init("state", .string),
        .init("settledAt", .nullable(.dateTime)), .init("actor", .nullable(.string)),
        .init("reason", .nullable(.string)),
    ]))
