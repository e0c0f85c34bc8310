import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit

/// Changes of opportunities that people and programs ask for.
@Loop
enum OpportunityCommands {
    /// Creates an opportunity; `contact` is who to talk to where there is no party yet.
    static func create(
        _ said: OpportunityState, contact: (name: String?, email: String?) = (nil, nil), in transaction: Transaction
    ) throws -> UUID {
        let new = try said.checked()
        guard !new.isClosed else { throw Problem.field("stage", "must be an open one at first") }
        transaction.enqueue(
            OpportunityStore.insert, values: OpportunityState.record.values(new) + [contact.name, contact.email])
        transaction.enqueue(OpportunityStore.remember, new.opportunityId, 1, new.stage)
        try Outbox.append(OpportunityCreated(opportunity: new), key: new.opportunityId, sequence: 1, in: transaction)
        return new.opportunityId
    }

    /// Changes an opportunity that is still at the version seen.
    static func change(
        _ id: UUID, _ seen: Seen, _ said: Patch<OpportunityState>, in transaction: Transaction
    ) async throws -> Completion<Rows> {
        try await OpportunityState.record.change(
            id, seen, said, of: .opportunities, lock: OpportunityStore.lock, in: transaction,
            allowed: { try $0.checkOpen() }
        ) { new, old, version in
            try save(new.checked(), version: version, from: old.stage, in: transaction)
        }
    }

    /// Opens an opportunity, whose row is locked, that was won and is not after all: in the open stage that it was in last.
    static func reopen(_ opportunity: OpportunityState, version: Int, in transaction: Transaction) async throws {
        guard opportunity.stage == "won" else { return }
        var open = opportunity
        open.stage =
            try await transaction.rows(OpportunityStore.openStage, opportunity.opportunityId).first
            ?? OpportunityState(opportunityId: opportunity.opportunityId).stage
        try save(open, version: version, from: opportunity.stage, in: transaction)
    }

    /// An open opportunity and its version, its row locked.
    static func locked(_ id: UUID, in transaction: Transaction) async throws -> (OpportunityState, Int) {
        let (opportunity, version) = try await OpportunityState.record.locked(
            id, OpportunityStore.lock, in: transaction)
        try opportunity.checkOpen()
        return (opportunity, version)
    }

    /// Writes the new state over a locked row at `version`, with the event that tells of it; answers how it is shown now.
    @discardableResult
    static func save(
        _ new: OpportunityState, version: Int, from old: String, in transaction: Transaction
    ) throws -> Completion<Rows> {
        let id = new.opportunityId
        if new.stage != old { transaction.enqueue(OpportunityStore.remember, id, version + 1, new.stage) }
        let shown = transaction.enqueue(OpportunityStore.update, values: OpportunityState.record.values(new))
        func append(_ event: some EventData & Encodable) throws {
            try Outbox.append(event, key: id, sequence: version + 1, in: transaction)
        }
        switch new.stage {
        case old: try append(OpportunityChanged(opportunity: new))
        case "won": try append(OpportunityWon(opportunity: new, from: old))
        case "lost": try append(OpportunityLost(opportunity: new, from: old))
        default: try append(OpportunityStageChanged(opportunity: new, from: old))
        }
        return shown
    }
}
