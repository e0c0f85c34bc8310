import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit
import ServiceTestKit
import Testing

@testable import Campaigns

/// Recipients of whom contacts has told nothing yet when a campaign comes to them.
@Suite struct WaitingTests {
    private let plan = """
        {"name":"春季新品","segment":"inactive","content":{"zh":{"subject":"您好","body":"新品到了"},
        "en":{"subject":"Hello","body":"New things"}}}
        """

    private func id(_ number: Int) -> UUID { ExternalID.party(customerNo: "\(number)") }

    private func party(_ number: Int, email: String?) -> PartyChanged {
        PartyChanged(
            party: PartyState(
                partyId: id(number), kind: "consumer", name: "客户\(number)", email: email, language: "zh-CN",
                customerNo: "\(number)"))
    }

    private func consent(_ number: Int, _ granted: Bool) -> ConsentChanged {
        ConsentChanged(partyId: id(number), channel: "mail", purpose: "marketing", granted: granted, source: "test")
    }

    /// A service that knows customers by their orders only, with a campaign that has come to all of them.
    @Loop private func service(customers: Int) async throws -> TestService {
        let service = try await TestService(CampaignsService.self)
        let orders = try (1...customers).map { number in
            MemberNews.document(
                LedgerEntry(.order, try .order("O\(number)", customer: "\(number)", at: "2010-12-01T08:00:00Z")))
        }
        try await service.transaction { transaction in
            try await NewsHandlers(service.context).apply(orders, transaction)
        }
        let campaign = try await service.make("/v1/campaigns", plan)
        #expect(try await service.send(.post, "/v1/campaigns/\(campaign)/launch").status == 202)
        for _ in 0..<2 { try await service.fire(RecipientHandlers.timer) }
        return service
    }

    @Loop private func look(_ service: TestService) async throws {
        while try await service.parts.intents?.look() == true {}
    }

    @Loop private func recipients(_ service: TestService) async throws -> [String] {
        try await service.column(
            "SELECT concat_ws(' ', count(*), status, reason) FROM recipient GROUP BY status, reason ORDER BY 1")
    }

    @Loop private func asked(_ service: TestService) async throws -> [MessageRequested] {
        try await service.column(
            "SELECT payload FROM outbox WHERE type = 'notifications.message.requested.v1' ORDER BY id"
        ).map { try ModelJSON.decoder.decode(MessageRequested.self, from: Data($0.utf8)) }
    }

    @Test @Loop func theyAreAskedForOnceContactsHasToldAll() async throws {
        let service = try await service(customers: 6)
        defer { service.close() }
        #expect(try await recipients(service) == ["6 waiting unknown yet"])
        #expect(try await asked(service).isEmpty)
        // Who they are, and then what they allow.
        try await service.apply((1...4).map { party($0, email: $0 == 4 ? nil : "c\($0)@example.com") })
        try await look(service)
        #expect(try await recipients(service) == ["1 suppressed no mail address", "5 waiting unknown yet"])
        try await service.apply([consent(1, true), consent(2, false), consent(1, true)])
        for _ in 0..<2 { try await look(service) }
        #expect(
            try await recipients(service) == [
                "1 requested", "1 suppressed no consent", "1 suppressed no mail address", "3 waiting unknown yet",
            ])
        let messages = try await asked(service)
        #expect(messages.map(\.recipientId) == [id(1)] && messages.first?.address == "c1@example.com")
        #expect(messages.first?.data["subject"] == "您好" && messages.first?.purpose == "marketing")
        let kept = try await service.column("SELECT message_id::text FROM recipient WHERE status = 'requested'")
        #expect(kept == messages.map(\.messageId.text))
        #expect(try await service.faultsOfEvents() == [])
    }

    @Test @Loop func atTheBoundTheyAreWrittenToNoMore() async throws {
        let service = try await service(customers: 2)
        defer { service.close() }
        try await service.apply([party(1, email: "c1@example.com")])
        _ = try await service.column(
            "UPDATE intent SET expires_at = now(), look_at = now(), is_told = false RETURNING 'x'")
        try await look(service)
        #expect(try await recipients(service) == ["2 suppressed no consent was told in time"])
        try await service.apply([consent(1, true)])
        try await look(service)
        #expect(try await asked(service).isEmpty)
        #expect(service.parts.intents?.expired == ["campaign-recipient": 2])
    }

    @Test @Loop func whoWasAskedBeforeAMergeIsNotAskedAgainAsTheSurvivorWhoWaited() async throws {
        let service = try await service(customers: 2)
        defer { service.close() }
        try await service.apply([party(1, email: "a@example.com")])
        try await service.apply([consent(1, true)])
        for _ in 0..<2 { try await look(service) }
        try await service.apply([PartyMerged(partyId: id(1), survivorId: id(2))])
        try await service.apply([party(2, email: "b@example.com")])
        try await service.apply([consent(2, true)])
        for _ in 0..<2 { try await look(service) }
        #expect(try await asked(service).map(\.recipientId) == [id(1)])
        #expect(try await recipients(service) == ["1 requested", "1 suppressed asked before a merge"])
    }

    @Test @Loop func ofAnErasedPersonNothingWaits() async throws {
        let service = try await service(customers: 2)
        defer { service.close() }
        _ = try await service.transaction { try await campaignsPersonalData.erase(id(1), in: $0) }
        #expect(try await service.column("SELECT key FROM intent") == [id(2).text])
        #expect(try await recipients(service) == ["1 suppressed", "1 waiting unknown yet"])
        try await service.apply([party(1, email: "a@example.com"), party(2, email: "b@example.com")])
        try await service.apply([consent(1, true), consent(2, true)])
        try await look(service)
        #expect(try await asked(service).map(\.recipientId) == [id(2)])
    }
}
