import CRMModel
import FoundationEssentials
import Messaging

/// What a recorded state of a document changes in sums that were kept before it.
public struct LedgerChange: Sendable {
    /// How a state stands among those of its document.
    public enum Standing: Sendable {
        /// It was told now, and counts.
        case told
        /// It counts again and was told before: its lines and its customer's number are not in the document.
        case recalled
        /// It was told now and counts nothing, as another customer number of its document counts.
        case aside
    }

    /// The document.
    public let name: BookName
    /// The kind of document.
    public let kind: LedgerEntry.Kind
    /// Whose sums change; nil for a walk-in.
    public let party: UUID?
    /// The document as it is now; of one that has moved away from a customer or currency, what was there before.
    public let document: ERPDocument
    /// Whether the document, as it is now, is cancelled.
    public let isCancelled: Bool
    /// By how many the number of valid documents grows: 1, 0 or -1.
    public let count: Int
    /// By how much their sum grows.
    public let total: Amount
    /// What was recorded before; nil for a document that is new here, and for one that comes from another customer or currency.
    public let previous: LedgerRecord?
    /// How the state stands.
    public let standing: Standing

    /// One change, or two where a document went to another customer or currency: it leaves the old sums whole.
    static func of(
        _ entry: LedgerEntry, standing: Standing = .told, for party: UUID?, since old: LedgerRecord?
    ) -> [LedgerChange] {
        let document = entry.document
        let count = entry.isCancelled ? 0 : 1
        let total = entry.isCancelled ? 0 : document.total.units
        func change(
            _ party: UUID?, _ document: ERPDocument, _ count: Int, _ total: Int, _ previous: LedgerRecord? = nil
        ) -> LedgerChange {
            LedgerChange(
                name: entry.name, kind: entry.kind, party: party, document: document, isCancelled: entry.isCancelled,
                count: count, total: Amount(units: total), previous: previous, standing: standing)
        }
        guard let old else { return [change(party, document, count, total)] }
        if old.party == party, old.currency == document.currency {
            return [change(party, document, count - old.count, total - old.total.units, old)]
        }
        if old.count == 0 { return [change(party, document, count, total)] }
        var left = document
        left.currency = old.currency
        if old.party != party { left.customerNo = nil }
        return [
            change(old.party, left, -old.count, -old.total.units, old), change(party, document, count, total),
        ]
    }

    /// A state that is kept aside: its customer is known from now on, and nothing counts.
    static func aside(_ entry: LedgerEntry) -> LedgerChange {
        LedgerChange(
            name: entry.name, kind: entry.kind, party: entry.document.partyID, document: entry.document,
            isCancelled: entry.isCancelled, count: 0, total: .zero, previous: nil, standing: .aside)
    }
}

/// A document that counts under another customer number than before.
public struct LedgerMove: Sendable {
    /// The document.
    public let name: BookName
    /// The parties of the number it counted under and of the one it counts under; nil for walk-ins.
    public let from: UUID?, to: UUID?
    /// Whether the state that counts now was told before, and not in this batch.
    public let isRecalled: Bool
}

/// What recording documents has done, for those who keep more of them than the ledger.
public struct LedgerRecorded: Sendable {
    /// What changes in sums.
    public internal(set) var changes: [LedgerChange] = []
    /// What of the documents counts under another number now.
    public internal(set) var moves: [LedgerMove] = []
    /// Documents from before sources were kept, whose source is known now.
    public internal(set) var claimed: [BookName] = []
    /// Nothing recorded.
    public init() {}
}
