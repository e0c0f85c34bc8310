import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// What a new life of sales knows of the leads of those before.
@Loop
enum LeadRecovery {
    /// A lead as it was told, and what it became.
    private typealias Told = (lead: ToldRecord<LeadState>, opportunity: UUID?)

    static func recover(_ subscriptions: inout Subscriptions) {
        subscriptions.on(
            [
                Heard(LeadCreated.self) { told -> Told? in ToldRecord(told, told.data.lead).map { ($0, nil) } },
                Heard(LeadChanged.self) { told -> Told? in ToldRecord(told, told.data.lead).map { ($0, nil) } },
                Heard(LeadConverted.self) { told -> Told? in
                    ToldRecord(told, told.data.lead).map { ($0, told.data.opportunityId) }
                },
            ]
        ) { (told: [Told], transaction) in
            for (lead, opportunity) in told {
                LeadState.record.recover([lead], by: LeadStore.recover, in: transaction)
                guard let opportunity else { continue }
                transaction.enqueue(LeadStore.converted, lead.record.leadId, opportunity, lead.version)
            }
        }
    }
}
