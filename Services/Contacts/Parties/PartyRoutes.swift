import Crypto
import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

@Loop
func partyRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .post, "/v1/parties", "Creates a party", tag: "parties", body: .json(partySchema),
            answers: [201, 400, 422]
        ) { request in
            let input = try await request.model(PartyInput.self).checked()
            return try await context.create(request) { transaction in
                let party = try PartyCommands.create(input, in: transaction)
                return try Response(.created, json: Created(id: party.partyId, version: 1))
                    .with("location", "/v1/parties/\(party.partyId.text)").with("etag", "\"1\"")
            }
        },
        Route(.get, "/v1/parties/{id}", "One party", tag: "parties", answers: [200, 404]) { request in
            let id = try request.id()
            guard let row = try await context.query(PartyStore.get, id).first else {
                throw Problem(status: .notFound, detail: "There is no party \(id).")
            }
            return jsonResponse(try row.value(0)).with("etag", "\"\(try row.value(1) as Int)\"")
        },
        Route(
            .patch, "/v1/parties/{id}", "Changes the fields given", tag: "parties", body: .json(partySchema),
            answers: [200, 400, 404, 412, 428]
        ) { request in
            let id = try request.id()
            guard let match = request.headers["if-match"] else {
                throw Problem(
                    status: 428, detail: "Send If-Match with the ETag that you read, so that no change is lost.")
            }
            guard let version = Int(match.filter { $0 != "\"" }) else {
                throw Problem.field("If-Match", "must be an ETag of this party such as \"3\"")
            }
            let input = try await request.model(PartyInput.self).checked()
            let party = try await context.transaction { transaction in
                try await PartyCommands.change(id, seen: version, input, in: transaction)
            }
            return jsonResponse(party).with("etag", "\"\(version + 1)\"")
        },
        Route(
            .get, "/v1/parties", "Searches parties, or lists them by name", tag: "parties",
            parameters: [
                .query("search", .string, "Part of a name, a mail address, a phone number or an ERP number"),
                .query("limit", .integer(1...200), "How many at most; 50 unless given"),
                .query("after", .string, "The cursor of the page before"),
            ], answers: [200, 400]
        ) { request in
            let limit = request.query("limit", as: Int.self) ?? 50
            if let text = request.query("search"), !text.isEmpty {
                let found = try await PartyQueries.search(text, limit: limit, context)
                return jsonResponse("{\"items\":[\(found.joined(separator: ","))]}")
            }
            let after = try Cursor(request.query("after"))
            let rows = try await context.query(PartyStore.page, after.name, after.id, limit)
            let items = try rows.map { try $0.value(0) as String }.joined(separator: ",")
            var next = "null"
            if rows.count == limit, let last = rows.last {
                next = "\"\(try Cursor(name: last.value(1), id: last.value(2)).text)\""
            }
            return jsonResponse("{\"items\":[\(items)],\"next\":\(next)}")
        },
    ]
}

/// JSON that the database made.
func jsonResponse(_ text: String) -> Response {
    Response(.ok, bytes: Array(text.utf8), contentType: "application/json")
}

struct Created: Encodable {
    let id: UUID
    let version: Int
}

private let partySchema = Schema.object([
    .init("name", .string), .init("kind", .string, required: false), .init("email", .string, required: false),
    .init("phone", .string, required: false),
    .init("language", .string, required: false), .init("timeZone", .string, required: false),
    .init("country", .string, required: false),
    .init("notes", .string, required: false), .init("tags", .array(.string), required: false),
])

/// Where a page ended.
private struct Cursor {
    var name = ""
    var id = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))

    init(name: String, id: UUID) {
        self.name = name
        self.id = id
    }

    init(_ text: String?) throws {
        guard let text else { return }
        guard let data = Data(base64Encoded: text), data.count >= 36,
            let id = UUID(text: String(decoding: data.prefix(36), as: UTF8.self))
        else { throw Problem.field("after", "must be the `next` of the page before") }
        self.id = id
        name = String(decoding: data.dropFirst(36), as: UTF8.self)
    }

    var text: String { Data((id.text + name).utf8).base64EncodedString() }
}
