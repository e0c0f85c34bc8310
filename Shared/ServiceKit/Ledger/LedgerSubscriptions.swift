import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

extension Subscriptions {
    /// Applies documents, in order, inside the transaction that moves the offsets.
    public typealias Documents = @Loop ([LedgerEntry], Transaction) async throws -> Void

    /// Hears of the ERP's orders, all that a batch tells of them at once.
    public mutating func onOrders(_ apply: @escaping Documents) { on(LedgerEntry.orders, apply) }

    /// Hears of the ERP's documents, whichever event tells them, as a service keeps them in its ledger: all of a batch at once and before
    /// anything else, as documents are locked before parties.
    public mutating func onDocuments(_ apply: @escaping Documents) {
        on(
            LedgerEntry.heard, isFirst: true,
            foresee: { entries, transaction in
                Redirects.foresee(entries.compactMap(\.document.partyID), in: transaction)
            }, apply)
    }
}

@Loop
extension LedgerEntry {
    /// The events that tell documents, for who hears them together with others.
    public static var heard: [Heard<LedgerEntry>] { orders + others }

    fileprivate static var orders: [Heard<LedgerEntry>] {
        [
            Heard(OrderPlaced.self) { LedgerEntry(.order, $0.data.order, of: $0.event) },
            Heard(OrderChanged.self) { LedgerEntry(.order, $0.data.order, of: $0.event) },
            Heard(OrderCancelled.self) {
                LedgerEntry(.order, $0.data.order, isCancelled: true, of: $0.event)
            },
        ]
    }

    private static var others: [Heard<LedgerEntry>] {
        [
            Heard(CreditIssued.self) { LedgerEntry(.credit, $0.data.credit, of: $0.event) },
            Heard(InvoiceIssued.self) { LedgerEntry(invoice: $0.data.invoice, of: $0.event) },
            Heard(PaymentReceived.self) { LedgerEntry(.payment, $0.data.payment, of: $0.event) },
        ]
    }
}
