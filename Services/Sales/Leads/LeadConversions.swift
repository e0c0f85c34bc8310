import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit

/// Makes customers of leads in one step, and takes that back.
///
/// What the lead says of the firm and the person becomes an account, a person at it and an opportunity. The parties get their ids here, and
/// contacts makes them of the event. Whom the lead's mail address or telephone number leads to already is not made once more unless the caller
/// says so: he is shown who it may be, and decides.
@Loop
enum LeadConversions {
    /// Converts a lead and answers the id of the opportunity.
    static func convert(_ id: UUID, _ said: LeadConversionInput, in transaction: Transaction) async throws -> UUID {
        var (lead, version) = try await LeadState.record.locked(id, LeadStore.lock, in: transaction)
        try lead.checkOpen()
        var start = OpportunityState(opportunityId: .v7(), name: lead.company ?? lead.name)
        start.owner = lead.owner
        start.leadId = id
        var opportunity = said.opportunity.applied(to: start)
        let parties = try await LeadParties(lead, said, given: opportunity.partyId, in: transaction)
        opportunity.partyId = parties.account
        _ = try OpportunityCommands.create(opportunity, contact: (lead.name, lead.email), in: transaction)
        let conversion = LeadConversion(
            opportunityId: opportunity.opportunityId, accountId: parties.account, contactId: parties.contact,
            isNewAccount: parties.isNewAccount, isNewContact: parties.isNewContact)
        make(lead.parties(of: conversion), in: transaction)
        if let owner = opportunity.owner { transaction.enqueue(AccountStore.adopt, parties.account, owner) }
        lead.status = "converted"
        lead.partyId = parties.account
        transaction.enqueue(
            LeadStore.convert, id, conversion.opportunityId, conversion.accountId, conversion.contactId,
            conversion.isNewAccount, conversion.isNewContact)
        transaction.enqueue(LeadStore.remember, id, version + 1, lead.status)
        try Outbox.append(
            LeadConverted(lead: lead, conversion: conversion), key: id, sequence: version + 1, in: transaction)
        return conversion.opportunityId
    }

    /// The accounts of parties that contacts is going to make, so that they are there at once.
    private static func make(_ parties: [PartyState], in transaction: Transaction) {
        guard !parties.isEmpty else { return }
        let made = parties.sorted { $0.partyId < $1.partyId }
        transaction.enqueue(
            AccountStore.addMissing, made.map(\.partyId), made.map(\.name), made.map(\.kind), made.map(\.email),
            made.map(\.phone), made.map(\.country), made.map(\.customerNo))
    }

    /// Takes a conversion back, while nothing rests on it: the lead is open again, the opportunity is gone, and contacts takes the parties
    /// away that were made for it.
    static func revert(_ id: UUID, in transaction: Transaction) async throws {
        var (lead, version) = try await LeadState.record.locked(id, LeadStore.lock, in: transaction)
        guard lead.status == "converted",
            let (opportunity, account, contact, isNewAccount, isNewContact, before, status) =
                try await transaction.rows(LeadStore.conversion, id).first, let opportunity
        else { throw Problem(status: .conflict, detail: "The lead was not converted.") }
        guard let account else {
            throw Problem(
                status: .conflict, detail: "The lead was converted before conversions could be taken back.")
        }
        let conversion = LeadConversion(
            opportunityId: opportunity, accountId: account, contactId: contact, isNewAccount: isNewAccount,
            isNewContact: isNewContact)
        _ = try await transaction.query(OpportunityStore.lock, opportunity)
        let used = try await transaction.rows(OpportunityStore.isUntouched, opportunity).first
        let made = conversion.made
        var reason = used
        if reason == nil, !made.isEmpty {
            reason = try await transaction.rows(LeadStore.usedSince, made, opportunity, id).first
        }
        if let reason {
            throw Problem(status: .conflict, detail: "The conversion cannot be taken back: \(reason).")
        }
        lead.status = status ?? "working"
        lead.partyId = before
        transaction.enqueue(LeadStore.revert, id, lead.status, before)
        transaction.enqueue(LeadStore.remember, id, version + 1, lead.status)
        transaction.enqueue(OpportunityStore.withdraw, opportunity)
        try Outbox.append(
            OpportunityWithdrawn(opportunityId: opportunity), key: opportunity, sequence: 2, in: transaction)
        try Outbox.append(
            LeadReverted(lead: lead, conversion: conversion), key: id, sequence: version + 1, in: transaction)
    }
}

extension LeadConversion {
    /// The parties that it made, in order.
    var made: [UUID] {
        let new = [isNewAccount ? accountId : nil, isNewContact ? contactId : nil]
        return new.compactMap { $0 }.sorted()
    }
}
