import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit
import Text

@Loop
func exportRoutes(_ context: ServiceContext) -> [Route] {
    let shape: [Route.Parameter] = [
        .query("format", .enumeration(["csv", "vcard"]), "csv unless given; vCard 4.0"),
        .query("headings", .enumeration(["en", "zh"]), "The language of a CSV's headings; en unless given"),
    ]
    return [
        Route(
            .get, "/v1/parties/export", "A whole list as a file", tag: "exports", access: .export,
            parameters: shape + Route.Parameter.partyFilter + Route.Parameter.partyOrder,
            gives: .bytes("text/csv, text/vcard")
        ) { request in
            try await PartyExport(context, try PartyListRequest(request), request).answer()
        },
        Route(
            .get, "/v1/views/{id}/export", "The parties of a view as a file", tag: "exports", access: .export,
            parameters: shape, gives: .bytes("text/csv, text/vcard")
        ) { request in
            try await PartyExport(context, try await viewDefinition(try request.id(), context), request).answer()
        },
    ]
}

/// Writes a list page by page, so that its length costs no memory; what is written is decoded and laid out off the loop.
@Loop
struct PartyExport {
    nonisolated static let pageSize = 500

    private let context: ServiceContext
    private let list: PartyListRequest
    private let isVCard: Bool
    private let isChinese: Bool

    init(_ context: ServiceContext, _ list: PartyListRequest, _ request: Request) {
        self.context = context
        self.list = list
        isVCard = request.query("format") == "vcard"
        isChinese = request.query("headings") == "zh"
    }

    func answer() async throws -> Response {
        let fields = try await PartyQueries.fields(list.filter, context)
        // A list that cannot be run is refused before the first byte.
        _ = try PartyQuery.page(list, fields, after: nil, limit: 1, columns: "NULL::text")
        let keys = try CustomFields(try await context.query(FieldStore.all)).byKey.keys.sorted()
        let type = isVCard ? "text/vcard; charset=utf-8" : "text/csv; charset=utf-8"
        let name = isVCard ? "parties.vcf" : "parties.csv"
        return Response.stream(contentType: type) { writer in
            // The mark tells spreadsheets that the file is UTF-8.
            if !isVCard {
                try await writer.write("\u{FEFF}" + CSVWriter.line(ExportedParty.headings(isChinese: isChinese) + keys))
            }
            try await writePages(fields, keys, writer)
        }.with("content-disposition", "attachment; filename=\"\(name)\"")
    }

    private func writePages(_ fields: CustomFields, _ keys: [String], _ writer: BodyWriter) async throws {
        var cursor: PartyCursor?
        while true {
            let query = try PartyQuery.page(
                list, fields, after: cursor, limit: Self.pageSize, columns: "\(PartyStore.json)::text")
            let rows = try await context.query(PartyStore.select, query.text, query.arguments)
            let texts = try rows.map { try $0.value(0) as String }
            let isVCard = isVCard
            let bytes = try await Loop.offload {
                let decoder = JSONDecoder()
                return try texts.reduce(into: [UInt8]()) { bytes, text in
                    let party = try decoder.decode(ExportedParty.self, from: Data(text.utf8))
                    let written = isVCard ? VCardWriter.card(party) : CSVWriter.line(party.cells(keys))
                    bytes.append(contentsOf: written.utf8)
                }
            }
            try await writer.write(bytes)
            guard rows.count == Self.pageSize, let last = rows.last else { return }
            cursor = PartyCursor(sort: try last.value(1), id: try last.value(2))
        }
    }
}
