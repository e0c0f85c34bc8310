import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Kafka
import Postgres
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import Campaigns

/// Campaigns at a backup or behind a life of its own that was lost: a campaign stands still until a person lets it go on, and asks nobody twice.
@Suite struct LifeTests {
    private let plan =
        #"{"name":"Spring","segment":"inactive","content":{"en":{"subject":"Hello","body":"New things"}}}"#

    @Loop private func service(customers: Int) async throws -> TestService {
        let service = try await TestService(CampaignsService.self)
        try await service.transaction { transaction in
            var news: [MemberNews] = []
            for number in 1...customers {
                let id = ExternalID.party(customerNo: "\(number)")
                news.append(
                    .party(PartyState(partyId: id, kind: "consumer", name: "C", email: "c\(number)@example.com")))
                news.append(.consent(id, ConsentWord(granted: true, decidedAt: Date(timeIntervalSince1970: 0))))
                let order = try ERPDocument.order("O\(number)", customer: "\(number)", at: "2010-12-01T08:00:00Z")
                news.append(.document(LedgerEntry(.order, order)))
            }
            try await NewsHandlers(service.context).apply(news, transaction)
        }
        return service
    }

    @Loop private func asked(_ service: TestService) async throws -> [String] {
        try await service.column("SELECT key FROM outbox WHERE type = 'notifications.message.requested.v1'")
    }

    @Test @Loop func atABackupARunningCampaignStandsStillAndAsksNobodyTwice() async throws {
        var service = try await service(customers: 700)
        let campaign = try await service.make("/v1/campaigns", plan)
        #expect(try await service.send(.post, "/v1/campaigns/\(campaign)/launch").status == 202)
        let url = service.options.url
        service.close()
        let backup = try await TestDatabase.copy(of: url)
        service = try await TestService(CampaignsService.self, on: url)
        try await service.fire(RecipientHandlers.timer)
        let (told, before) = (try await service.told(), Set(try await asked(service)))
        service.close()
        #expect(before.count == 500)

        let after = try await TestService(CampaignsService.self, on: backup)
        defer { after.close() }
        _ = try await after.column("DELETE FROM outbox RETURNING 'x'")
        try await after.beginLife("restored", after: told)
        #expect(try await after.send(.get, "/v1/campaigns/\(campaign)").text.contains(#""status" : "halted""#))
        try await after.fire(RecipientHandlers.timer)
        #expect(try await asked(after) == [])
        #expect(try await after.column("SELECT kind FROM timer") == [])
        #expect(try await after.send(.get, "/v1/campaigns?status=halted").text.contains("\(campaign.text)"))
        #expect(try await after.send(.post, "/v1/campaigns/\(campaign)/launch").status == 409)
        #expect(try await after.send(.post, "/v1/campaigns/\(campaign)/resume").status == 202)
        #expect(try await after.send(.post, "/v1/campaigns/\(campaign)/resume").status == 409)
        for _ in 1...3 { try await after.fire(RecipientHandlers.timer) }
        let since = try await asked(after)
        #expect(since.count == 200 && before.isDisjoint(with: since))
        #expect(try await after.send(.get, "/v1/campaigns/\(campaign)").text.contains(#""status" : "completed""#))
        #expect(try await after.faultsOfEvents() == [])
    }

    @Test @Loop func atAnEmptyDatabaseCampaignsAndWhomTheyAskedAreKnown() async throws {
        let before = try await service(customers: 510)
        defer { before.close() }
        let campaign = try await before.make("/v1/campaigns", plan)
        _ = try await before.send(.post, "/v1/campaigns/\(campaign)/launch")
        try await before.fire(RecipientHandlers.timer)
        let after = try await TestService(CampaignsService.self)
        defer { after.close() }
        try await after.beginLife("empty", after: try await before.told())
        let shown = try await after.send(.get, "/v1/campaigns/\(campaign)").text
        #expect(shown.contains(#""status" : "halted""#) && shown.contains(#""requested" : 500"#), "\(shown)")
        // What it says is in no event.
        #expect(try await after.send(.post, "/v1/campaigns/\(campaign)/resume").status == 409)
        #expect(try await after.outboxTypes() == [])
    }
}
