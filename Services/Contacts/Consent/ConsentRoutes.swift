import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit

@Loop
func consentRoutes(_ context: ServiceContext, _ channels: Channels) -> [Route] {
    let deciding = deciding(channels)
    return [
        Route(
            .get, "/v1/parties/{id}/consents", "What a party allows", tag: "consent", access: .read,
            parameters: [.path("id", .uuid, "The party")],
            gives: .json(.items(consentSchema))
        ) { request in
            .items(try await context.rows(ConsentStore.get, try request.id()).first)
        },
        Route(
            .put, "/v1/parties/{id}/consents", "Records a decision of the party", tag: "consent", access: .change,
            parameters: [.path("id", .uuid, "The party")],
            body: deciding.body, gives: .json(.items(consentSchema))
        ) { request in
            let (id, said) = (try request.id(), try await deciding.read(request))
            return try await context.transaction { transaction in
                _ = try await Resource.parties.shown(id, in: transaction)
                Outbox.carryTrace(in: transaction)
                ConsentCommands.record([said.decision(of: id)], transaction)
                return .items(try await transaction.rows(ConsentStore.get, id).first)
            }
        },
        Route(
            .get, "/v1/parties/{id}/consents/decisions", "Every decision with source, time and proof, newest first",
            tag: "consent", access: .read,
            parameters: [
                .path("id", .uuid, "The party"),
                .query("limit", .integer(1...200), "How many at most; 50 unless given"),
                .query("after", .integer(1...Int.max), "The `next` of the page before"),
            ], gives: .json(.page(of: decisionSchema))
        ) { request in
            let rows = try await context.rows(
                ConsentStore.decisions, try request.id(), request.query("after", as: Int.self), request.pageLimit)
            return .page(rows.map(\.0), limit: request.pageLimit, next: rows.last.map { "\($0.1)" })
        },
    ]
}

private let consentSchema = Schema.object([
    .init("channel", .string), .init("purpose", .string), .init("granted", .boolean), .init("source", .string),
    .init("decidedAt", .nullable(.dateTime), "Null where the ERP said it and not when"),
])

private let decisionSchema = Schema.object([
    .init("id", .integer()), .init("partyId", .uuid, "The party that decided, merged since or not"),
    .init("channel", .string), .init("purpose", .string), .init("granted", .boolean), .init("source", .string),
    .init("proof", .nullable(.string)), .init("decidedAt", .dateTime),
])

private func deciding(_ channels: Channels) -> Input<ConsentInput> {
    Input<ConsentInput>(
        .json(
            .object([
                .init("channel", .enumeration(channels.names)),
                .init("purpose", .enumeration(ConsentDecision.purposes)), .init("granted", .boolean),
                .init("source", .string, required: false, "Where it was said; `api` unless given"),
                .init("proof", .string, required: false, "What shows it"),
            ]))
    ) { try await $0.model(ConsentInput.self).checked(channels) }
}

private struct ConsentInput: Decodable {
    let channel: String
    let purpose: String
    let granted: Bool
    var source: String?
    var proof: String?

    func checked(_ channels: Channels) throws -> ConsentInput {
        _ = try FieldCheck.word(channel, "channel", of: channels.names)
        _ = try FieldCheck.word(purpose, "purpose", of: ConsentDecision.purposes)
        var clean = self
        clean.source = try FieldCheck.text(source, "source", atMost: 200)
        clean.proof = try FieldCheck.text(proof, "proof", atMost: 2000)
        return clean
    }

    func decision(of party: UUID) -> ConsentDecision {
        ConsentDecision(
            party: party, channel: channel, purpose: purpose, granted: granted, source: source ?? "api", proof: proof)
    }
}
