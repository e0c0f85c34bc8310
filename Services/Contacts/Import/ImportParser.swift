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
    var newline: UInt8?
    /// What the file was written in where it is kept in another encoding, or as CSV, and what program wrote it.
    var writtenIn: String?
    var writtenBy: String?
    /// The headings that no field was found for.
    var ignored: [String]?
    /// Of the exports of another system: which, and its files.
    var system: String?
    var files: [MovedFile]?
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
    /// Rows that add to parties: a note, a relation.
    private(set) var additions: [ImportRow] = []
    /// Rows that their file says are not to come in.
    private(set) var leftOut: [ImportRow] = []
    private(set) var errors: [ImportError] = []
    private(set) var options: ImportOptions
    private(set) var place: ImportPlace
    private let fields: CustomFields
    private let labels: [String: String]
    private(set) var columns: [ImportColumn] = []
    /// The first records as they stand, for who shows them.
    private(set) var samples: [[String]] = []

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
        let isCSV = options.format == "csv"
        if isCSV, place.header == nil, options.separator == nil {
            guard isLast || Self.tellsForm(bytes) else { return place.carry = bytes }
            bytes.removeFirst(takeForm(bytes))
        }
        let end =
            isLast ? bytes.count : isCSV ? CSVReader.lastRecordEnd(bytes.span, form) : VCardReader.lastCardEnd(bytes)
        place.carry = Array(bytes[end...])
        guard place.carry.count <= Self.longestRecord else {
            throw ImportFailure(
                description: "The record at line \(place.line) does not end within 4 MiB: is a quote never closed?")
        }
        let encoding = TextEncoding(rawValue: options.encoding) ?? .utf8
        guard isCSV else { return readCards(Array(bytes[..<end]), encoding) }
        guard let text = encoding.utf8(Array(bytes[..<end])) else {
            throw ImportFailure(description: "Behind line \(place.line) the file is not \(encoding.rawValue).")
        }
        try readCSV(text)
    }

    /// Whether the beginning of a file says how it parts its cells and lines: a CR alone may be one of CR LF, until there is much without LF.
    private static func tellsForm(_ bytes: [UInt8]) -> Bool {
        bytes.contains(UInt8(ascii: "\n")) || bytes.count > 1 << 16
    }

    /// Finds how the file parts its cells and lines, and gives how many of its bytes say so.
    private mutating func takeForm(_ bytes: [UInt8]) -> Int {
        let (found, said) = CSVForm.of(bytes)
        options.separator = found.separator
        options.newline = found.newline
        if said > 0 { place.line += 1 }
        return said
    }

    private var form: CSVForm {
        CSVForm(separator: options.separator ?? UInt8(ascii: ","), newline: options.newline ?? UInt8(ascii: "\n"))
    }

    // MARK: CSV

    private mutating func readCSV(_ text: [UInt8]) throws {
        guard !text.isEmpty else { return }
        if let header = place.header { columns = header.map(column) }
        var failure: ImportFailure?
        CSVReader.records(text, form) { record in
            guard failure == nil else { return }
            defer { place.line += record.lines }
            guard record.fields.contains(where: { !$0.isEmpty }) else { return }
            if place.header == nil {
                failure = takeHeader(record)
            } else if record.isOpen {
                refuse(ImportRow(line: place.line), "record", "a quote is never closed", Self.source(text[record.raw]))
            } else {
                readRecord(record, raw: text[record.raw])
            }
        }
        if let failure { throw failure }
    }

    private func column(_ heading: String) -> ImportColumn {
        // Only a set has these: what they say is nothing that any file may set.
        if options.system != nil, heading.hasPrefix("moved.") { return .field(heading) }
        return ImportColumn(heading, mapping: options.mapping, customKeys: labels)
    }

    private mutating func takeHeader(_ headings: CSVReader.Record) -> ImportFailure? {
        guard headings.cellsLeftOut == 0 else {
            let count = headings.fields.count + headings.cellsLeftOut
            return ImportFailure(
                description: "The file has \(count) columns; \(CSVReader.mostCells) are the most that are read.")
        }
        let record = headings.fields
        guard !record.contains(where: { $0.utf8.contains(0) }) else {
            return ImportFailure(description: "The file is no text: its headings have NUL characters.")
        }
        place.header = record.map { String($0.unicodeScalars.prefix(200)) }
        columns = record.map(column)
        // Shown with the import for as long as it is kept.
        options.ignored = zip(place.header ?? [], columns).filter { $0.1 == .ignored }.prefix(100).map(\.0)
        if record.first == "BEGIN:VCARD" {
            return ImportFailure(description: "The file holds vCards: send it with format=vcard.")
        }
        guard columns.contains(where: \.isName) else {
            return ImportFailure(
                description:
                    "No column is known to be the name; the headings are \(record.joined(separator: ", ").prefix(1000))."
            )
        }
        return nil
    }

    private mutating func readRecord(_ whole: CSVReader.Record, raw: ArraySlice<UInt8>) {
        let record = whole.fields
        if samples.count < 20 { samples.append(record) }
        var row = ImportRow()
        row.line = place.line
        if whole.cellsLeftOut > 0 || record.dropFirst(columns.count).contains(where: { !$0.trimmed.isEmpty }) {
            return refuse(
                row, "record", "has more cells than there are headings: is a quote or a separator missing?",
                Self.source(raw))
        }
        // A column of labels stands before that of its values.
        var labels: [String: String] = [:]
        for (column, value) in zip(columns, record) {
            let text = CSVWriter.plain(value.trimmed)
            guard !text.isEmpty else { continue }
            var complaint: String?
            switch column {
            case .field(let name):
                let place = name == "email" ? row.emails.count : row.phones.count
                complaint = row.set(name, text)
                if let label = labels.removeValue(forKey: name) { row.label(name, from: place, label) }
            case .labelled(let name, let label):
                complaint = row.set(name, text, label: label)
                if !["email", "phone"].contains(name), !label.isEmpty { _ = row.set("addressLabel", label) }
            case .labels(let field): labels[field] = text
            case .custom(let key): complaint = set(custom: key, text, in: &row)
            case .shown, .ignored: break
            }
            guard let complaint else { continue }
            guard row.moved != nil else {
                return refuse(row, column.fieldName ?? "record", complaint, Self.source(raw))
            }
            // Who moves in is not lost over a field.
            row.oddities.append(
                "\(column.fieldName ?? "record") \(complaint), left out: \(String(text.unicodeScalars.prefix(100)))")
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

    private mutating func add(_ row: ImportRow, _ source: String) {
        var row = row
        row.source = Self.clean(source)
        if row.moved?.leftOut != nil { return leftOut.append(row) }
        if row.isAddition { return additions.append(row) }
        if let problem = row.finish() { return refuse(row, problem.field, problem.message, source) }
        rows.append(row)
    }

    private mutating func refuse(_ row: ImportRow, _ field: String, _ message: String, _ source: String) {
        errors.append(
            ImportError(line: row.line, field: field, message: row.told(message), record: Self.clean(source)))
    }

    private static func clean(_ source: String) -> String {
        (source.utf8.contains(0) ? source.replacing(["\0": "\u{FFFD}"]) : source).trimmed
    }

    // MARK: vCard

    private mutating func readCards(_ bytes: [UInt8], _ encoding: TextEncoding) {
        let read = VCardReader.cards(bytes, encoding)
        if let line = read.strayLine {
            refuse(
                ImportRow(line: place.line + line), "card", "stands in no card: is this file no vCard?",
                String(decoding: read.stray.prefix(4000), as: UTF8.self))
        }
        for card in read.cards {
            var row = ImportRow()
            row.line = place.line + card.line
            if let complaint = card.complaint {
                refuse(row, "card", complaint, card.source)
            } else if let (field, complaint) = row.fill(card) {
                refuse(row, field, complaint, card.source)
            } else if let (field, complaint) = takeCustom(&row) {
                refuse(row, field, complaint, card.source)
            } else {
                add(row, card.source)
            }
        }
        place.line += read.lines
    }

    /// Fields that are not defined here are passed over, as columns are.
    private func takeCustom(_ row: inout ImportRow) -> (String, String)? {
        for (key, text) in row.customTexts.sorted(by: { $0.key < $1.key }) where fields.byKey[key] != nil {
            if let complaint = set(custom: key, text, in: &row) { return ("custom.\(key)", complaint) }
        }
        return nil
    }
}
