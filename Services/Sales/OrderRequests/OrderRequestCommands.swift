import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// Asks the ERP for orders.
@Loop
enum OrderRequestCommands {
    /// Asks for the order of an accepted quote, whose row is locked; answers the request's id.
    static func request(
        _ quote: QuoteState, _ lines: [OrderRequested.Line], party: UUID, owner: String?, answerTime: Int,
        in transaction: Transaction
    ) async throws -> UUID {
        let id = UUID.v7()
        Outbox.carryTrace(in: transaction)
        transaction.enqueue(OrderRequestStore.insert, id, quote.quoteId, party, owner)
        let number: String? = try await transaction.query(OrderRequestStore.customerNo, party).first?.value(0)
        let request = OrderRequested(
            requestId: id, quoteId: quote.quoteId, partyId: party, customerNo: number, currency: quote.currency,
            lines: lines, total: quote.total)
        let key = id.text
        try Outbox.append(request, topic: .sales, key: key, sequence: 1, in: transaction)
        Timers.set(
            kind: OrderRequestHandlers.timer, key: key, dueAt: Date().addingTimeInterval(Double(answerTime)),
            in: transaction)
        return id
    }
}
