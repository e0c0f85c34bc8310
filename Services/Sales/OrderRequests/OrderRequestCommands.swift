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
        _ quote: QuoteState, revision: Int, _ lines: [OrderRequestLine], from opportunity: OpportunityState,
        party: UUID, contact: (name: String?, email: String?), answerTime: Int, in transaction: Transaction
    ) async throws -> UUID {
        let id = ExternalID.orderRequest(quote: quote.quoteId, revision: revision)
        Outbox.carryTrace(in: transaction)
        let buyer = try await Buyer.find(party, in: transaction)
        transaction.enqueue(
            OrderRequestStore.insert, id, quote.quoteId, buyer?.party ?? party, opportunity.owner)
        var request = OrderRequested(
            requestId: id, quoteId: quote.quoteId, partyId: buyer?.party ?? party, customerNo: nil,
            currency: quote.currency, lines: lines, total: quote.total)
        request.opportunityId = quote.opportunityId
        request.owner = opportunity.owner
        request.tax = quote.tax
        request.totalWithTax = quote.tax.map { quote.total + $0 }
        request.validUntil = quote.validUntil
        request.requestedAt = Date()
        if let buyer {
            try tell(request, of: buyer, contact, in: transaction)
        } else {
            try WaitingRequests.park(request, in: transaction)
        }
        Timers.set(
            kind: OrderRequestHandlers.timer, key: id.text, dueAt: Date().addingTimeInterval(Double(answerTime)),
            in: transaction)
        return id
    }

    /// Tells the ERP of a request, whose row is locked, and who buys: whole where persons can be taken out again, and without them on the
    /// service's own topic.
    static func tell(
        _ request: OrderRequested, of buyer: Buyer?, _ contact: (name: String?, email: String?),
        in transaction: Transaction
    ) throws {
        let plain = request.told(of: nil, customerNo: buyer?.customerNo)
        try Outbox.append(plain, key: request.requestId, sequence: 1, in: transaction)
        var form = buyer?.form
        form?.contactName = contact.name
        form?.contactEmail = contact.email
        try Outbox.append(
            request.told(of: form, customerNo: buyer?.customerNo), topic: .orderRequests, key: request.requestId.text,
            sequence: nil, in: transaction)
    }
}
