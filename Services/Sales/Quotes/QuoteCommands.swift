import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit

/// Changes of quotes that people and programs ask for.
@Loop
enum QuoteCommands {
    static func create(
        for opportunityID: UUID, currency: String, _ lines: [QuoteLine], in transaction: Transaction
    ) async throws -> UUID {
        let (opportunity, _) = try await OpportunityCommands.locked(opportunityID, in: transaction)
        let id = UUID.v7()
        let total = lines.reduce(Amount.zero) { $0 + $1.total }
        transaction.enqueue(QuoteStore.insert, id, opportunityID, currency, total.units)
        transaction.enqueue(
            QuoteStore.insertLines, id, Array(1...lines.count), lines.map(\.sku), lines.map(\.name),
            lines.map(\.quantity.units), lines.map(\.unitPrice.units), lines.map(\.discountPercent.units),
            lines.map(\.netPrice.units), lines.map(\.total.units))
        let quote = QuoteState(id, of: opportunity, "draft", currency: currency, total: total)
        try Outbox.append(QuoteCreated(quote: quote), key: id, sequence: 1, in: transaction)
        return id
    }

    /// Accepts a quote: the opportunity is won and the ERP is asked for an order, which it should answer in `answerTime` seconds.
    /// Answers the id of the order request.
    static func accept(_ id: UUID, answerTime: Int, in transaction: Transaction) async throws -> UUID {
        guard let (current, status, parent, currency, total) = try await transaction.rows(QuoteStore.lock, id).first
        else {
            throw Problem.missing("quote", id)
        }
        guard status == "draft" else {
            throw Problem(status: .conflict, detail: "The quote was accepted before.")
        }
        var (opportunity, version) = try await OpportunityCommands.locked(parent, in: transaction)
        guard let party = opportunity.partyId else {
            throw Problem(
                status: .conflict,
                detail: "The opportunity has no party; set its partyId, so that the ERP knows the buyer.")
        }
        let quote = QuoteState(id, of: opportunity, "accepted", currency: currency, total: Amount(units: total))
        transaction.enqueue(QuoteStore.accept, id)
        try Outbox.append(QuoteAccepted(quote: quote), key: id, sequence: current + 1, in: transaction)
        let stage = opportunity.stage
        opportunity.stage = "won"
        opportunity.amount = quote.total
        opportunity.currency = quote.currency
        try OpportunityCommands.save(opportunity, version: version, from: stage, in: transaction)
        return try await OrderRequestCommands.request(
            quote, revision: current, try await lines(of: id, in: transaction), party: party,
            owner: opportunity.owner, answerTime: answerTime, in: transaction)
    }

    /// The lines as the ERP is asked for them.
    private static func lines(of id: UUID, in transaction: Transaction) async throws -> [OrderRequested.Line] {
        try await transaction.rows(QuoteStore.lines, id).map { sku, name, quantity, price in
            OrderRequested.Line(
                sku: sku, name: name, quantity: Amount(units: quantity), unitPrice: Amount(units: price))
        }
    }
}
