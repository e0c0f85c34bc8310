import CRMModel
import Crypto
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
        _ input: OpportunityInput, lead: UUID? = nil, contact: (name: String?, email: String?) = (nil, nil),
        in transaction: Transaction
    ) throws -> UUID {
        let id = UUID.v7()
        let name = try FieldCheck.needed(input.name, "name")
        let opportunity = try OpportunityState(opportunityId: id, name: name, stage: "qualification", leadId: lead)
            .with(input)
        guard !opportunity.isClosed else { throw Problem.field("stage", "must be an open one at first") }
        transaction.enqueue(
            OpportunityStore.insert, id, name, opportunity.stage, opportunity.partyId, lead, contact.name,
            contact.email, opportunity.owner, opportunity.amount?.units, opportunity.currency,
            opportunity.expectedClose?.text)
        transaction.enqueue(OpportunityStore.remember, id, 1, opportunity.stage)
        try Outbox.append(
            OpportunityCreated(opportunity: opportunity), topic: .sales, key: key(id), sequence: 1, in: transaction)
        return id
    }

    /// Changes an opportunity that is still at the version seen.
    static func change(
        _ id: UUID, seen version: Int, _ input: OpportunityInput, in transaction: Transaction
    ) async throws {
        let (opportunity, current) = try await locked(id, in: transaction)
        guard current == version else { throw Problem.stale("opportunity", at: current, seen: version) }
        try save(try opportunity.with(input), version: current, from: opportunity.stage, in: transaction)
    }

    /// An open opportunity and its version, its row locked.
    static func locked(_ id: UUID, in transaction: Transaction) async throws -> (OpportunityState, Int) {
        guard let row = try await transaction.query(OpportunityStore.lock, id).first else {
            throw Problem.missing("opportunity", id)
        }
        let opportunity = try OpportunityState(id, row)
        guard !opportunity.isClosed else {
            throw Problem(
                status: .conflict, detail: "The opportunity is \(opportunity.stage) and not changed any more.")
        }
        return (opportunity, try row.value(0))
    }

    /// Writes the new state over a locked row at `version`, with the event that tells of it.
    static func save(
        _ new: OpportunityState, version: Int, from old: String, in transaction: Transaction
    ) throws {
        let id = new.opportunityId
        transaction.enqueue(
            OpportunityStore.update, id, new.name, new.stage, new.partyId, new.owner, new.amount?.units, new.currency,
            new.expectedClose?.text, new.lossReason)
        if new.stage != old { transaction.enqueue(OpportunityStore.remember, id, version + 1, new.stage) }
        func append(_ event: some EventData & Encodable) throws {
            try Outbox.append(event, topic: .sales, key: key(id), sequence: version + 1, in: transaction)
        }
        switch new.stage {
        case old: try append(OpportunityChanged(opportunity: new))
        case "won": try append(OpportunityWon(opportunity: new, from: old))
        case "lost": try append(OpportunityLost(opportunity: new, from: old))
        default: try append(OpportunityStageChanged(opportunity: new, from: old))
        }
    }

    private static func key(_ id: UUID) -> String { id.text }
}
