import CRMModel
import FoundationEssentials
import Text

/// How an import is to be read and what it is to do; kept with it as JSON.
struct ImportOptions: Codable, Sendable {
    /// `csv` or `vcard`.
    var format: String
    var isDryRun = false
    /// `skip`, `update` or `create`.
    var duplicates = "skip"
    /// Set when the whole upload is there.
    var encoding = TextEncoding.utf8.rawValue
    /// Headings to fields, before those that are known.
    var mapping: [String: String] = [:]
    /// Found in the first step.
    var separator: UInt8?
    /// The headings that no field was found for.
    var ignored: [String]?
}

/// A record that cannot be taken, and why.
struct ImportError: Sendable {
    let line: Int
    let field: String
    let message: String
    let record: String
}

/// What makes an import as a whole impossible.
struct ImportFailure: Error, CustomStringConvertible {
    let description: String
}

/// What is left to read of an import: it is stored between two steps, so that any process goes on where another ended.
struct ImportPlace: Sendable {
    var header: [String]?
    /// The number of the next line.
    var line: Int
    /// The bytes behind the last whole record.
    var carry: [UInt8]
}

/// Reads one piece of an upload; it does no input or output, and runs off the loop.
struct ImportParser {
    /// No record is longer: a quote that is never closed must not gather the whole file in memory.
    static let longestRecord = 4 << 20

    private(set) var rows: [ImportRow] = []
    private(set) var errors: [ImportError] = []
    private(set) var options: ImportOptions
    private(set) var place: ImportPlace
    private let fields: CustomFields
    private let labels: [String: String]
    private var columns: [ImportColumn] = []

    /// - Parameter labels: custom fields' keys by their folded keys and labels.
    init(_ options: ImportOptions, _ place: ImportPlace, _ fields: CustomFields, labels: [String: String]) {
        self.options = options
        self.place = place
        self.fields = fields
        self.labels = labels
    }

    /// Reads the whole records of the next bytes and keeps the rest for later.
    mutating func read(_ next: [UInt8], isLast: Bool) throws {
        var bytes = place.carry + next
        if place.line == 1, place.header == nil, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw ImportFailure(description: "The file is UTF-16; save it as UTF-8 or GB18030.")
        }
        let isCSV = options.format == "csv"
        let end = isLast ? bytes.count : isCSV ? CSVReader.lastRecordEnd(bytes.span) : VCardReader.lastCardEnd(bytes)
        place.carry = Array(bytes[end...])
        guard place.carry.count <= Self.longestRecord else {
            throw ImportFailure(
                description: "The record at line \(place.line) does not end within 4 MiB: is a quote never closed?")
        }
        let encoding = TextEncoding(rawValue: options.encoding) ?? .utf8
        guard let text = encoding.utf8(Array(bytes[..<end])) else {
            throw ImportFailure(description: "Behind line \(place.line) the file is not \(encoding.rawValue).")
        }
        if isCSV { try readCSV(text) } else { readCards(text) }
    }

    // MARK: CSV

    private mutating func readCSV(_ text: [UInt8]) throws {
        guard !text.isEmpty else { return }
        let separator = options.separator ?? CSVReader.separator(text)
        options.separator = separator
        if let header = place.header { columns = header.map(column) }
        var failure: ImportFailure?
        CSVReader.records(text, separator: separator) { record in
            guard failure == nil else { return }
            defer { place.line += record.lines }
            guard record.fields.contains(where: { !$0.isEmpty }) else { return }
            if place.header == nil {
                failure = takeHeader(record.fields)
            } else if record.isOpen {
                refuse(ImportRow(line: place.line), "record", "a quote is never closed", Self.source(text[record.raw]))
            } else {
                readRecord(record.fields, raw: text[record.raw])
            }
        }
        if let failure { throw failure }
    }

    private func column(_ heading: String) -> ImportColumn {
        ImportColumn(heading, mapping: options.mapping, customKeys: labels)
    }

    private mutating func takeHeader(_ record: [String]) -> ImportFailure? {
        guard !record.contains(where: { $0.contains("\0") }) else {
            return ImportFailure(description: "The file is no text: its headings have NUL characters.")
        }
        place.header = record.map { String($0.prefix(200)) }
        columns = record.map(column)
        options.ignored = zip(record, columns).filter { $0.1 == .ignored }.map(\.0)
        let named: Set<ImportColumn> = [
            .field("name"), .field("givenName"), .field("familyName"), .field("organisation"),
        ]
        guard columns.contains(where: named.contains) else {
            return ImportFailure(
                description: "No column is known to be the name; the headings are \(record.joined(separator: ", ")).")
        }
        return nil
    }

    private mutating func readRecord(_ record: [String], raw: ArraySlice<UInt8>) {
        var row = ImportRow()
        row.line = place.line
        for (column, value) in zip(columns, record) {
            let text = value.trimmed
            guard !text.isEmpty else { continue }
            var field = ""
            var complaint: String?
            switch column {
            case .field(let name):
                field = name
                complaint = row.set(name, text)
            case .custom(let key):
                field = "custom.\(key)"
                complaint = set(custom: key, text, in: &row)
            case .ignored: break
            }
            if let complaint { return refuse(row, field, complaint, Self.source(raw)) }
        }
        add(row, Self.source(raw))
    }

    private static func source(_ raw: ArraySlice<UInt8>) -> String { String(decoding: raw.prefix(4000), as: UTF8.self) }

    private func set(custom key: String, _ text: String, in row: inout ImportRow) -> String? {
        guard let field = fields.byKey[key], let value = field.value(text) else {
            return fields.byKey[key].flatMap { $0.complaint(.text(text)) } ?? "is no value of the field"
        }
        row.custom[key] = value
        return nil
    }

    private mutating func add(_ row: ImportRow, _ source: @autoclosure () -> String) {
        var row = row
        if let problem = row.finish() { return refuse(row, problem.field, problem.message, source()) }
        rows.append(row)
    }

    private mutating func refuse(_ row: ImportRow, _ field: String, _ message: String, _ source: String) {
        let clean = source.unicodeScalars.contains("\0") ? source.replacing("\0", with: "\u{FFFD}") : source
        errors.append(
            ImportError(line: row.line, field: field, message: message, record: clean.trimmed))
    }

    // MARK: vCard

    private mutating func readCards(_ text: [UInt8]) {
        for card in VCardReader.cards(text) {
            var row = ImportRow()
            row.line = place.line + card.line
            let source = String(card.source.prefix(4000))
            guard card.isWhole else {
                refuse(row, "card", "END:VCARD is missing", source)
                continue
            }
            if let (field, complaint) = VCardReader.fill(&row, card) {
                refuse(row, field, complaint, source)
            } else {
                add(row, source)
            }
        }
        place.line += text.count(where: { $0 == 0x0A })
    }
}
