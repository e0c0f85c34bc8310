import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// What sales tells of prospects.
@Loop
enum StageHandlers {
    /// Those of whom sales has a lead.
    static func leads(_ leads: [LeadState], _ transaction: Transaction) {
        follow(leads.map { ($0.partyId, "lead \($0.name)") }, transaction)
    }

    /// Those with whom sales sees a chance.
    static func opportunities(_ opportunities: [OpportunityState], _ transaction: Transaction) {
        follow(opportunities.map { ($0.partyId, "opportunity \($0.name)") }, transaction)
    }

    private static func follow(_ causes: [(UUID?, String)], _ transaction: Transaction) {
        let known = causes.compactMap { party, cause in party.map { ($0, String(cause.prefix(200))) } }
        guard !known.isEmpty else { return }
        // Before any party is locked: a merge takes both in this order too.
        Redirects.hold(in: transaction)
        transaction.enqueue(StageStore.lock, Set(known.map(\.0)).sorted())
        transaction.enqueue(StageStore.lead, known.map(\.0), known.map(\.1))
    }
}
