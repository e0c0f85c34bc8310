import Crypto
import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

@Loop
func messageRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(.get, "/v1/messages/{id}", "One message", tag: "messages", answers: [200, 404]) { request in
            let id = try request.id()
            guard let row = try await context.query(MessageStore.get, id).first else {
                throw Problem(status: .notFound, detail: "There is no message \(id).")
            }
            return jsonResponse(try row.value(0))
        },
        Route(
            .get, "/v1/messages", "A recipient's messages, newest first", tag: "messages",
            parameters: [
                .query("recipient", .uuid, required: true, "The party"),
                .query("limit", .integer(1...200), "How many at most; 50 unless given"),
                .query("after", .string, "The cursor of the page before"),
            ], answers: [200, 400]
        ) { request in
            guard let recipient = request.query("recipient").flatMap({ UUID(text: $0) }) else {
                throw Problem.field("recipient", "must be a UUID")
            }
            let limit = request.pageLimit
            let after = try TimeCursor(request.query("after"))
            let rows = try await context.query(MessageStore.page, recipient, after.at, after.id, limit)
            return try .page(byTime: rows, limit: limit)
        },
    ]
}
