import CRMModel
import FoundationEssentials
import Text

/// A row of the table that a set becomes.
struct MovingRow {
    /// The headings of the table: import's own, and what only a set says.
    static let headings = [
        "moved.origin", "moved.derived", "moved.leftOut", "moved.firm", "moved.since", "moved.role", "moved.consents",
        "moved.note", "reference", "moved.alsoCalled", "name", "givenName", "middleName", "familyName", "kind",
        "organisation", "title", "email", "phone", "Business Phone", "Mobile Phone", "Home Phone", "Other Phone",
        "Assistants Phone", "Business Fax", "street", "city", "region", "postalCode", "country", "addressCountry",
        "moreAddresses", "birthday", "language", "timeZone", "taxId", "owner", "tags", "notes",
    ]

    var cells: [String: String] = [:]
    /// Whether it adds to parties, and stands behind them.
    var isBehind = false

    /// Adds a value to those of a heading.
    mutating func add(_ heading: String, _ value: String) {
        guard let before = cells[heading], before != value else {
            cells[heading] = value
            return
        }
        cells[heading] = heading == "email" || heading == "tags" ? "\(before);\(value)" : "\(before)\n\(value)"
    }

    func line(customKeys: [String]) -> String {
        CSVWriter.line(Self.headings.map { cells[$0] } + customKeys.map { cells["custom.\($0)"] })
    }
}

/// Makes rows of the table from a file's.
struct MovingReader {
    private let object: MovingObject
    private let name: String
    private let customKeys: [String: String]
    private var meanings: [MovingCell?]?
    /// The people of the other system by their ids.
    private(set) var owners: [String: String]
    private(set) var ignored: [String] = []
    private(set) var count = 0

    init(_ object: MovingObject, _ name: String, _ customKeys: [String: String], _ owners: [String: String]) {
        self.object = object
        self.name = name
        self.customKeys = customKeys
        self.owners = owners
    }

    /// What a row becomes, nothing of headings.
    mutating func read(_ line: Int, _ cells: [String]) -> [MovingRow] {
        guard let meanings else {
            meanings = cells.map(meaning)
            ignored = Array(zip(cells, meanings ?? []).filter { $0.1 == nil }.map(\.0).prefix(100))
            return []
        }
        count += 1
        var record = MovedRecord(object, owners)
        for (meaning, text) in zip(meanings, cells) {
            let value = CSVWriter.plain(text.trimmed)
            if let meaning, !value.isEmpty { record.take(meaning, value) }
        }
        guard object.kind != .owners else {
            if let (id, name) = record.owner { owners[id] = name }
            return [record.leftOut("is a user of the other system", "\(self.name), line \(line)")]
        }
        return record.rows("\(name), line \(line)")
    }

    private func meaning(_ heading: String) -> MovingCell? {
        let clean = String(heading.trimmed)
        if let known = object.cells[clean] { return known }
        return customKeys[ImportColumn.simple(clean)].map { .to("custom.\($0)") }
    }
}
