import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

@Loop
func timelineRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .get, "/v1/parties/{id}/timeline", "Every touch of a party, newest first", tag: "timeline",
            parameters: [
                .query("before", .dateTime, "Only what was before this time"),
                .query("limit", .integer(1...500), "How many at most; 100 unless given"),
            ], answers: [200, 400]
        ) { request in
            let limit = request.query("limit", as: Int.self) ?? 100
            var before = Date(timeIntervalSince1970: 32_503_680_000)
            if let text = request.query("before") {
                guard let date = RFC3339.date(text) else {
                    throw Problem.field("before", "must be a time such as 2010-12-01T08:26:00Z")
                }
                before = date
            }
            let rows = try await context.query(TimelineStore.page, try request.id(), before, limit)
            return jsonResponse("{\"items\":\(try rows.first?.value(0) ?? "[]")}")
        }
    ]
}
