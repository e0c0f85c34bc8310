import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit

@Loop
func consentRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(.get, "/v1/parties/{id}/consents", "What a party allows", tag: "consent") { request in
            let rows = try await context.query(ConsentStore.get, try request.id())
            return jsonResponse("{\"items\":\(try rows.first?.value(0) ?? "[]")}")
        },
        Route(
            .put, "/v1/parties/{id}/consents", "Records a decision of the party", tag: "consent",
            body: .json(
                .object([
                    .init("channel", .string), .init("purpose", .string), .init("granted", .boolean),
                    .init("source", .string, required: false),
                ])), answers: [200, 400, 404]
        ) { request in
            let id = try request.id()
            let input = try await request.model(ConsentInput.self)
            try input.check()
            let rows = try await context.transaction { transaction in
                guard try await !transaction.query(PartyStore.lock, id).isEmpty else {
                    throw Problem(status: .notFound, detail: "There is no party \(id).")
                }
                Outbox.carryTrace(in: transaction)
                transaction.enqueue(
                    ConsentStore.decide, [id], [input.channel], [input.purpose], [input.granted], input.source ?? "api")
                return try await transaction.query(ConsentStore.get, id)
            }
            return jsonResponse("{\"items\":\(try rows.first?.value(0) ?? "[]")}")
        },
    ]
}

private struct ConsentInput: Decodable {
    let channel: String
    let purpose: String
    let granted: Bool
    let source: String?

    func check() throws {
        let channels = ["mail", "sms", "phone", "post"]
        guard channels.contains(channel) else {
            throw Problem.field("channel", "must be one of \(channels.joined(separator: ", "))")
        }
        guard ["marketing", "service", "profiling"].contains(purpose) else {
            throw Problem.field("purpose", "must be one of marketing, service, profiling")
        }
    }
}
