import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// What follows where the ERP will not make an order that it was asked for: the request is closed, its quote is a draft and its opportunity is
/// open again, and the salesperson has a task with the reason.
@Loop
enum OrderRefusals {
    static func take(_ refusal: OrderRefused, in transaction: Transaction) async throws {
        let id = refusal.requestId
        guard let (quoteID, status) = try await transaction.rows(OrderRequestStore.refusing, id).first,
            status == "requested"
        else { return }
        // In the order in which a quote is accepted: the quote, its opportunity, the request.
        let quote = try await transaction.rows(QuoteStore.lock, quoteID).first
        var opportunity: (record: OpportunityState, version: Int)?
        if let parent = quote?.2 {
            opportunity = try await transaction.query(OpportunityStore.lock, parent).first.map {
                try OpportunityState.record.load($0, parent)
            }
        }
        let task = OrderRequestHandlers.task("order-refused", id)
        let closed = try await transaction.rows(OrderRequestStore.refuse, id, refusal.explanation, task).first
        guard let (version, _, party) = closed else { return }
        transaction.enqueue(OrderRequestStore.cancelTimers, OrderRequestHandlers.timer, [id.text])
        transaction.enqueue(TaskStore.closeReferences, OrderRequestHandlers.timer, [id.text])
        transaction.enqueue(OrderRequestStore.forget, id.text)
        try Outbox.append(
            OrderRequestRefused(requestId: id, quoteId: quoteID, partyId: party, reason: refusal.explanation), key: id,
            sequence: version, in: transaction)
        guard let quote, let opportunity else { return }
        try QuoteCommands.reopen(quoteID, LockedQuote(quote), of: opportunity.record, in: transaction)
        try await OpportunityCommands.reopen(opportunity.record, version: opportunity.version, in: transaction)
    }
}
