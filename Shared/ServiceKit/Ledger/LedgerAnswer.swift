import CRMModel
import FoundationEssentials
import Postgres

/// A document as it was recorded: what it counted for, and where.
public struct LedgerRecord: Sendable {
    /// 1, or 0 where it was cancelled.
    public let count: Int
    /// Its sum, nothing where it was cancelled.
    public let total: Amount
    /// Whose it was.
    public let party: UUID?
    /// ISO 4217.
    public let currency: String
    /// Its time.
    public let at: Date

    init(_ row: Row) throws {
        let isCancelled: Bool = try row.value(4)
        count = isCancelled ? 0 : 1
        total = isCancelled ? .zero : Amount(units: try row.value(3))
        party = try row.value(5)
        currency = try row.value(6)
        at = try row.value(7)
    }
}

/// What the ledger answered: of each document, by kind and id, what was there before.
struct LedgerAnswer {
    /// Those that were there, as they were.
    private(set) var before: [String: LedgerRecord] = [:]
    /// The parties for whom documents count in the place of their own.
    private(set) var survivors: [String: UUID] = [:]
    /// Those of which a newer state was there, so that nothing was written.
    private(set) var refused: Set<String> = []

    /// Reads the answer to `count` documents.
    init(_ rows: Rows, to count: Int) throws {
        var new = 0
        for row in rows {
            let name = "\(try row.value(0) as String)\n\(try row.value(1) as String)"
            switch try row.value(2) as String {
            case "before":
                before[name] = try LedgerRecord(row)
                if try row.value(8) { refused.insert(name) }
            case "survivor": survivors[name] = try row.value(5)
            default: new = try row.value(3)
            }
        }
        // One that is neither new nor was there has come from another process since the look at what was there.
        guard new + before.count == count else {
            throw PostgresError(
                sqlState: "40001", message: "a document was recorded at the same time under another customer number")
        }
    }
}
