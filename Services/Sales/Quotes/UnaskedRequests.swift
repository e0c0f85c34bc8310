import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit

/// Quotes of which a life before told that they were accepted, and nothing of the order that the ERP was to be asked for: the request waited
/// for its buyer, or stood behind the quote, when the database was lost. A quote and its request are one transaction, so there are none in a
/// first life.
///
/// Where the ERP has made the order, it was asked, and that is known. Of all others a person decides.
@Loop
enum UnaskedRequests {
    /// What is held.
    nonisolated static let kind = "order-request"

    /// Looks for some of them; whether there may be more.
    static func look(_ context: ServiceContext) async throws -> Bool {
        try await context.transaction { transaction in
            let found = try await transaction.rows(OrderRequestStore.unasked, kind, 200)
            for (quote, version, party, owner, at) in found {
                let id = ExternalID.orderRequest(quote: quote, revision: version - 1)
                if let party {
                    let known = try await transaction.rows(OrderRequestStore.adopt, id, quote, party, owner)
                    if !known.isEmpty { continue }
                }
                Held.keep(
                    kind, key: "\(quote.text):\(version)", subject: party?.text ?? quote.text, payload: nil,
                    cause: "the quote was accepted in a life before, and it told of no order request", askedAt: at,
                    in: transaction)
            }
            return found.count == 200
        }
    }

    /// Asks the ERP, under the id that the request had.
    static func release(_ held: Held, answerTime: Int, in transaction: Transaction) async throws {
        guard let (quote, opportunity) = try await accepted(held, in: transaction) else { return }
        let lines = try await QuoteCommands.lines(of: quote.id, in: transaction)
        guard !lines.isEmpty else {
            throw Problem(
                status: .conflict,
                detail: "What was offered is in no event: discard this, and make the quote anew.")
        }
        guard let party = opportunity.record.partyId else {
            throw Problem(
                status: .conflict, detail: "The opportunity has no party, so the ERP would not know the buyer.")
        }
        let state = quote.locked.state(quote.id, of: opportunity.record, "accepted")
        let revision = quote.locked.version - 1
        let id = ExternalID.orderRequest(quote: quote.id, revision: revision)
        guard try await transaction.rows(OrderRequestStore.known, [id]).isEmpty else { return }
        let contact = try await transaction.rows(OpportunityStore.contact, state.opportunityId).first ?? (nil, nil)
        _ = try await OrderRequestCommands.request(
            state, revision: revision, lines, from: opportunity.record, party: party, contact: contact,
            answerTime: answerTime, in: transaction)
    }

    /// Asks for nothing: what was offered is a draft again, and may be accepted once more. A quote whose lines are lost stays as it is.
    static func discard(_ held: Held, in transaction: Transaction) async throws {
        guard let (quote, opportunity) = try await accepted(held, in: transaction),
            try await !QuoteCommands.lines(of: quote.id, in: transaction).isEmpty
        else { return }
        try QuoteCommands.reopen(quote.id, quote.locked, of: opportunity.record, in: transaction)
        try await OpportunityCommands.reopen(opportunity.record, version: opportunity.version, in: transaction)
    }

    /// The quote that was held and its opportunity, locked in the order in which a quote is accepted; nil where it is no such quote any more.
    private static func accepted(
        _ held: Held, in transaction: Transaction
    ) async throws -> (quote: (id: UUID, locked: LockedQuote), opportunity: (record: OpportunityState, version: Int))? {
        let parts = held.key.split(separator: ":")
        guard let id = parts.first.flatMap({ UUID(text: String($0)) }),
            let locked = try await transaction.rows(QuoteStore.lock, id).first.map(LockedQuote.init),
            locked.status == "accepted", parts.last == "\(locked.version)"
        else { return nil }
        guard let row = try await transaction.query(OpportunityStore.lock, locked.opportunity).first else {
            throw Problem(status: .conflict, detail: "The opportunity of the quote is not known here.")
        }
        return ((id, locked), try OpportunityState.record.load(row, locked.opportunity))
    }
}
