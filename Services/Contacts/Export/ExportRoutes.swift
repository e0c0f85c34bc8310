import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit
import Sheets
import Text

@Loop
func exportRoutes(_ context: ServiceContext) -> [Route] {
    let shape: [Route.Parameter] = [
        .query("format", .enumeration(["csv", "xlsx", "vcard"]), "csv unless given; vCard 4.0"),
        .query("headings", .enumeration(["en", "zh"]), "The language of a table's headings; en unless given"),
        .query(
            "columns", .string,
            "The columns of a table in their order, parted by commas: \(ExportColumn.all.map(\.name).joined(separator: ", ")), custom.<key>; all unless given"
        ),
    ]
    return [
        Route(
            .get, "/v1/parties/export", "A whole list as a file", tag: "exports", access: .export,
            parameters: shape + Route.Parameter.partyFilter + Route.Parameter.partyOrder,
            gives: .bytes("text/csv, text/vcard, \(PartyExport.xlsx)")
        ) { request in
            try await PartyExport(context, try PartyListRequest(request), request).answer()
        }.noted(),
        Route(
            .get, "/v1/views/{id}/export", "The parties of a view as a file", tag: "exports", access: .export,
            parameters: shape, gives: .bytes("text/csv, text/vcard, \(PartyExport.xlsx)")
        ) { request in
            try await PartyExport(context, try await viewDefinition(try request.id(), context), request).answer()
        }.noted(),
    ]
}

/// Writes a list page by page, so that its length costs no memory; what is written is decoded and laid out off the loop, while the database
/// looks for the next page.
@Loop
struct PartyExport {
    nonisolated static let pageSize = 1000
    nonisolated static let xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    private let context: ServiceContext
    private let list: PartyListRequest
    private let format: String
    private let isChinese: Bool
    private let wanted: [String]?

    init(_ context: ServiceContext, _ list: PartyListRequest, _ request: Request) {
        self.context = context
        self.list = list
        format = request.query("format") ?? "csv"
        isChinese = request.query("headings") == "zh"
        wanted = request.query("columns").map { $0.split(separator: ",").map { String($0).trimmed } }
    }

    func answer() async throws -> Response {
        let fields = try await PartyQueries.fields(list.filter, context)
        // A list that cannot be run is refused before the first byte.
        _ = try PartyQuery.page(list, fields, after: nil, limit: 1, columns: "NULL::text")
        let keys = try CustomFields(try await context.query(FieldStore.all)).byKey.keys.sorted()
        let columns = try chosen(ExportColumn.all + keys.map { ExportColumn(custom: $0) })
        let headings = columns.map { isChinese ? $0.chinese : $0.name }
        let (type, name) =
            switch format {
            case "vcard": ("text/vcard; charset=utf-8", "parties.vcf")
            case "xlsx": (Self.xlsx, "parties.xlsx")
            default: ("text/csv; charset=utf-8", "parties.csv")
            }
        return Response.stream(contentType: type) { writer in
            switch format {
            case "vcard": try await pages(fields) { try await writer.write(try await Self.cards($0)) }
            case "xlsx": try await writeBook(fields, columns, headings, writer)
            default:
                // The mark tells spreadsheets that the file is UTF-8.
                try await writer.write("\u{FEFF}" + CSVWriter.line(headings))
                try await pages(fields) { try await writer.write(try await Self.lines($0, columns)) }
            }
        }.with("content-disposition", "attachment; filename=\"\(name)\"")
    }

    private func chosen(_ all: [ExportColumn]) throws -> [ExportColumn] {
        guard let wanted else { return all }
        return try wanted.map { name in
            guard let column = all.first(where: { $0.name == name }) else {
                throw Problem.field("columns", "has no column \(name)")
            }
            return column
        }
    }

    /// Gives each page's rows, while the database looks for the next.
    private func pages(_ fields: CustomFields, _ write: @Loop ([String]) async throws -> Void) async throws {
        var next: Page? = try await page(fields, after: nil)
        while let page = next {
            let following = Task { @Loop in page.cursor == nil ? nil : try await self.page(fields, after: page.cursor) }
            do {
                try await write(page.texts)
            } catch {
                following.cancel()
                throw error
            }
            next = try await following.value
        }
    }

    /// Parties as they were read, and where the next page begins; nil at the end.
    private struct Page: Sendable {
        let texts: [String]
        let cursor: PartyCursor?
    }

    private func page(_ fields: CustomFields, after cursor: PartyCursor?) async throws -> Page {
        let query = try PartyQuery.page(
            list, fields, after: cursor, limit: Self.pageSize, columns: ExportStore.columns)
        let rows = try await context.query(PartyStore.select, query.text, query.arguments)
        let isFull = rows.count == Self.pageSize
        let next = try isFull ? rows.last.map { PartyCursor(sort: try $0.value(1), id: try $0.value(2)) } : nil
        return Page(texts: try rows.map { try $0.value(0) }, cursor: next)
    }

    private static func cards(_ texts: [String]) async throws -> [UInt8] {
        try await Loop.offload {
            try texts.reduce(into: [UInt8]()) { $0.append(contentsOf: VCardWriter.card(try ExportedParty($1)).utf8) }
        }
    }

    private static func lines(_ texts: [String], _ columns: [ExportColumn]) async throws -> [UInt8] {
        try await Loop.offload {
            try texts.reduce(into: [UInt8]()) { bytes, text in
                let party = try ExportedParty(text)
                bytes.append(contentsOf: CSVWriter.line(columns.map { $0.cell(party) }).utf8)
            }
        }
    }

    /// A workbook is an archive, whose parts are known at its end only: it is made beside the program and sent then.
    private func writeBook(
        _ fields: CustomFields, _ columns: [ExportColumn], _ headings: [String], _ writer: BodyWriter
    ) async throws {
        let file = try ScratchFile()
        let book = try await Loop.offload { try XLSXWriter(path: file.path, headings: headings) }
        try await pages(fields) { texts in
            try await Loop.offload {
                for text in texts {
                    let party = try ExportedParty(text)
                    try book.write(columns.map { $0.cell(party) })
                }
            }
        }
        try await Loop.offload { try book.close() }
        var place = 0
        while true {
            let from = place
            let piece = try await Loop.offload { try file.read(from: from, most: 1 << 16) }
            guard !piece.isEmpty else { return }
            try await writer.write(piece)
            place += piece.count
        }
    }
}
