import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

extension Subscriptions {
    /// Applies documents, in order, inside the transaction that moves the offsets.
    public typealias Documents = @Loop ([LedgerEntry], Transaction) async throws -> Void

    /// Hears of the ERP's orders.
    public mutating func onOrders(_ apply: @escaping Documents) {
        hear(OrderPlaced.self, apply) { LedgerEntry(.order, $0.order, toldAt: $1) }
        hear(OrderChanged.self, apply) { LedgerEntry(.order, $0.order, toldAt: $1) }
        hear(OrderCancelled.self, apply) { LedgerEntry(.order, $0.order, isCancelled: true, toldAt: $1) }
    }

    /// Hears of the ERP's documents, whichever event tells them, as a service keeps them in its ledger.
    public mutating func onDocuments(_ apply: @escaping Documents) {
        onOrders(apply)
        hear(CreditIssued.self, apply) { LedgerEntry(.credit, $0.credit, toldAt: $1) }
        hear(InvoiceIssued.self, apply) { LedgerEntry(invoice: $0.invoice, toldAt: $1) }
        hear(PaymentReceived.self, apply) { LedgerEntry(.payment, $0.payment, toldAt: $1) }
    }

    private mutating func hear<T: EventData>(
        _ type: T.Type, _ apply: @escaping Documents, _ entry: @escaping @Loop (T, Date?) -> LedgerEntry
    ) {
        on(type) { events, transaction in
            try await apply(events.map { entry($0.data, $0.event.time) }, transaction)
        }
    }
}
