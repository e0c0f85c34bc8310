import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// Asks the ERP for orders.
@Loop
enum OrderRequestCommands {
    /// How long the ERP may take.
    nonisolated static let answerTime = Setting<Int>(
        "ORDER_ANSWER_SECONDS", default: 86_400, help: "how long the ERP may take to answer an order request")

    /// Asks for the order of an accepted quote, whose row is locked; answers the request's id, which follows from the quote and the
    /// revision that was accepted.
    static func request(
        _ quote: QuoteState, revision: Int, _ lines: [OrderRequested.Line], party: UUID, owner: String?,
        answerTime: Int, in transaction: Transaction
    ) async throws -> UUID {
        let id = ExternalID.orderRequest(quote: quote.quoteId, revision: revision)
        Outbox.carryTrace(in: transaction)
        transaction.enqueue(OrderRequestStore.insert, id, quote.quoteId, party, owner)
        let request = OrderRequested(
            requestId: id, quoteId: quote.quoteId, partyId: party, customerNo: nil, currency: quote.currency,
            lines: lines, total: quote.total)
        if let account = try await transaction.rows(OrderRequestStore.customerNo, party).first {
            try tell(request, customerNo: account, in: transaction)
        } else {
            try WaitingRequests.park(request, in: transaction)
        }
        Timers.set(
            kind: OrderRequestHandlers.timer, key: id.text, dueAt: Date().addingTimeInterval(Double(answerTime)),
            in: transaction)
        return id
    }

    /// Tells the ERP of a request, whose row is locked, and by which number it knows the buyer.
    static func tell(_ request: OrderRequested, customerNo: String?, in transaction: Transaction) throws {
        let request = OrderRequested(
            requestId: request.requestId, quoteId: request.quoteId, partyId: request.partyId, customerNo: customerNo,
            currency: request.currency, lines: request.lines, total: request.total)
        try Outbox.append(request, key: request.requestId, sequence: 1, in: transaction)
    }
}
