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
            .get, "/v1/parties/{id}/timeline", "Every touch of a party and of those merged into it, newest first",
            tag: "timeline", access: .read,
            parameters: [
                .path("id", .uuid, "The party"),
                .query("kind", .array(.string), "Only these kinds: `order`, `shipment.delayed`, or all of `shipment`"),
                .query("since", .dateTime, "Only what was at this time or later"),
                .query("before", .dateTime, "Only what was before this time"),
                .query("after", .string, "The `next` of the page before"),
                .query("limit", .integer(1...500), "How many at most; 100 unless given"),
            ], gives: .json(.page(of: entrySchema))
        ) { request in
            let limit = request.query("limit", as: Int.self) ?? 100
            let cursor = try TimelineCursor(request)
            let since = try request.moment("since") ?? Date(timeIntervalSince1970: -62_135_596_800)
            let kinds = request.queries("kind")
            let rows = try await context.rows(
                TimelineStore.page, try request.id(), cursor.at, cursor.kind, cursor.reference, since,
                kinds.isEmpty ? nil : kinds, limit, cursor.source)
            let next = rows.last.map { TimelineCursor(at: $0.1, kind: $0.2, reference: $0.3, source: $0.4).text }
            return .page(rows.map(\.0), limit: limit, next: next)
        }
    ]
}

private let entrySchema = Schema.object([
    .init("at", .dateTime), .init("kind", .string), .init("reference", .string, "The id or number of what it is about"),
    .init("title", .string), .init("amount", .nullable(.amount)), .init("currency", .nullable(.string)),
    .init("partyId", .uuid, "Whose touch it is: this party, or one merged into it"),
    .init("source", .nullable(.string), "Which ERP a document is of"),
])

/// Where a page ended: behind one entry.
private struct TimelineCursor {
    let at: Date
    let kind: String
    let reference: String
    let source: String

    init(at: Date, kind: String, reference: String, source: String = "") {
        self.at = at
        self.kind = kind
        self.reference = reference
        self.source = source
    }

    @Loop
    init(_ request: Request) throws {
        guard let text = request.query("after") else {
            self.init(at: try request.moment("before") ?? .endOfTime, kind: "", reference: "")
            return
        }
        let parts = try PageCursor.parts(text, 4)
        guard let date = RFC3339.date(parts[0]) else { throw PageCursor.refusal }
        self.init(at: date, kind: parts[1], reference: parts[3], source: parts[2])
    }

    /// The reference stands last, as it may have several lines.
    var text: String { PageCursor.text(RFC3339.string(at), kind, source, reference) }
}
