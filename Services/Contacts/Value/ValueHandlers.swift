import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// What contacts does with orders, credits, invoices and payments.
@Loop
enum ValueHandlers {
    static func ordersPlaced(_ events: [Received<OrderPlaced>], _ transaction: Transaction) async throws {
        try await apply(events.map { LedgerEntry(.order, $0.data.order) }, transaction)
    }

    static func ordersChanged(_ events: [Received<OrderChanged>], _ transaction: Transaction) async throws {
        try await apply(events.map { LedgerEntry(.order, $0.data.order) }, transaction)
    }

    static func ordersCancelled(_ events: [Received<OrderCancelled>], _ transaction: Transaction) async throws {
        try await apply(events.map { LedgerEntry(.order, $0.data.order, isCancelled: true) }, transaction)
    }

    static func creditsIssued(_ events: [Received<CreditIssued>], _ transaction: Transaction) async throws {
        try await apply(events.map { LedgerEntry(.credit, $0.data.credit) }, transaction)
    }

    static func invoicesIssued(_ events: [Received<InvoiceIssued>], _ transaction: Transaction) async throws {
        try await apply(events.map { LedgerEntry(invoice: $0.data.invoice) }, transaction)
    }

    static func paymentsReceived(_ events: [Received<PaymentReceived>], _ transaction: Transaction) async throws {
        try await apply(events.map { LedgerEntry(.payment, $0.data.payment) }, transaction)
    }

    static func apply(_ entries: [LedgerEntry], _ transaction: Transaction) async throws {
        let changes = try await Ledger.record(entries, in: transaction)
        let sums = ValueChanges(changes)
        guard !sums.rows.isEmpty else { return }
        let customers = sums.customers.sorted { $0.value < $1.value }
        transaction.enqueue(PartyStore.addMissing, customers.map(\.key), customers.map(\.value))
        let rows = sums.rows.sorted {
            ($0.key.party, $0.key.currency) < ($1.key.party, $1.key.currency)
        }
        transaction.enqueue(
            ValueStore.add, rows.map(\.key.party), rows.map(\.key.currency), rows.map(\.value.orders),
            rows.map(\.value.revenue.units), rows.map(\.value.credits), rows.map(\.value.credited.units),
            rows.map(\.value.paid.units), rows.map(\.value.firstAt), rows.map(\.value.lastAt))
    }
}

/// What a batch of documents adds to the values of their customers; walk-ins belong to nobody.
struct ValueChanges {
    struct Key: Hashable {
        let party: UUID
        let currency: String
    }

    struct Sum {
        var orders = 0
        var revenue = Amount.zero
        var credits = 0
        var credited = Amount.zero
        var paid = Amount.zero
        var firstAt: Date?
        var lastAt: Date?
    }

    private(set) var rows: [Key: Sum] = [:]
    private(set) var customers: [UUID: String] = [:]

    init(_ changes: [LedgerChange]) {
        for change in changes {
            guard let party = change.party else { continue }
            if let number = change.document.customerNo { customers[party] = number }
            let key = Key(party: party, currency: change.document.currency)
            rows[key, default: Sum()].add(change)
        }
    }
}

extension ValueChanges.Sum {
    fileprivate mutating func add(_ change: LedgerChange) {
        switch change.kind {
        case .order:
            orders += change.count
            revenue += change.total
            // A cancelled order moves no date back; the dates say when the customer came.
            guard change.count >= 0 else { return }
            firstAt = min(firstAt ?? change.document.at, change.document.at)
            lastAt = max(lastAt ?? change.document.at, change.document.at)
        case .credit:
            credits += change.count
            credited += change.total
        case .payment: paid += change.total
        case .invoice, .adjustment: break
        }
    }
}
