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
            let limit = request.query("limit", as: Int.self) ?? 50
            let after = try TimeCursor(request.query("after"))
            let rows = try await context.query(MessageStore.page, recipient, after.at, after.id, limit)
            let items = try rows.map { try $0.value(0) as String }.joined(separator: ",")
            var next = "null"
            if rows.count == limit, let last = rows.last {
                next = "\"\(try TimeCursor(at: last.value(1), id: last.value(2)).text)\""
            }
            return jsonResponse("{\"items\":[\(items)],\"next\":\(next)}")
        },
    ]
}

/// Where a page of what is sorted by time ended.
private struct TimeCursor {
    var at = Date(timeIntervalSince1970: 32_503_680_000)
    var id = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))

    init(at: Date, id: UUID) {
        self.at = at
        self.id = id
    }

    init(_ text: String?) throws {
        guard let text else { return }
        guard let data = Data(base64Encoded: text), data.count > 36,
            let id = UUID(text: String(decoding: data.prefix(36), as: UTF8.self)),
            let at = RFC3339.date(String(decoding: data.dropFirst(36), as: UTF8.self))
        else { throw Problem.field("after", "must be the `next` of the page before") }
        self.id = id
        self.at = at
    }

    var text: String { Data((id.text + RFC3339.string(at)).utf8).base64EncodedString() }
}
