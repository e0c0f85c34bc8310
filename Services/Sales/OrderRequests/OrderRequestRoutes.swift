import EventLoop
import HTTP
import Postgres
import ServiceKit

extension Capability {
    /// What the ERP was asked for.
    static let orderRequests = Capability(
        "order-requests", "what the ERP was asked for", statements: OrderRequestStore.statements
    ) { context in
        CapabilityParts(
            routes: orderRequestRoutes(context), timers: [OrderRequestHandlers.timer: OrderRequestHandlers.overdue])
    }
}

@Loop
func orderRequestRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .get, "/v1/order-requests", "What the ERP was asked for, newest first", tag: "quotes", access: .read,
            parameters: Route.Parameter.paging + [
                .query("status", .enumeration(["requested", "ordered"]), "Only those of a status")
            ], gives: .json(.page(of: shownRequest))
        ) { request in
            let rows = try await context.query(
                OrderRequestStore.page, request.pageAfter, request.query("status"), request.pageLimit)
            return try .page(byID: rows, limit: request.pageLimit)
        },
        Route(
            .get, "/v1/order-requests/{id}", "One order request", tag: "quotes", access: .read,
            gives: .json(shownRequest)
        ) {
            request in
            let id = try request.id()
            guard let row = try await context.query(OrderRequestStore.get, id).first else {
                throw Problem.missing("order request", id)
            }
            return .stored(try row.value(0), version: try row.value(1))
        },
    ]
}

private let shownRequest = Schema.named(
    "OrderRequest",
    .object([
        .init("id", .uuid), .init("version", .integer()), .init("quoteId", .uuid), .init("partyId", .uuid),
        .init("status", .enumeration(["requested", "ordered"])), .init("orderId", .nullable(.string)),
        .init("requestedAt", .dateTime), .init("orderedAt", .nullable(.dateTime)),
    ]))
