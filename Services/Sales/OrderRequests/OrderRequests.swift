import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import Messaging
import ServiceKit
import Telemetry

extension Capability {
    /// What the ERP was asked for.
    static let orderRequests = Capability(
        "order-requests", "what the ERP was asked for", migrations: OrderRequestSchema.migrations,
        statements: OrderRequestStore.statements, standings: [.own("order_request"), .fact("order_answer")]
    ) { context in
        let requests = Resource.orderRequests
        let answerTime = try context.settings.value(OrderRequestCommands.answerTime)
        // Timers are not set while a life looks at what was before it: the ERP's time to answer then is set once, behind that.
        let counting = SteadyWork(
            context.log, every: .seconds(30), failing: "unanswered order requests are not counted")
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
                },
                {
                    await counting.run {
                        let count = try await context.rows(OrderRequestStore.unanswered, answerTime).first ?? 0
                        Metrics.shared.gauge(
                            "crm_order_requests_unanswered",
                            help: "Order requests that the ERP has not answered in its time"
                        ).set(Double(count))
                        return false
                    }
                },
            ],
            listen: {
                // What the ERP is asked for tells of the person.
                $0.on(PartyErased.self) { events, transaction in
                    transaction.enqueue(OrderRequestStore.close, events.map(\.data.partyId))
                }
            }, recovers: { OrderRequestRecovery.recover(&$0) },
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

private let statuses = ["requested", "ordered", "changed", "cancelled", "refused"]
private let shownRequest = Schema.named(
    "OrderRequest",
    .object([
        .init("id", .uuid), .init("version", .integer()), .init("quoteId", .uuid), .init("partyId", .uuid),
        .init("status", .enumeration(statuses)), .init("orderId", .nullable(.string)),
        .init("source", .nullable(.string), "The ERP that made the order"),
        .init("reason", .nullable(.string), "Why it was refused, and what is to be mended"),
        .init("requestedAt", .dateTime), .init("orderedAt", .nullable(.dateTime)),
        .init("settledAt", .nullable(.dateTime), "When its state changed last"),
    ]))
