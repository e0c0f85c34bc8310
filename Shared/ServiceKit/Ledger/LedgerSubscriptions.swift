import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

extension Subscriptions {
    /// Hears of the ERP's documents, whichever event tells them, as a service keeps them in its ledger.
    public mutating func onDocuments(
        _ apply: @escaping @Loop ([LedgerEntry], Transaction) async throws -> Void
    ) {
        func hear<T: EventData>(_ type: T.Type, _ entry: @escaping @Loop (T, Date?) -> LedgerEntry) {
            on(type) { events, transaction in
                try await apply(events.map { entry($0.data, $0.event.time) }, transaction)
            }
        }
        hear(OrderPlaced.self) { LedgerEntry(.order, $0.order, toldAt: $1) }
        hear(OrderChanged.self) { LedgerEntry(.order, $0.order, toldAt: $1) }
        hear(OrderCancelled.self) { LedgerEntry(.order, $0.order, isCancelled: true, toldAt: $1) }
        hear(CreditIssued.self) { LedgerEntry(.credit, $0.credit, toldAt: $1) }
        hear(InvoiceIssued.self) { LedgerEntry(invoice: $0.invoice, toldAt: $1) }
        hear(PaymentReceived.self) { LedgerEntry(.payment, $0.payment, toldAt: $1) }
    }
}
