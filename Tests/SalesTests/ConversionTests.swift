import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import ServiceKit
import ServiceTestKit
import Testing

@testable import Sales

/// Leads become customers in one step, and back.
@Suite struct ConversionTests {
    private struct Lead: Decodable {
        struct State: Decodable { let status: String }
        let status: String
        let partyId, opportunityId, accountId, contactId: UUID?
        let history: [State]
    }

    @Loop private func lead(_ service: TestService, _ id: UUID) async throws -> Lead {
        try await service.send(.get, "/v1/leads/\(id.text)").json(Lead.self)
    }

    private let said =
        #"{"name":"张伟","company":"北京贸易","email":"zhang@example.cn","phone":"+8613800138000","owner":"li"}"#

    @Test @Loop func oneStepMakesAccountPersonAndOpportunity() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let id = try await service.make("/v1/leads", said)
        let key = ["idempotency-key": "once"]
        let opportunity = try await service.make(
            "/v1/leads/\(id.text)/convert", #"{"amount":"10","currency":"CNY"}"#, headers: key)
        #expect(
            try await service.make(
                "/v1/leads/\(id.text)/convert", #"{"amount":"10","currency":"CNY"}"#, headers: key) == opportunity)
        let lead = try await lead(service, id)
        let (account, contact) = (try #require(lead.accountId), try #require(lead.contactId))
        #expect(lead.opportunityId == opportunity && lead.partyId == account)
        #expect(lead.history.map(\.status) == ["new", "converted"])
        #expect(
            try await service.column("SELECT concat_ws(' ', name, kind, email, owner) FROM account ORDER BY kind DESC")
                == [
                    "北京贸易 enterprise li", "张伟 consumer zhang@example.cn",
                ])
        #expect(try await service.send(.get, "/v1/opportunities/\(opportunity.text)").text.contains(account.text))
        let payload = try await service.column("SELECT payload FROM outbox WHERE type = 'sales.lead.converted.v1'")
        let told = try ModelJSON.decoder.decode(LeadConverted.self, from: Data(payload[0].utf8))
        #expect(told.conversion?.accountId == account && told.conversion?.contactId == contact && payload.count == 1)
        #expect(try await service.faultsOfEvents() == [])
    }

    @Test @Loop func whoeverIsKnownIsProposedAndTheCallerDecides() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let person = UUID.v7()
        var known = PartyState(partyId: person, kind: "consumer", name: "Zhang Wei", email: "z@home.example")
        known.emails = [PartyMail(address: "z@home.example"), PartyMail(address: "Zhang@Example.cn")]
        try await service.apply([PartyCreated(party: known)])
        let id = try await service.make("/v1/leads", said)
        let path = "/v1/leads/\(id.text)"
        #expect(try await service.send(.get, "\(path)/choices").text.contains(person.text))
        let refused = try await service.send(.post, "\(path)/convert")
        #expect(refused.status == 409 && refused.text.contains(person.text), "\(refused.text)")
        #expect(refused.text.contains(#""field":"contactId""#), "\(refused.text)")
        let wrong = try await service.send(.post, "\(path)/convert", #"{"contactId":"\#(UUID.v7().text)"}"#)
        #expect(wrong.status == 422)
        let unknown = try await service.send(.post, "\(path)/convert", #"{"holdOut":1}"#)
        #expect(unknown.status == 400 && unknown.text.contains("holdOut"))
        _ = try await service.make("\(path)/convert", #"{"contactId":"\#(person.text)"}"#)
        #expect(try await lead(service, id).contactId == person)
        // Another, who says that he is new.
        let other = try await service.make("/v1/leads", said)
        _ = try await service.make("/v1/leads/\(other.text)/convert", #"{"duplicates":"create"}"#)
        let made = try await lead(service, other)
        #expect(made.contactId != person && made.contactId != nil && made.accountId != nil)
        #expect(try await service.faultsOfEvents() == [])
    }

    @Test @Loop func aConversionIsTakenBackWhileNothingRestsOnIt() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let id = try await service.make("/v1/leads", said)
        let path = "/v1/leads/\(id.text)"
        #expect(try await service.send(.post, "\(path)/revert").status == 409)
        let opportunity = try await service.make("\(path)/convert")
        let reverted = try await service.send(.post, "\(path)/revert")
        #expect(reverted.status == 200, "\(reverted.text)")
        let open = try await lead(service, id)
        #expect(open.status == "new" && open.opportunityId == nil && open.accountId == nil && open.partyId == nil)
        #expect(open.history.map(\.status) == ["new", "converted", "new"])
        #expect(try await service.send(.get, "/v1/opportunities/\(opportunity.text)").status == 404)
        // Contacts takes the parties away then.
        for account in try await service.column("SELECT id::text FROM account") {
            let id = try #require(UUID(text: account))
            try await service.apply([PartyRemoved(partyId: id)])
        }
        #expect(try await service.column("SELECT name FROM account") == [])

        let second = try await service.make("\(path)/convert")
        _ = try await service.make(
            "/v1/opportunities/\(second.text)/quotes",
            #"{"currency":"CNY","lines":[{"sku":"A","quantity":"1","unitPrice":"1"}]}"#)
        let refused = try await service.send(.post, "\(path)/revert")
        #expect(refused.status == 409 && refused.text.contains("has a quote"), "\(refused.text)")
        #expect(try await service.faultsOfEvents() == [])
    }

    @Test @Loop func aNewLifeKnowsWhatLeadsBecame() async throws {
        let before = try await TestService(SalesService.self)
        defer { before.close() }
        let id = try await before.make("/v1/leads", said)
        _ = try await before.make("/v1/leads/\(id.text)/convert")
        _ = try await before.send(.post, "/v1/leads/\(id.text)/revert")
        let other = try await before.make("/v1/leads", #"{"name":"Ann"}"#)
        _ = try await before.make("/v1/leads/\(other.text)/convert")
        let told = try await before.told()
        let after = try await TestService(SalesService.self)
        defer { after.close() }
        try await after.beginLife("empty", after: told)
        #expect(try await after.column("SELECT count(*)::text FROM opportunity") == ["1"])
        let (open, made) = (try await lead(after, id), try await lead(after, other))
        #expect(open.status == "new" && open.opportunityId == nil && open.accountId == nil)
        #expect(open.history.map(\.status) == ["new", "converted", "new"])
        #expect(made.accountId != nil && made.opportunityId != nil && made.contactId == nil)
    }
}
