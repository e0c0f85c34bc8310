import CRMModel
import FoundationEssentials
import Kafka
import Messaging

/// A document of the ERP as a service keeps it: enough to prove, document by document, that nothing was lost or doubled.
public struct LedgerEntry: Sendable {
    /// What kinds of documents there are.
    public enum Kind: String, Sendable {
        /// An order.
        case order
        /// A credit.
        case credit
        /// An invoice of an order.
        case invoice
        /// An invoice without an order: an adjustment of the books.
        case adjustment
        /// A payment.
        case payment
    }

    /// The kind.
    public let kind: Kind
    /// The document.
    public let document: ERPDocument
    /// Whether it does not count any more.
    public let isCancelled: Bool
    /// When the ERP told it, by its own clock.
    public let toldAt: Date?
    /// Which ERP told it; two may use one number. Empty where that is not known.
    public let source: String
    /// Its place in its partition.
    public let offset: Int64?

    /// Takes a document.
    public init(
        _ kind: Kind, _ document: ERPDocument, isCancelled: Bool = false, toldAt: Date? = nil, source: String = "",
        offset: Int64? = nil
    ) {
        self.kind = kind
        self.document = document
        self.isCancelled = isCancelled
        self.toldAt = toldAt
        self.source = source
        self.offset = offset
    }

    /// Takes a document as an event tells it.
    public init(_ kind: Kind, _ document: ERPDocument, isCancelled: Bool = false, of event: Event) {
        self.init(
            kind, document, isCancelled: isCancelled, toldAt: event.time, source: event.source,
            offset: event.record.offset)
    }

    /// An invoice, or an adjustment where it has no order.
    public init(invoice: ERPDocument, of event: Event) {
        self.init(invoice.orderID == nil ? .adjustment : .invoice, invoice, of: event)
    }

    /// Names the document among all.
    public var name: BookName { BookName(source: source, kind: kind.rawValue, id: document.id) }

    /// It as a state of its document.
    func state() -> DocumentStates<LedgerEntry>.State {
        .init(party: document.partyID, offset: offset, told: toldAt, isCancelled: isCancelled, content: self)
    }
}

extension UUID {
    /// What stands for a walk-in where a key needs a party.
    public static let nobody = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
}
