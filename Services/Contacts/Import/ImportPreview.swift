import CRMModel
import EventLoop
import FoundationEssentials
import Glibc
import HTTP
import Phones
import Postgres
import ServiceKit
import Sheets
import Text

/// Shows how the beginning of a file would be read: what each column is taken for and why, and some rows as they would be.
@Loop
struct ImportPreview {
    /// Bytes of a file that are looked at, and rows that are shown.
    nonisolated private static let most = 1 << 18
    nonisolated private static let shownRows = 20

    private let context: ServiceContext
    private let options: ImportOptions

    init(_ context: ServiceContext, _ options: ImportOptions) {
        self.context = context
        self.options = options
    }

    func answer(_ request: Request, encoding: String?) async throws -> Response {
        var bytes: [UInt8] = []
        var guess = EncodingGuess()
        // What an archive holds is known by its end.
        var book: ScratchFile?
        while let part = try await request.nextPart() {
            if bytes.count < Self.most {
                guess.feed(part)
                bytes += part
            }
            if book == nil, guess.isArchive {
                let made = try ScratchFile()
                let begun = bytes
                try await Loop.offload { try made.append(begun) }
                book = made
            } else if let book {
                try await Loop.offload { try book.append(part) }
            }
        }
        guard !bytes.isEmpty else { throw Problem.field("body", "must not be empty") }
        let fields = try CustomFields(try await context.query(FieldStore.all))
        let labels = try await context.query(FieldStore.labels).map {
            (try $0.value(0) as String, try $0.value(1) as String)
        }
        let (sample, keys) = (bytes, ImportColumn.keys(labels))
        let preview = try await Loop.offload { [options, guess, book] in
            guard let book else {
                let isWhole = sample.count < Self.most
                return try Self.read(sample, isWhole: isWhole, guess, encoding, options, fields, keys)
            }
            let (text, system) = try Self.beginning(of: book, keys)
            var found = options
            found.system = system
            return try Self.read(text, isWhole: text.count < Self.most, guess, "utf-8", found, fields, keys)
        }
        return try Response(.ok, json: preview)
    }

    /// The first rows of a workbook, or of the table that a set of exports becomes, as CSV.
    nonisolated private static func beginning(
        of book: ScratchFile, _ customKeys: [String: String]
    ) throws -> (text: [UInt8], system: String?) {
        struct Enough: Error {}
        var text: [UInt8] = []
        func take(_ bytes: some Sequence<UInt8>) throws {
            text += bytes
            if text.count >= most { throw Enough() }
        }
        var system: String?
        do {
            let archive = try ZipArchive(path: book.path)
            if archive.isWorkbook {
                try XLSXReader.rows(path: book.path) { try take(CSVWriter.line($1.map { $0 }).utf8) }
            } else {
                var set = try MovingSet(archive, customKeys: customKeys)
                system = set.system
                try set.write { try take($0) }
            }
        } catch is Enough {
        } catch let error where error is SheetError || error is ImportFailure {
            throw Problem.field("body", "\(error)")
        }
        return (text, system)
    }

    nonisolated private static func read(
        _ bytes: [UInt8], isWhole: Bool, _ guess: EncodingGuess, _ encoding: String?, _ options: ImportOptions,
        _ fields: CustomFields, _ keys: [String: String]
    ) throws -> Preview {
        var options = options
        // A file that was cut may end within a character.
        var text = bytes
        if !isWhole { text.removeLast(text.count - (text.lastIndex(of: 0x0A).map { $0 + 1 } ?? text.count)) }
        var whole = EncodingGuess()
        whole.feed(text)
        guard let found = FileEncoding.of(whole, said: encoding, isCards: options.format == "vcard") else {
            throw Problem.field("body", "is in no encoding that is known: \(EncodingGuess.tried) were tried")
        }
        if found.written != found.kept {
            guard let decoded = TextDecoder(found.written)?.feed(text) else {
                throw Problem.field("body", "is not \(found.written.rawValue)")
            }
            text = decoded
        }
        options.encoding = found.kept.rawValue
        var parser = ImportParser(options, ImportPlace(header: nil, line: 1, carry: []), fields, labels: keys)
        do {
            try parser.read(text, isLast: true)
        } catch let failure as ImportFailure {
            throw Problem.field("body", failure.description)
        }
        return Preview(parser, encoding: found.written.rawValue, shown: shownRows)
    }

