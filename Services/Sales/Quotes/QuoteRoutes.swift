import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

extension Capability {
    /// Offers; with one that is accepted the ERP is asked for an order.
    static let quotes = Capability("quotes", "offers", statements: QuoteStore.statements) { context in
        let answerTime = Setting<Int>(
            "ORDER_ANSWER_SECONDS", default: 86_400, help: "how long the ERP may take to answer an order request")
        return CapabilityParts(routes: quoteRoutes(context, answerTime: try context.settings.value(answerTime)))
    }
}

@Loop
func quoteRoutes(_ context: ServiceContext, answerTime: Int) -> [Route] {
    [
        Route(
            .post, "/v1/opportunities/{id}/quotes", "Creates a quote", tag: "quotes", access: .change,
            body: .json(quoteSchema), gives: .json(.made, .created), refuses: [409, 422]
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
            access: .read,
            parameters: Route.Parameter.paging, gives: .json(.page(of: shownQuote))
        ) { request in
            let rows = try await context.query(
                QuoteStore.ofOpportunity, try request.id(), request.pageAfter, request.pageLimit)
            return try .page(byID: rows, limit: request.pageLimit)
        },
        Route(.get, "/v1/quotes/{id}", "One quote", tag: "quotes", access: .read, gives: .json(shownQuote)) { request in
            let id = try request.id()
            guard let row = try await context.query(QuoteStore.get, id).first else {
                throw Problem.missing("quote", id)
            }
            return .stored(try row.value(0), version: try row.value(1))
        },
        Route(
            .post, "/v1/quotes/{id}/accept", "Accepts a quote and asks the ERP for an order", tag: "quotes",
            access: .change, gives: .json(.made, .created), refuses: [409]
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

private let shownQuote = Schema.named(
    "Quote",
    .object([
        .init("id", .uuid), .init("version", .integer()), .init("opportunityId", .uuid),
        .init("status", .enumeration(["draft", "accepted"])), .init("currency", .string), .init("total", .amount),
        .init("createdAt", .dateTime), .init("updatedAt", .dateTime),
        .init(
            "orderRequest",
            .nullable(
                .object([.init("id", .uuid), .init("status", .string), .init("orderId", .nullable(.string))]))),
        .init(
            "lines",
            .array(
                .object([
                    .init("sku", .string), .init("name", .string), .init("quantity", .amount),
                    .init("unitPrice", .amount), .init("discountPercent", .amount), .init("netPrice", .amount),
                    .init("total", .amount),
                ]))),
    ]))
