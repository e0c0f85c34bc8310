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
    static func create(_ input: LeadInput, in transaction: Transaction) throws -> UUID {
        let id = UUID.v7()
        let lead = LeadState(leadId: id, status: "new", name: try FieldCheck.needed(input.name, "name")).with(input)
        transaction.enqueue(
            LeadStore.insert, id, lead.status, lead.name, lead.company, lead.email, lead.phone, lead.source,
            lead.partyId, lead.owner, input.notes)
        try Outbox.append(LeadCreated(lead: lead), topic: .sales, key: key(id), sequence: 1, in: transaction)
        return id
    }

    /// Changes a lead that is still at the version seen; answers its new form as JSON, and its version.
    static func change(
        _ id: UUID, _ seen: Seen, _ input: LeadInput, in transaction: Transaction
    ) async throws -> (String, Int) {
        let (lead, current) = try await locked(id, in: transaction)
        try await seen.check(.leads, id, at: current, in: transaction)
        let changed = lead.with(input)
        let rows = try await transaction.query(
            LeadStore.update, id, changed.status, changed.name, changed.company, changed.email, changed.phone,
            changed.source, changed.partyId, changed.owner, input.notes)
        try Outbox.append(
            LeadChanged(lead: changed), topic: .sales, key: key(id), sequence: current + 1, in: transaction)
        guard let row = rows.first else { throw Problem.missing("lead", id) }
        return (try row.value(0), current + 1)
    }

    /// Makes an opportunity of a lead, which keeps the name and mail of a person who is no party yet; answers its id.
    static func convert(
        _ id: UUID, _ said: Patch<OpportunityState>, in transaction: Transaction
    ) async throws -> UUID {
        var (lead, version) = try await locked(id, in: transaction)
        var start = OpportunityState(opportunityId: .v7(), name: lead.company ?? lead.name)
        start.partyId = lead.partyId
        start.owner = lead.owner
        start.leadId = id
        let opportunity = try OpportunityCommands.create(
            said.applied(to: start), contact: (lead.name, lead.email), in: transaction)
        lead.status = "converted"
        transaction.enqueue(LeadStore.convert, id, opportunity)
        try Outbox.append(
            LeadConverted(lead: lead, opportunityId: opportunity), topic: .sales, key: key(id), sequence: version + 1,
            in: transaction)
        return opportunity
    }

    private static func locked(_ id: UUID, in transaction: Transaction) async throws -> (LeadState, Int) {
        guard let row = try await transaction.query(LeadStore.lock, id).first else {
            throw Problem.missing("lead", id)
        }
        let lead = try LeadState(id, row)
        guard lead.status != "converted" else {
            throw Problem(status: .conflict, detail: "The lead was converted; change its opportunity.")
        }
        return (lead, try row.value(0))
    }

    private static func key(_ id: UUID) -> String { id.text }
}
