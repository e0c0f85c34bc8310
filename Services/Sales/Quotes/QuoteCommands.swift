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
        for opportunityID: UUID, _ new: NewQuote, in transaction: Transaction
    ) async throws -> UUID {
        let (opportunity, _) = try await OpportunityCommands.locked(opportunityID, in: transaction)
        let (id, lines) = (UUID.v7(), new.lines)
        let total = lines.reduce(Amount.zero) { $0 + $1.total }
        let tax = lines.reduce(Amount.zero) { $0 + $1.tax }
        transaction.enqueue(
            QuoteStore.insert, id, opportunityID, new.currency, total.units, tax.units, new.validUntil?.text)
        transaction.enqueue(
            QuoteStore.insertLines, id, Array(1...lines.count), lines.map(\.sku), lines.map(\.name),
            lines.map(\.quantity.units), lines.map(\.unitPrice.units), lines.map(\.discountPercent.units),
            lines.map(\.netPrice.units), lines.map(\.total.units), lines.map(\.taxPercent.units),
            lines.map(\.tax.units))
        let quote = QuoteState(
            id, of: opportunity, "draft", currency: new.currency, total: total, tax: tax, validUntil: new.validUntil)
        try Outbox.append(QuoteCreated(quote: quote), key: id, sequence: 1, in: transaction)
        return id
    }

    /// Accepts a quote: the opportunity is won and the ERP is asked for an order, which it should answer in `answerTime` seconds.
    /// Answers the id of the order request.
    static func accept(_ id: UUID, answerTime: Int, in transaction: Transaction) async throws -> UUID {
        guard let locked = try await transaction.rows(QuoteStore.lock, id).first.map(LockedQuote.init) else {
            throw Problem.missing("quote", id)
        }
        guard locked.status == "draft" else {
            throw Problem(status: .conflict, detail: "The quote was accepted before.")
        }
        if let last = locked.validUntil, RFC3339.string(Date()).prefix(10) > last.text {
            throw Problem(status: .conflict, detail: "The quote was good until \(last.text).")
        }
        var (opportunity, version) = try await OpportunityCommands.locked(locked.opportunity, in: transaction)
        guard let party = opportunity.partyId else {
            throw Problem(
                status: .conflict,
                detail: "The opportunity has no party; set its partyId, so that the ERP knows the buyer.")
        }
        let quote = locked.state(id, of: opportunity, "accepted")
        transaction.enqueue(QuoteStore.setStatus, id, "accepted")
        try Outbox.append(QuoteAccepted(quote: quote), key: id, sequence: locked.version + 1, in: transaction)
        let stage = opportunity.stage
        opportunity.stage = "won"
        opportunity.amount = quote.total
        opportunity.currency = quote.currency
        try OpportunityCommands.save(opportunity, version: version, from: stage, in: transaction)
        let contact = try await transaction.rows(OpportunityStore.contact, locked.opportunity).first ?? (nil, nil)
        return try await OrderRequestCommands.request(
            quote, revision: locked.version, try await lines(of: id, in: transaction), from: opportunity, party: party,
            contact: contact, answerTime: answerTime, in: transaction)
    }

    /// Makes an accepted quote, whose row is locked, a draft again.
    static func reopen(
        _ id: UUID, _ locked: LockedQuote, of opportunity: OpportunityState, in transaction: Transaction
    ) throws {
        guard locked.status == "accepted" else { return }
        transaction.enqueue(QuoteStore.setStatus, id, "draft")
        try Outbox.append(
            QuoteReopened(quote: locked.state(id, of: opportunity, "draft")), key: id, sequence: locked.version + 1,
            in: transaction)
    }

    /// The lines as the ERP is asked for them.
    static func lines(of id: UUID, in transaction: Transaction) async throws -> [OrderRequestLine] {
        try await transaction.rows(QuoteStore.lines, id).map {
            sku, name, quantity, list, discount, price, total, taxPercent, tax in
            var line = OrderRequestLine(
                sku: sku, name: name, quantity: Amount(units: quantity), unitPrice: Amount(units: price))
            line.listPrice = Amount(units: list)
            line.discountPercent = Amount(units: discount)
            line.taxPercent = Amount(units: taxPercent)
            line.tax = Amount(units: tax)
            line.total = Amount(units: total)
            return line
        }
    }
}
