import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit

extension Capability {
    /// Offers; with one that is accepted the ERP is asked for an order.
    static let quotes = Capability(
        "quotes", "offers", migrations: [QuoteSchema.recovered, QuoteSchema.taxes], statements: QuoteStore.statements,
        standings: [.own("quote"), .own("quote_line")]
    ) { context in
        let answerTime = try context.settings.value(OrderRequestCommands.answerTime)
        let looking = SteadyWork(
            context.log, every: .seconds(300), failing: "order requests that were never told are not held")
        return CapabilityParts(
            routes: quoteRoutes(context, answerTime: answerTime),
            background: [{ await looking.run { try await UnaskedRequests.look(context) } }],
            recovers: { QuoteRecovery.recover(&$0) },
            tellsAgain: { keys, transaction in
                // What was told of one stays so: accepted once, and what a draft holds is in no event.
                Set(try await transaction.rows(QuoteStore.known, keys.compactMap { UUID(text: $0) }).map(\.text))
            },
            releases: [
                UnaskedRequests.kind: { try await UnaskedRequests.release($0, answerTime: answerTime, in: $1) }
            ], discards: [UnaskedRequests.kind: { try await UnaskedRequests.discard($0, in: $1) }])
    }
}

extension Resource {
    /// Quotes over HTTP.
    static let quotes = Resource("quote", at: "/v1/quotes", schema: shownQuote, get: QuoteStore.get)
}

@Loop
private func quoteRoutes(_ context: ServiceContext, answerTime: Int) -> [Route] {
    let (quotes, parent) = (Resource.quotes, "\(Resource.opportunities.path)/{id}/quotes")
    return [
        Route(
            .post, parent, "Creates a quote", tag: quotes.tag, access: .change,
            parameters: [.path("id", .uuid), .idempotencyKey], body: QuoteInput.input.body,
            takes: QuoteInput.input.takes,
            gives: .json(.made, .created), refuses: [409, 422]
        ) { request in
            let (id, quote) = (try request.id(), try await QuoteInput.input.read(request))
            return try await context.create(request) { transaction in
                try .made(await QuoteCommands.create(for: id, quote, in: transaction), at: quotes.path)
            }
        },
        Route(
            .get, parent, "The quotes of an opportunity, newest first", tag: quotes.tag, access: .read,
            parameters: [.path("id", .uuid)] + Route.Parameter.paging,
            gives: .json(.page(of: quotes.schema, next: .uuid))
        ) { request in
            .page(
                byID: try await context.rows(
                    QuoteStore.ofOpportunity, try request.id(), request.pageAfter, request.pageLimit),
                limit: request.pageLimit)
        },
        quotes.one(context),
        Route(
            .post, "\(quotes.path)/{id}/accept", "Accepts a quote and asks the ERP for an order", tag: quotes.tag,
            access: .change, parameters: [.path("id", .uuid), .idempotencyKey], gives: .json(.made, .created),
            refuses: [409, 422]
        ) { request in
            let id = try request.id()
            return try await context.create(request) { transaction in
                try .made(
                    await QuoteCommands.accept(id, answerTime: answerTime, in: transaction),
                    at: Resource.orderRequests.path)
            }
        },
    ]
}

private let shownQuote = Schema.named(
    "Quote",
    .object([
        .init("id", .uuid), .init("version", .integer()), .init("opportunityId", .uuid),
        .init("status", .enumeration(["draft", "accepted"])), .init("currency", .string),
        .init("total", .amount, "Of the lines, without tax"), .init("tax", .amount),
        .init("totalWithTax", .amount), .init("validUntil", .nullable(.date), "The last day on which it is good"),
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
                    .init("total", .amount), .init("taxPercent", .amount), .init("tax", .amount),
                ]))),
    ]))
