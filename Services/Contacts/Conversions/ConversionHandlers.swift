import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Phones
import Postgres
import ServiceKit
import Text

/// What contacts does with leads that became customers: it makes the parties that sales has given ids, and takes them away again where the
/// conversion is taken back and nobody else knows them yet.
@Loop
enum ConversionHandlers {
    /// A conversion, or its end.
    struct Said: Sendable {
        let lead: LeadState
        let conversion: LeadConversion
        let isReverted: Bool
    }

    static var heard: [Heard<Said>] {
        [
            Heard(LeadConverted.self) { event in
                event.data.conversion.map { Said(lead: event.data.lead, conversion: $0, isReverted: false) }
            },
            Heard(LeadReverted.self) {
                Said(lead: $0.data.lead, conversion: $0.data.conversion, isReverted: true)
            },
        ]
    }

    /// The parties are made with the first that are locked.
    static func foresee(_ all: [Said], _ transaction: Transaction) {
        let new = all.filter { !$0.isReverted }.flatMap { said in
            said.lead.parties(of: said.conversion).compactMap { try? PartyRow(Party($0)) }
        }
        PartyLocks.foresee(newcomers: new, in: transaction)
        PartyLocks.foresee(all.flatMap { $0.parties }, in: transaction)
    }

    static func apply(_ all: [Said], _ transaction: Transaction) async throws {
        foresee(all, transaction)
        let parties = all.flatMap { $0.parties }
        Redirects.hold(parties, in: transaction)
        PartyLocks.take(parties, in: transaction)
        for said in all {
            let (made, ends) = (said.made, said.ends)
            if !said.isReverted {
                if !ends.isEmpty { transaction.enqueue(ConversionStore.employ, ends.map(\.0), ends.map(\.1)) }
            } else if !made.isEmpty {
                let gone = try await transaction.rows(ConversionStore.remove, made, ends.map(\.0), ends.map(\.1))
                _ = try await SubjectKeys.destroy(gone.map(\.text), of: "/contacts", in: transaction)
            }
        }
    }
}

extension ConversionHandlers.Said {
    /// All that it is about.
    var parties: [UUID] { [conversion.accountId] + (conversion.contactId.map { [$0] } ?? []) }

    /// Those that it made.
    var made: [UUID] { lead.parties(of: conversion).map(\.partyId).sorted() }

    /// The firm and the person, where it brought them together.
    var ends: [(UUID, UUID)] {
        guard let contact = conversion.contactId, conversion.isNewAccount || conversion.isNewContact else { return [] }
        return [(conversion.accountId, contact)]
    }
}

extension Party {
    /// A party that sales has made of a lead.
    init(_ told: PartyState) {
        self.init(id: told.partyId, name: told.name)
        kind = told.kind
        email = told.email.flatMap(MailAddress.normal)
        phone = told.phone.flatMap { PhoneNumber.normal($0) }
        owner = told.owner.map { String($0.prefix(100)) }
        details.organisation = told.organisation
    }
}
