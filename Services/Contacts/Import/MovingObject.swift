import Text

/// What a cell of another system's export means here.
enum MovingCell: Sendable, Equatable {
    /// A heading of `MovingTable`.
    case to(String)
    /// The same, written as HTML.
    case html(String)
    /// The id by which that system's other files name the record.
    case id
    /// Another id of the record, by which notes name it.
    case alsoCalled
    /// Of what kind of record a note is; only those of parties come in.
    case model
    /// Whom the record belongs to there, by id.
    case owner
    /// The firm that employs the person, or stands above the firm; several are parted by semicolons.
    case firm
    /// People who work for the firm.
    case people
    /// True says that the person wants no marketing by these channels.
    case optOut([String])
    /// Words that say whether a firm may write, as HubSpot has them.
    case legalBasis
    /// A part of an address beside the first.
    case address(String, part: String)
    /// True says that it is a firm.
    case isFirm
    /// True says that it was deleted there.
    case deleted
    /// False says that it was put away there.
    case active
}

/// One kind of file that another system exports, by its headings as its documentation has them.
struct MovingObject: Sendable {
    /// What the records of a file are, in the order in which they are needed.
    enum Kind: Int, Sendable {
        case owners, firms, parties, people, relations, notes
    }

    let system: String
    let kind: Kind
    /// What stands before its ids where that system's other files count from one too.
    var prefix = ""
    /// Before the ids of firms in it, and of people.
    var firmPrefix = ""
    var peoplePrefix = ""
    /// The headings that it has, all of the first and one of the second, as they are written.
    let needs: [String]
    var oneOf: [String] = []
    let cells: [String: MovingCell]

    /// Whether a file with these headings is one of this kind.
    func isOne(_ headings: Set<String>) -> Bool {
        headings.isSuperset(of: needs) && (oneOf.isEmpty || oneOf.contains { headings.contains($0) })
    }

    /// What a file is by its headings; nil where it is none that is known.
    static func of(_ headings: [String]) -> MovingObject? {
        let clean = Set(headings.map { String($0.trimmed) })
        return all.first { $0.isOne(clean) }
    }

    /// All there are; what is known by more headings stands first.
    static let all = salesforce + hubspot + espocrm + odoo

    /// An address as a system writes it: a part of its headings for each of ours.
    static func address(_ first: Bool, _ label: String, _ parts: KeyValuePairs<String, String>) -> [String: MovingCell]
    {
        var cells: [String: MovingCell] = [:]
        for (heading, part) in parts { cells[heading] = first ? .to(part) : .address(label, part: part) }
        return cells
    }
}
