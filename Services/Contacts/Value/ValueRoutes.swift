import EventLoop
import HTTP
import Postgres
import ServiceKit

@Loop
func valueRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .get, "/v1/parties/{id}/value", "What a party is worth: sums by currency, and fifths of the base",
            tag: "value",
            answers: [200, 404]
        ) { request in
            let rows = try await context.query(ValueStore.get, try request.id())
            return jsonResponse("{\"values\":\(try rows.first?.value(0) ?? "[]")}")
        }
    ]
}
