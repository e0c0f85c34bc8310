import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

@Loop
func quoteRoutes(_ context: ServiceContext, answerTime: Int) -> [Route] {
    [
        Route(
            .post, "/v1/opportunities/{id}/quotes", "Creates a quote", tag: "quotes", body: .json(quoteSchema),
            answers: [201, 400, 404, 409, 422]
        ) { request in
            let id = try request.id()
            let quote = try await request.model(QuoteInput.self).checked()
            return try await context.create(request) { transaction in
                let made = try await QuoteCommands.create(
                    for: id, currency: quote.currency, quote.lines, in: transaction)
                return try .made(made, at: "/v1/quotes")
            }
        },
        Route(
            .get, "/v1/opportunities/{id}/quotes", "The quotes of an opportunity, newest first", tag: "quotes",
            parameters: Route.Parameter.paging, answers: [200, 400, 404]
        ) { request in
            let rows = try await context.query(
                QuoteStore.ofOpportunity, try request.id(), request.pageAfter, request.pageLimit)
            return try .page(byID: rows, limit: request.pageLimit)
        },
        Route(.get, "/v1/quotes/{id}", "One quote", tag: "quotes", answers: [200, 404]) { request in
            let id = try request.id()
            guard let row = try await context.query(QuoteStore.get, id).first else {
                throw Problem.missing("quote", id)
            }
            return .stored(try row.value(0), version: try row.value(1))
        },
        Route(
            .post, "/v1/quotes/{id}/accept", "Accepts a quote and asks the ERP for an order", tag: "quotes",
            answers: [201, 404, 409]
        ) { request in
            let id = try request.id()
            return try await context.create(request) { transaction in
                try .made(
                    await QuoteCommands.accept(id, answerTime: answerTime, in: transaction), at: "/v1/order-requests")
            }
        },
    ]
}

private let quoteSchema = Schema.object([
    .init("currency", .string),
    .init(
        "lines",
        .array(
            .object([
                .init("sku", .string), .init("name", .string, required: false), .init("quantity", .format("decimal")),
                .init("unitPrice", .format("decimal")), .init("discountPercent", .format("decimal"), required: false),
            ]))),
])
