import CRMModel
import FoundationEssentials
import Messaging
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
    /// The latest time told under its customer number.
    let toldAt: Date?

    init(isCancelled: Bool, total: Int, party: UUID?, currency: String, at: Date, toldAt: Date?) {
        count = isCancelled ? 0 : 1
        self.total = isCancelled ? .zero : Amount(units: total)
        self.party = party
        self.currency = currency
        self.at = at
        self.toldAt = toldAt
    }
}

extension BookName {
    /// Reads the source, the kind and the number, which stand first in a row.
    init(_ row: Row) throws {
        self.init(source: try row.value(0), kind: try row.value(1), id: try row.value(2))
    }
}

/// What the ledger answered: of each document what was there before.
struct LedgerAnswer {
    /// Those that were there, as they were.
    private(set) var before: [BookName: LedgerRecord] = [:]
    /// The parties for whom documents count in the place of their own.
    private(set) var survivors: [BookName: UUID] = [:]
    /// Those of which nothing was written, as more than the last state under one number has to be looked at.
    private(set) var open: Set<BookName> = []

    /// Reads the answer to `count` documents.
    init(_ rows: Rows, to count: Int) throws {
        var new = 0
        for row in rows {
            let (source, kind, id, what, number, wasCancelled, party, currency, at, toldAt, isOpen) = try row.values(
                of: LedgerStore.record)
            let name = BookName(source: source, kind: kind, id: id)
            switch what {
            case "before":
                guard let number, let wasCancelled, let currency, let at else { continue }
                before[name] = LedgerRecord(
                    isCancelled: wasCancelled, total: number, party: party, currency: currency, at: at, toldAt: toldAt)
                if isOpen == true { open.insert(name) }
            case "survivor": survivors[name] = party
            default: new = number ?? 0
            }
        }
        // One that is neither new nor was there has come from another process since the look at what was there.
        guard new + before.count == count else {
            throw PostgresError(
                sqlState: "40001", message: "a document was recorded at the same time under another customer number")
        }
    }
}
