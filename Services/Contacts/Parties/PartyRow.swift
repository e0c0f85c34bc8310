import CRMModel
import FoundationEssentials
import Postgres
import Text
import Writing

/// A party with what is made of it to be stored.
struct PartyRow: Sendable {
    let party: Party
    private let search: SearchText
    private let tags: String
    private let details: String
    private let custom: String

    init(_ party: Party) throws {
        self.party = party
        search = party.search
        tags = party.tags.isEmpty ? "[]" : try ModelJSON.text(party.tags)
        details = party.detailsJSON
        custom = try party.customJSON
    }

    /// Many of them as columns of arrays, the parameters of `PartyStore.rows`.
    static func columns(_ rows: [PartyRow]) -> [any SQLEncodable] {
        [
            rows.map(\.party.id), rows.map(\.party.kind), rows.map(\.party.name), rows.map(\.party.email),
            rows.map(\.party.phone), rows.map(\.party.language), rows.map(\.party.timeZone), rows.map(\.party.country),
            rows.map(\.party.notes), rows.map(\.tags), rows.map(\.party.owner), rows.map(\.party.category),
            rows.map(\.party.birthday), rows.map(\.details), rows.map(\.custom), rows.map(\.search.sortName),
            rows.map(\.search.text), rows.map(\.search.terms),
        ]
    }
}
