import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit

@Loop
func consentRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .get, "/v1/parties/{id}/consents", "What a party allows", tag: "consent", access: .read,
            parameters: [.path("id", .uuid, "The party")],
            gives: .json(.object([.init("items", .array(consentSchema))]))
        ) { request in
            let rows = try await context.query(ConsentStore.get, try request.id())
            return .stored("{\"items\":\(try rows.first?.value(0) ?? "[]")}")
        },
        Route(
            .put, "/v1/parties/{id}/consents", "Records a decision of the party", tag: "consent", access: .change,
            parameters: [.path("id", .uuid, "The party")],
            body: .json(
                .object([
                    .init("channel", .enumeration(ConsentDecision.channels)),
                    .init("purpose", .enumeration(ConsentDecision.purposes)), .init("granted", .boolean),
                    .init("source", .string, required: false, "Where it was said; `api` unless given"),
                    .init("proof", .string, required: false, "What shows it"),
                ])), gives: .json(.object([.init("items", .array(consentSchema))]))
        ) { request in
            let id = try request.id()
            let decision = try await request.model(ConsentInput.self).checked(id)
            let rows = try await context.transaction { transaction in
                guard try await !transaction.rows(PartyStore.get, id).isEmpty else {
                    throw Problem.missing("party", id)
                }
                Outbox.carryTrace(in: transaction)
                ConsentCommands.record([decision], transaction)
                return try await transaction.query(ConsentStore.get, id)
            }
            return .stored("{\"items\":\(try rows.first?.value(0) ?? "[]")}")
        },
        Route(
            .get, "/v1/parties/{id}/consents/decisions", "Every decision with source, time and proof, newest first",
            tag: "consent", access: .read,
            parameters: [
                .path("id", .uuid, "The party"),
                .query("limit", .integer(1...200), "How many at most; 50 unless given"),
                .query("after", .integer(1...Int.max), "The `next` of the page before"),
            ], gives: .json(.object([.init("items", .array(decisionSchema)), .init("next", .nullable(.string))]))
        ) { request in
            let rows = try await context.query(
                ConsentStore.decisions, try request.id(), request.query("after", as: Int.self), request.pageLimit)
            let next = try rows.last.map { "\(try $0.value(1) as Int)" }
            return .page(try rows.map { try $0.value(0) as String }, limit: request.pageLimit, next: next)
        },
    ]
}

private let consentSchema = Schema.object([
    .init("channel", .string), .init("purpose", .string), .init("granted", .boolean), .init("source", .string),
    .init("decidedAt", .dateTime),
])

private let decisionSchema = Schema.object([
    .init("id", .integer()), .init("partyId", .uuid, "The party that decided, merged since or not"),
    .init("channel", .string), .init("purpose", .string), .init("granted", .boolean), .init("source", .string),
    .init("proof", .nullable(.string)), .init("decidedAt", .dateTime),
])

private struct ConsentInput: Decodable {
    let channel: String
    let purpose: String
    let granted: Bool
    let source: String?
    let proof: String?

    func checked(_ party: UUID) throws -> ConsentDecision {
        _ = try FieldCheck.word(channel, "channel", of: ConsentDecision.channels)
        _ = try FieldCheck.word(purpose, "purpose", of: ConsentDecision.purposes)
        return ConsentDecision(
            party: party, channel: channel, purpose: purpose, granted: granted,
            source: try FieldCheck.text(source, "source", atMost: 200) ?? "api",
            proof: try FieldCheck.text(proof, "proof", atMost: 2000))
    }
}
