import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import ServiceKit
import ServiceTestKit
import Testing

@testable import Contacts

/// Leads that became customers, as contacts hears of them.
@Suite struct ConversionTests {
    private let leadID = UUID.v7()
    private var lead: LeadState {
        var lead = LeadState(
            leadId: leadID, status: "converted", name: "张伟", company: "北京贸易", email: "zhang@example.cn")
        (lead.phone, lead.source, lead.owner) = ("+8613800138000", "web", "li")
        lead.partyId = conversion.accountId
        return lead
    }
    private let conversion = LeadConversion(
        opportunityId: UUID.v7(), accountId: UUID.v7(), contactId: UUID.v7(), isNewAccount: true, isNewContact: true)

    @Test @Loop func aLeadBecomesAFirmAndAPersonOnTheirTimelines() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        for _ in 0..<2 { try await service.apply([LeadConverted(lead: lead, conversion: conversion)]) }
        #expect(
            try await service.column("SELECT concat_ws(' ', name, kind, email, owner) FROM party ORDER BY kind DESC")
                == [
                    "北京贸易 enterprise li", "张伟 consumer zhang@example.cn li",
                ])
        #expect(
            try await service.column("SELECT party_id || ' ' || kind || ' ' || other_id FROM party_relation")
                == ["\(conversion.accountId.text) employs \(conversion.contactId?.text ?? "")"])
        for party in [conversion.accountId, conversion.contactId].compactMap({ $0 }) {
            let timeline = try await service.send(.get, "/v1/parties/\(party.text)/timeline").text
            #expect(timeline.contains("lead.created") && timeline.contains("lead.converted"), "\(timeline)")
        }
        #expect(
            try await service.column("SELECT stage FROM party_stage WHERE party_id = '\(conversion.accountId.text)'")
                == ["lead"])
        #expect(try await service.outboxTypes().filter { $0 == "contacts.party.created.v1" }.count == 2)
        #expect(try await service.faultsOfEvents() == [])
    }

    /// A batch with both could not be applied until they happened to come in two.
    @Test @Loop func aLeadAndACustomerOfTheERPComeInOneBatch() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let json = Data(#"{"customerNo":"C-9","name":"Known Ltd"}"#.utf8)
        let record = try ModelJSON.decoder.decode(CustomerUpserted.self, from: json)
        let said = ConversionHandlers.Said(lead: lead, conversion: conversion, isReverted: false)
        try await service.transaction { transaction in
            PartyLocks.foresee([ToldCustomer(record)], in: transaction)
            ConversionHandlers.foresee([said], transaction)
            try PartyHandlers.upsert([record], transaction)
            try await ConversionHandlers.apply([said], transaction)
        }
        let names = try await service.column("SELECT name FROM party ORDER BY name")
        #expect(Set(names) == ["Known Ltd", "北京贸易", "张伟"])
    }

    /// The same where an order names the customer by its number only.
    @Test @Loop func aLeadAndAnOrdersCustomerComeInOneBatch() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let said = ConversionHandlers.Said(lead: lead, conversion: conversion, isReverted: false)
        let number = try #require(CustomerNumber("C-9"))
        try await service.transaction { transaction in
            let customer = UUID()
            ConversionHandlers.foresee([said], transaction)
            Redirects.hold([customer] + said.parties, in: transaction)
            PartyLocks.make([customer: number], in: transaction)
            try await ConversionHandlers.apply([said], transaction)
        }
        #expect(try await service.column("SELECT name FROM party ORDER BY name").count == 3)
    }

    @Test @Loop func whatWasTakenBackIsGoneUnlessSomebodyKnowsIt() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        try await service.apply([LeadConverted(lead: lead, conversion: conversion)])
        let firm = "/v1/parties/\(conversion.accountId.text)"
        let changed = try await service.send(
            .patch, firm, #"{"notes":"met at the fair"}"#, headers: try await service.seen(firm))
        #expect(changed.status == 200)
        try await service.apply([LeadReverted(lead: lead, conversion: conversion)])
        #expect(try await service.column("SELECT name FROM party") == ["北京贸易"])
        #expect(try await service.column("SELECT 1::text FROM party_relation") == [])
        let removed = try await service.column("SELECT key FROM outbox WHERE type = 'contacts.party.removed.v1'")
        #expect(removed == [conversion.contactId?.text ?? ""])
        #expect(try await service.faultsOfEvents() == [])
    }
}
