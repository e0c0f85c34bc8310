import EventLoop
import HTTP
import Postgres
import ServiceKit

@Loop
func surveyRoutes(_ context: ServiceContext, _ surveys: Surveys) -> [Route] {
    [
        Route(
            .post, "/v1/tickets/{id}/resolve", "Resolves a ticket and asks for the customer's opinion", tag: "tickets",
            access: .change, gives: .json(shownTicketWithThread), refuses: [409]
        ) { request in
            let id = try request.id()
            return try await context.create(request) { transaction in
                let (ticket, now) = try await TicketCommands.resolve(id, in: transaction)
                try await surveys.request(about: ticket, at: now, in: transaction)
                return try ticketResponse(try await transaction.query(TicketStore.get, id), id)
            }
        },
        Route(
            .post, "/v1/surveys/{token}", "Takes a customer's answer in", tag: "surveys", access: .change,
            body: .json(.object([.init("score", .integer(1...5)), .init("comment", .string, required: false)])),
            gives: .json(.object([.init("score", .integer(1...5))]), .created), refuses: [409, 410]
        ) { request in
            let token = request.path("token")
            let input = try await request.model(SurveyInput.self).checked()
            return try await context.create(request) { transaction in
                try await surveys.answer(token, input, in: transaction)
                return try Response(.created, json: ["score": input.score])
            }
        },
    ]
}
