import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit

/// Changes of leads that people and programs ask for.
@Loop
enum LeadCommands {
    static func create(_ lead: LeadState, in transaction: Transaction) throws -> UUID {
        transaction.enqueue(LeadStore.insert, values: LeadState.record.values(lead))
        try Outbox.append(LeadCreated(lead: lead), key: lead.leadId, sequence: 1, in: transaction)
        return lead.leadId
    }

    /// Changes a lead that is still at the version seen.
    static func change(
        _ id: UUID, _ seen: Seen, _ said: Patch<LeadState>, in transaction: Transaction
    ) async throws -> Completion<Rows> {
        try await LeadState.record.change(
            id, seen, said, of: .leads, lock: LeadStore.lock, in: transaction, allowed: { try $0.checkOpen() }
        ) { new, _, version in
            let shown = transaction.enqueue(LeadStore.update, values: LeadState.record.values(new))
            try Outbox.append(LeadChanged(lead: new), key: id, sequence: version + 1, in: transaction)
            return shown
        }
    }

    /// Makes an opportunity of a lead, which keeps the name and mail of a person who is no party yet; answers its id.
    static func convert(
        _ id: UUID, _ said: Patch<OpportunityState>, in transaction: Transaction
    ) async throws -> UUID {
        var (lead, version) = try await LeadState.record.locked(id, LeadStore.lock, in: transaction)
        try lead.checkOpen()
        var start = OpportunityState(opportunityId: .v7(), name: lead.company ?? lead.name)
        start.partyId = lead.partyId
        start.owner = lead.owner
        start.leadId = id
        let opportunity = try OpportunityCommands.create(
            said.applied(to: start), contact: (lead.name, lead.email), in: transaction)
        lead.status = "converted"
        transaction.enqueue(LeadStore.convert, id, opportunity)
        try Outbox.append(
            LeadConverted(lead: lead, opportunityId: opportunity), key: id, sequence: version + 1, in: transaction)
        return opportunity
    }
}