    static let schema = Schema.named(
        "ImportPreview",
        .object([
            .init("format", .string), .init("encoding", .string, "What the file is written in"),
            .init("separator", .string, required: false, null: false, "Of a table"),
            .init(
                "columns",
                .array(
                    .object([
                        .init("heading", .string),
                        .init(
                            "field", .string, required: false, null: false,
                            "What the column sets; not there where it sets nothing"),
                        .init("why", .string),
                        .init(
                            "suggestion", .string, required: false, null: false,
                            "For the mapping, by what stands under it"),
                    ]))),
            .init("rows", .array(.any), "The first rows as they would be taken in"),
            .init(
                "refused",
                .array(.object([.init("line", .integer()), .init("field", .string), .init("message", .string)]))),
        ]))
}

/// What a preview shows.
struct Preview: Encodable {
    let format: String
    let encoding: String
    let separator: String?
    let columns: [Column]
    let rows: [Row]
    let refused: [Refusal]

    struct Column: Encodable {
        let heading: String
        let field: String?
        let why: String
        let suggestion: String?
    }

    struct Row: Encodable {
        let line: Int
        let name: String?
        let kind: String?
        let emails: [PartyDetails.Email]
        let phones: [PartyDetails.Phone]
        let birthday: String?
        let tags: [String]
        let words: [String: String]
        let details: PartyDetails
        let reference: String?
        let odd: [String]

        init(_ row: ImportRow) {
            (line, name, kind, emails, phones) = (row.line, row.name, row.kind, row.emails, row.phones)
            (birthday, tags, words, details) = (row.birthday, row.tags, row.words, row.details)
            (reference, odd) = (row.reference, row.oddities)
        }
    }

    struct Refusal: Encodable {
        let line: Int
        let field: String
        let message: String
    }

    init(_ parser: ImportParser, encoding: String, shown: Int) {
        format = parser.options.format
        self.encoding = encoding
        separator = parser.options.separator.map { String(decoding: [$0], as: UTF8.self) }
        let samples = parser.samples
        columns = (parser.place.header ?? []).enumerated().map { index, heading in
            let column = parser.columns[index]
            let suggestion =
                column == .ignored ? Self.suggestion(samples.compactMap { index < $0.count ? $0[index] : nil }) : nil
            return Column(
                heading: heading, field: column.fieldName, why: Self.why(column, heading, parser.options),
                suggestion: suggestion)
        }
        rows = parser.rows.prefix(shown).map { Row($0) }
        refused = parser.errors.prefix(shown).map { Refusal(line: $0.line, field: $0.field, message: $0.message) }
    }

    private static func why(_ column: ImportColumn, _ heading: String, _ options: ImportOptions) -> String {
        if options.mapping[heading.trimmed] != nil { return "the mapping says so" }
        return switch column {
        case .field, .labelled: "the heading is known"
        case .labels: "the heading is known: labels of the values beside it"
        case .custom: "the key or the label of a custom field"
        case .shown: "exports show it, no file sets it"
        case .ignored: "no field goes by this heading"
        }
    }

    /// What most of a column's values are.
    private static func suggestion(_ values: [String]) -> String? {
        let said = values.map(\.trimmed).filter { !$0.isEmpty }
        guard said.count >= 2 else { return nil }
        func most(_ test: (String) -> Bool) -> Bool { said.count(where: test) * 5 >= said.count * 4 }
        if most({ MailAddress.normal($0) != nil }) { return "email" }
        if most({ ImportRow.day($0) != nil }) { return "birthday" }
        if most({ $0.utf8.count >= 7 && PhoneNumber(CSVWriter.plain($0)) != nil }) { return "phone" }
        return nil
    }
}
