import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// What sales tells of prospects.
@Loop
enum StageHandlers {
    /// Those of whom sales has a lead, and those with whom it sees a chance.
    static func subscribe(_ subscriptions: inout Subscriptions) {
        subscriptions.on(
            [
                Heard(LeadCreated.self) { StageCause($0.data.lead) },
                Heard(LeadConverted.self) { StageCause($0.data.lead) },
                Heard(OpportunityCreated.self) { StageCause($0.data.opportunity) },
                Heard(OpportunityStageChanged.self) { StageCause($0.data.opportunity) },
                Heard(OpportunityWon.self) { StageCause($0.data.opportunity) },
                Heard(OpportunityLost.self) { StageCause($0.data.opportunity) },
            ], foresee: { PartyLocks.foresee($0.map(\.party), in: $1) }, follow)
    }

    static func follow(_ causes: [StageCause], _ transaction: Transaction) {
        let parties = causes.map(\.party)
        // Before any party is locked: a merge takes both in this order too.
        Redirects.hold(parties, in: transaction)
        PartyLocks.take(parties, in: transaction)
        transaction.enqueue(StageStore.lead, parties, causes.map(\.text))
    }
}

/// Why a prospect is a lead.
struct StageCause {
    let party: UUID
    let text: String

    init?(_ lead: LeadState) { self.init(lead.partyId, "lead \(lead.name)") }

    init?(_ opportunity: OpportunityState) { self.init(opportunity.partyId, "opportunity \(opportunity.name)") }

    private init?(_ party: UUID?, _ text: String) {
        guard let party else { return nil }
        self.party = party
        self.text = String(text.prefix(200))
    }
}
