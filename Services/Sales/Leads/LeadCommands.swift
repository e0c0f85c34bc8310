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
        transaction.enqueue(LeadStore.remember, lead.leadId, 1, lead.status)
        try Outbox.append(LeadCreated(lead: lead), key: lead.leadId, sequence: 1, in: transaction)
        return lead.leadId
    }

    /// Changes a lead that is still at the version seen.
    static func change(
        _ id: UUID, _ seen: Seen, _ said: Patch<LeadState>, in transaction: Transaction
    ) async throws -> Completion<Rows> {
        try await LeadState.record.change(
            id, seen, said, of: .leads, lock: LeadStore.lock, in: transaction, allowed: { try $0.checkOpen() }
        ) { new, old, version in
            if new.status != old.status { transaction.enqueue(LeadStore.remember, id, version + 1, new.status) }
            let shown = transaction.enqueue(LeadStore.update, values: LeadState.record.values(new))
            try Outbox.append(LeadChanged(lead: new), key: id, sequence: version + 1, in: transaction)
            return shown
        }
    }
}
