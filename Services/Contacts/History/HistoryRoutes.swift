import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

@Loop
func historyRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .get, "/v1/parties/{id}/as-of",
            "A party as of a moment: facts by their own times, the record as it was known", tag: "timeline",
            access: .read,
            parameters: [
                .path("id", .uuid, "The party"),
                .query("at", .dateTime, required: true, "The moment"),
            ], gives: .json(asOfSchema)
        ) { request in
            let at = try request.moment("at") ?? Date()
            guard let json = try await context.rows(HistoryStore.asOf, try request.id(), at).first else {
                throw Problem(status: .notFound, detail: "Nothing is known of this party at that time.")
            }
            return .stored(json)
        },
        Route(
            .get, "/v1/parties/{id}/history", "The forms that a record had, newest first", tag: "timeline",
            access: .read,
            parameters: [
                .path("id", .uuid, "The party"),
                .query("limit", .integer(1...200), "How many at most; 50 unless given"),
                .query("before", .dateTime, "The `next` of the page before"),
            ], gives: .json(.object([.init("items", .array(versionSchema)), .init("next", .nullable(.dateTime))]))
        ) { request in
            let before = try request.moment("before") ?? .endOfTime
            let limit = request.pageLimit
            let rows = try await context.rows(HistoryStore.versions, try request.id(), before, limit)
            return .page(rows.map(\.0), limit: limit, next: rows.last.map { RFC3339.string($0.1) })
        },
    ]
}

extension Request {
    /// A parameter that is a time; nil where it is not given.
    @Loop
    func moment(_ name: String) throws -> Date? {
        guard let text = query(name) else { return nil }
        guard let date = RFC3339.date(text) else {
            throw Problem.field(name, "must be a time such as 2010-12-01T08:26:00Z")
        }
        return date
    }
}

extension Date {
    /// Later than whatever is kept: the year 3000.
    static let endOfTime = Date(timeIntervalSince1970: 32_503_680_000)
}

private let versionSchema = Schema.object([
    .init("validFrom", .dateTime), .init("validTo", .nullable(.dateTime), "Null where it still stands"),
    .init("record", .any, "The party as `GET /v1/parties/{id}` showed it"),
])

private let asOfSchema = Schema.object([
    .init("at", .dateTime),
    .init("record", .any, "The party as `GET /v1/parties/{id}` showed it then, or the first form that was known"),
    .init("recordKnownAt", .dateTime, "Since when this form was known here"),
    .init("recordIsLater", .boolean, "Whether nobody knew the record at the moment that is asked for"),
    .init("mergedInto", .nullable(.uuid)),
    .init(
        "stage",
        .nullable(.object([.init("stage", .string), .init("since", .dateTime), .init("knownAt", .dateTime)])),
        "By the facts until then"),
    .init("consents", .array(.any), "The last decision until then on each"),
    .init(
        "documents", .array(.any),
        "Number and sum of ERP documents dated until then, and when the ERP told the last of their states"),
])
