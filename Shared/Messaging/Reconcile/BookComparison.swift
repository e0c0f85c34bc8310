import CRMModel
import FoundationEssentials

/// Compares what a service holds with the order book, document by document.
public struct BookComparison: Sendable {
    /// The first differences, for people.
    public private(set) var named: [String] = []
    /// All differences.
    public private(set) var count = 0
    /// Documents that were equal.
    public private(set) var equal = 0
    private static let limit = 20
    private let entries: [BookName: BookEntry]
    private var unseen: Set<BookName>
    private let slice: BookSlice
    /// The ERPs of each kind and number, once a document without an ERP was met.
    private var sources: [BookName: [String]]?

    /// Begins with the documents of a book, of which none was seen yet.
    public init(_ book: OrderBook) {
        entries = book.entries
        unseen = Set(entries.keys)
        slice = book.slice
    }

    /// Takes a line of a service's ledger.
    public mutating func take(line: ArraySlice<UInt8>) throws {
        let (name, found) = try Self.read(line)
        take(name, found)
    }

    /// Takes a document that a service holds; those of other shares are passed over.
    public mutating func take(_ held: BookName, _ found: BookEntry) {
        guard slice.contains(held) else { return }
        let name = held.source.isEmpty ? completed(held) : held
        guard let expected = entries[name] else {
            return differ("\(name) is held but was never told, or not so: \(Self.text(found))")
        }
        guard unseen.remove(name) != nil else { return differ("\(name) is held twice") }
        if expected == found {
            equal += 1
        } else {
            differ("\(name) is \(Self.text(found)); the topic says \(Self.text(expected))")
        }
    }

    /// A document from before ERPs were told apart, by the ERP that alone uses its number.
    private mutating func completed(_ name: BookName) -> BookName {
        let all =
            sources
            ?? entries.keys.reduce(into: [:]) {
                $0[BookName(source: "", kind: $1.kind, id: $1.id), default: []].append($1.source)
            }
        sources = all
        guard let of = all[name], of.count == 1 else { return name }
        return BookName(source: of[0], kind: name.kind, id: name.id)
    }

    /// What was never seen is missing.
    public mutating func finish() {
        for name in unseen.sorted() {
            differ("\(name) is missing: \(entries[name].map(Self.text) ?? "")")
        }
        unseen = []
    }

    private mutating func differ(_ text: String) {
        count += 1
        if named.count < Self.limit { named.append(text) }
    }

    private static func text(_ entry: BookEntry) -> String {
        let owner = entry.party.map { "of party \($0)" } ?? "of a walk-in"
        return "\(Amount(units: entry.units)) \(entry.currency) \(owner)\(entry.isCancelled ? ", cancelled" : "")"
    }

    private static func read(_ json: ArraySlice<UInt8>) throws -> (BookName, BookEntry) {
        struct Line: Decodable {
            let source: String?
            let kind: String
            let id: String
            let partyId: String?
            let currency: String
            let units: Int
            let cancelled: Bool
        }
        let line = try JSONDecoder().decode(Line.self, from: Data(json))
        return (
            BookName(source: line.source ?? "", kind: line.kind, id: line.id),
            BookEntry(
                party: line.partyId?.lowercased(), currency: line.currency, units: line.units,
                isCancelled: line.cancelled)
        )
    }
}
