import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit
import Text

@Loop
func importRoutes(_ context: ServiceContext, _ worker: ImportWorker, _ quota: ImportQuota) -> [Route] {
    [
        Route(
            .post, "/v1/imports", "Takes a file of parties, which is worked off behind the answer", tag: "imports",
            access: .bulk,
            parameters: [
                .query(
                    "format", .enumeration(["csv", "vcard"]),
                    """
                    csv unless given, which a workbook (XLSX) is taken for too, and a ZIP archive of the exports of Salesforce, HubSpot, \
                    EspoCRM or Odoo, which come in as one; vCard 2.1, 3.0 and 4.0
                    """),
                .query("dryRun", .boolean, "Only says what would be done"),
                .query(
                    "duplicates", .enumeration(["skip", "update", "create"]),
                    """
                    What happens to rows that a party is already: by its reference, or by its mail address or phone number where the name \
                    is not another's; skip unless given
                    """),
                .query(
                    "encoding", .enumeration(["auto"] + TextEncoding.allCases.map(\.rawValue)),
                    "auto unless given: found by what is in the file"),
                .query(
                    "mapping", .string, "A JSON object of headings and the fields they mean; \"\" leaves a column out"),
            ], body: .bytes("text/csv"), gives: .json(importSchema, 202), refuses: [409, 413, 422, 429]
        ) { request in
            let options = try importOptions(request)
            let id = try await ImportUpload(context, options, quota).receive(
                request, encoding: request.query("encoding"))
            worker.wake()
            let row = try await context.query(ImportStore.get, id).first
            return Response.stored(try row?.value(0) ?? "", status: .accepted).with(
                "location", "/v1/imports/\(id.text)")
        },
        Route(
            .post, "/v1/imports/preview", "Shows how the beginning of a file would be read, and changes nothing",
            tag: "imports",
            access: .read,
            parameters: [
                .query("format", .enumeration(["csv", "vcard"]), "csv unless given"),
                .query("encoding", .enumeration(["auto"] + TextEncoding.allCases.map(\.rawValue)), "auto unless given"),
                .query("mapping", .string, "A JSON object of headings and the fields they mean"),
            ], body: .bytes("text/csv"), gives: .json(ImportPreview.schema)
        ) { request in
            try await ImportPreview(context, try importOptions(request)).answer(
                request, encoding: request.query("encoding"))
        },
        Route(
            .get, "/v1/imports", "Imports, the newest first", tag: "imports", access: .read,
            parameters: Route.Parameter.paging,
            gives: .json(.page(of: importSchema, next: .uuid))
        ) { request in
            try .page(
                byID: try await context.query(ImportStore.list, request.pageAfter, request.pageLimit),
                limit: request.pageLimit)
        },
        Route(
            .get, "/v1/imports/{id}", "How far an import is", tag: "imports", access: .read,
            gives: .json(importSchema)
        ) { request in
            .stored(try await context.importRow(request).value(0))
        },
        Route(
            .get, "/v1/imports/{id}/errors", "The rows that were refused, skipped or odd in part, and why, as CSV",
            tag: "imports",
            access: .read, gives: .bytes("text/csv")
        ) { request in
            let id = try request.id()
            _ = try await context.importRow(request)
            return Response.stream(contentType: "text/csv; charset=utf-8") { writer in
                try await writer.write("\u{FEFF}line,field,message,record,outcome,party\r\n")
                var line = 0
                while true {
                    let rows = try await context.query(ImportStore.errors, id, line)
                    guard let last = rows.last else { return }
                    line = try last.value(0)
                    let lines = try rows.map { row in
                        CSVWriter.line([
                            "\(try row.value(0) as Int)", try row.value(1), try row.value(2), try row.value(3),
                            try row.value(4), try row.value(5),
                        ])
                    }
                    try await writer.write(lines.joined())
                }
            }.with("content-disposition", "attachment; filename=\"import-errors.csv\"")
        },
        Route(
            .post, "/v1/imports/{id}/undo", "Takes an import back; parties changed since are kept", tag: "imports",
            access: .bulk, gives: .json(importSchema, 202), refuses: [409]
        ) { request in
            let row = try await context.importRow(request)
            let id = try request.id()
            guard try await !context.query(ImportStore.askUndo, id).isEmpty else {
                throw Problem(
                    status: .conflict,
                    detail: "The import is \(try row.value(1) as String); only one that has ended can be undone.")
            }
            worker.wake()
            return Response.stored(try await context.importRow(request).value(0), status: .accepted)
        },
    ]
}

extension ServiceContext {
    fileprivate func importRow(_ request: Request) async throws -> Row {
        let id = try request.id()
        guard let row = try await query(ImportStore.get, id).first else { throw Problem.missing("import", id) }
        return row
    }
}

@Loop
private func importOptions(_ request: Request) throws -> ImportOptions {
    var options = ImportOptions(format: request.query("format") ?? "csv")
    options.isDryRun = request.query("dryRun") == "true"
    options.duplicates = request.query("duplicates") ?? "skip"
    if let text = request.query("mapping") {
        guard let mapping = try? JSONDecoder().decode([String: String].self, from: Data(text.utf8)) else {
            throw Problem.field("mapping", "must be a JSON object of headings and fields")
        }
        for (heading, field) in mapping
        where !field.isEmpty && !field.hasPrefix("custom.") && !ImportColumn.fields.contains(field) {
            let known = ImportColumn.fields.sorted().joined(separator: ", ")
            throw Problem.field("mapping.\(heading)", "must be custom.<key> or one of \(known)")
        }
        options.mapping = mapping
    }
    return options
}

private let importSchema = Schema.named(
    "Import",
    .object([
        .init("id", .uuid),
        .init("state", .enumeration(["receiving", "queued", "running", "done", "failed", "undoing", "undone"])),
        .init("format", .string),
        .init(
            "options", .any,
            "`ignored` lists headings that no field was found for, `files` what the files of another system's exports hold"
        ),
        .init("bytes", .integer()), .init("bytesDone", .integer(), "How much of it has been worked off"),
        .init("rows", .integer()), .init("created", .integer()), .init("changed", .integer()),
        .init("skipped", .integer(), "Duplicates that were left out"), .init("refused", .integer()),
        .init("added", .integer(), "Rows that added to a party: a note, a relation"),
        .init("relations", .integer(), "Relations that are new"),
        .init("consents", .integer(), "Decisions on consent that are new"),
        .init("undone", .integer()), .init("kept", .integer(), "Changed since, and so not undone"),
        .init("error", .nullable(.string)), .init("createdAt", .dateTime), .init("finishedAt", .nullable(.dateTime)),
    ]))
