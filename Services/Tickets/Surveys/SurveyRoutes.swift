import EventLoop
import HTTP
import Postgres
import ServiceKit

@Loop
func surveyRoutes(_ context: ServiceContext, _ surveys: Surveys) -> [Route] {
    [
        Resource.tickets.act(
            "resolve", "Resolves a ticket and asks for the customer's opinion", context, .nothing
        ) { id, _, transaction in
            let ticket = try await TicketCommands.resolve(id, in: transaction)
            try await surveys.request(about: ticket, in: transaction)
        },
        Route(
            .post, "/v1/surveys/{token}", "Takes a customer's answer in", tag: "surveys", access: .change,
            parameters: [.idempotencyKey], body: SurveyInput.input.body,
            gives: .json(.object([.init("score", .integer(1...5))]), .created), refuses: [409, 410, 422]
        ) { request in
            let token = request.path("token")
            let said = try await SurveyInput.input.read(request)
            return try await context.create(request) { transaction in
                try await surveys.answer(token, said, in: transaction)
                return try Response(.created, json: ["score": said.score])
            }
        },
    ]
}
