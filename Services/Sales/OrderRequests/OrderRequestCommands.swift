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
        let number = try await transaction.rows(OrderRequestStore.customerNo, party).first ?? nil
        let request = OrderRequested(
            requestId: id, quoteId: quote.quoteId, partyId: party, customerNo: number, currency: quote.currency,
            lines: lines, total: quote.total)
        try Outbox.append(request, key: id, sequence: 1, in: transaction)
        Timers.set(
            kind: OrderRequestHandlers.timer, key: id.text, dueAt: Date().addingTimeInterval(Double(answerTime)),
            in: transaction)
        return id
    }
}
