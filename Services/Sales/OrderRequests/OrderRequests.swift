import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import Messaging
import ServiceKit

extension Capability {
    /// What the ERP was asked for.
    static let orderRequests = Capability(
        "order-requests", "what the ERP was asked for", migrations: [OrderRequestSchema.newest],
        statements: OrderRequestStore.statements, standings: [.own("order_request"), .fact("order_answer")]
    ) { context in
        let requests = Resource.orderRequests
        let answerTime = try context.settings.value(OrderRequestCommands.answerTime)
        // Timers are not set while a life looks at what was before it: the ERP's time to answer then is set once, behind that.
        let winding = SteadyWork(context.log, every: .seconds(300), failing: "nobody waits for the ERP's answers")
        return CapabilityParts(
            routes: [
                requests.newest(
                    "What the ERP was asked for, newest first",
                    filters: [.query("status", .enumeration(statuses), "Only those of a status")]
                ) { request, after in
                    try await context.rows(
                        OrderRequestStore.page, request.query("status"), after.at, after.id, request.pageLimit)
                },
                requests.one(context),
            ], timers: [OrderRequestHandlers.timer: OrderRequestHandlers.overdue],
            intents: [WaitingRequests.kind],
            background: [
                {
                    await winding.run {
                        _ = try await context.rows(OrderRequestStore.wind, OrderRequestHandlers.timer, answerTime)
                        return false
                    }
                }
            ], recovers: { OrderRequestRecovery.recover(&$0) },
            tellsAgain: { keys, transaction in
                // Never told again: the ERP is asked once.
                Set(try await transaction.rows(OrderRequestStore.known, keys.compactMap { UUID(text: $0) }).map(\.text))
            })
    }
}

extension Resource {
    /// Order requests over HTTP.
    static let orderRequests = Resource(
        "order request", at: "/v1/order-requests", tag: "quotes", schema: shownRequest, get: OrderRequestStore.get)
}

private let statuses = ["requested", "ordered"]
private let shownRequest = Schema.named(
    "OrderRequest",
    .object([
        .init("id", .uuid), .init("version", .integer()), .init("quoteId", .uuid), .init("partyId", .uuid),
        .init("status", .enumeration(statuses)), .init("orderId", .nullable(.string)),
        .init("requestedAt", .dateTime), .init("orderedAt", .nullable(.dateTime)),
    ]))
