import Crypto
import FoundationEssentials

/// What one piece of an upload holds, ready to be written: all that can be made of it without the database is made off the loop, and
/// while the database works on the piece before.
struct ParsedStep: Sendable {
    /// The rows of each party together, in the order of their first.
    private(set) var groups: [[ImportRow]] = []
    /// The party that each group makes where it is none yet; empty in a dry run.
    private(set) var new: [PartyRow] = []
    private(set) var rows = 0
    /// Rows that add to parties, and those that are not to come in.
    private(set) var additions: [ImportRow] = []
    private(set) var leftOut: [ImportRow] = []
    private(set) var errors: [ImportError] = []
    let options: ImportOptions
    let place: ImportPlace
    /// The length of the piece.
    private(set) var bytes = 0

    /// A place to begin at.
    init(_ options: ImportOptions, _ place: ImportPlace) {
        self.options = options
        self.place = place
    }

    /// What was read.
    init(_ parser: ImportParser, bytes: Int) throws {
        options = parser.options
        place = parser.place
        additions = parser.additions
        leftOut = parser.leftOut
        rows = parser.rows.count + leftOut.count + additions.count(where: \.isCounted)
        errors = parser.errors
        self.bytes = bytes
        groups = options.duplicates == "create" ? parser.rows.map { [$0] } : Self.grouped(parser.rows)
        guard !options.isDryRun else { return }
        new = try groups.map { group in
            var party = group[0].party(UUID.v7())
            if options.duplicates == "update" { for row in group.dropFirst() { row.apply(to: &party) } }
            return try PartyRow(party)
        }
    }

    private static func grouped(_ rows: [ImportRow]) -> [[ImportRow]] {
        var groups: [[ImportRow]] = []
        groups.reserveCapacity(rows.count)
        var byKey: [ImportRow.Key: Int] = [:]
        byKey.reserveCapacity(rows.count * 2)
        for row in rows {
            let keys = row.keys
            let index =
                keys.lazy.compactMap { key in byKey[key].flatMap { isOne(row, groups[$0][0], by: key) ? $0 : nil } }
                .first
                ?? groups.count
            if index == groups.count { groups.append([row]) } else { groups[index].append(row) }
            for key in keys where byKey[key] == nil { byKey[key] = index }
        }
        return groups
    }

    private static func isOne(_ row: ImportRow, _ other: ImportRow, by key: ImportRow.Key) -> Bool {
        switch key {
        case .party, .reference: true
        case .mail, .phone: row.identity.isOne(with: other.identity)
        }
    }
}
