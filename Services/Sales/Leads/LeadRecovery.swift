import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// What a new life of sales knows of the leads of those before.
@Loop
enum LeadRecovery {
    /// A lead as it was told, and what it became with that.
    @Loop
    private struct Told {
        let lead: ToldRecord<LeadState>
        var opportunity: UUID?
        var conversion: LeadConversion?
        var isReverted = false

        init?<T>(_ told: Received<T>, _ state: LeadState) {
            guard let lead = ToldRecord(told, state) else { return nil }
            self.lead = lead
        }
    }

    static func recover(_ subscriptions: inout Subscriptions) {
        subscriptions.on(
            [
                Heard(LeadCreated.self) { Told($0, $0.data.lead) }, Heard(LeadChanged.self) { Told($0, $0.data.lead) },
                Heard(LeadConverted.self) { event in
                    var told = Told(event, event.data.lead)
                    told?.opportunity = event.data.opportunityId
                    told?.conversion = event.data.conversion
                    return told
                },
                Heard(LeadReverted.self) { event in
                    var told = Told(event, event.data.lead)
                    told?.isReverted = true
                    return told
                },
            ]
        ) { (told: [Told], transaction) in
            for one in told {
                LeadState.record.recover([one.lead], by: LeadStore.recover, in: transaction)
                know(one, transaction)
            }
        }
    }

    private static func know(_ told: Told, _ transaction: Transaction) {
        let (id, version) = (told.lead.record.leadId, told.lead.version)
        transaction.enqueue(LeadStore.reached, id, version, told.lead.record.status, told.lead.at)
        if let opportunity = told.opportunity {
            let made = told.conversion
            transaction.enqueue(
                LeadStore.converted, id, opportunity, made?.accountId, made?.contactId, made?.isNewAccount == true,
                made?.isNewContact == true, version)
        }
        if told.isReverted { transaction.enqueue(LeadStore.reverted, id, version) }
    }
}
