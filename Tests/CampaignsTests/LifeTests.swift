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

    @Loop private func tellAgain(_ service: TestService, _ keys: [String]) async throws -> Set<String> {
        var known: Set<String> = []
        for tell in service.parts.tellsAgain {
            known.formUnion(try await service.transaction { try await tell(keys, $0) })
        }
        return known
    }

    @Test @Loop func campaignsAndSegmentsAreToldAgainAsTheyAre() async throws {
        let service = try await service(customers: 2)
        defer { service.close() }
        let campaign = try await service.make("/v1/campaigns", plan)
        _ = try await service.column("DELETE FROM outbox RETURNING 'x'")
        let party = ExternalID.party(customerNo: "1").text
        #expect(try await tellAgain(service, [campaign.text, party, "nobody"]) == [campaign.text, party])
        let told = try await service.column(
            "SELECT seq || ' ' || type || coalesce(' ' || (payload::json ->> 'segment'), '') FROM outbox ORDER BY id")
        #expect(told.contains("2 campaigns.campaign.created.v1"), "\(told)")
        #expect(told.filter { $0.contains("segment.entered") }.map { $0.split(separator: " ").last } == ["inactive"])
        #expect(told.filter { $0.contains("segment.left") }.count == 5)
        #expect(Set(told.filter { $0.contains("segment.") }.map { $0.split(separator: " ")[0] }).count == 6)
        #expect(try await service.faultsOfEvents() == [])
    }

    /// A party that contacts does not know any more has no address; what it refused stays refused, and what it bought stays.
    @Test @Loop func whoseWordHasEndedIsNotWrittenToAndStaysRefused() async throws {
        let service = try await service(customers: 3)
        defer { service.close() }
        let (one, two) = (ExternalID.party(customerNo: "1"), ExternalID.party(customerNo: "2"))
        try await service.transaction { transaction in
            try await NewsHandlers(service.context).apply(
                [.consent(one, ConsentWord(granted: false, decidedAt: Date())), .redirect(Redirect(one, to: two))],
                transaction)
        }
        for orphan in service.parts.orphans {
            try await service.transaction { try await orphan("/sales", [two.text], $0) }
            try await service.transaction { try await orphan("/contacts", [one.text, UUID().text, "no id"], $0) }
        }
        let facts = """
            SELECT concat_ws(' ', may_mail, orders, coalesce(email, 'none')) FROM member WHERE party_id IN
            ('\(one.text)', '\(two.text)') ORDER BY 1
            """
        #expect(try await service.column(facts) == ["f 1 none", "t 1 c2@example.com"])
        #expect(try await service.column("SELECT survivor_id::text FROM party_redirect") == [])
        #expect(try await service.column("SELECT count(*)::text FROM member") == ["3"])
    }

    /// Two numbers that differ in composition alone are two, also in one batch.
    @Test @Loop func numbersThatOnlyLookAlikeAreTwo() async throws {
        let service = try await TestService(CampaignsService.self)
        defer { service.close() }
        let (one, two) = ("caf\u{e9}", "cafe\u{301}")
        try await service.transaction { transaction in
            let products = try [(one, "One"), (two, "Two")].map { sku, name in
                try ModelJSON.decoder.decode(
                    ProductUpserted.self, from: Data(#"{"sku":"\#(sku)","name":"\#(name)"}"#.utf8))
            }
            ProductHandlers.upsert(products, transaction)
            let entry = try LedgerEntry(
                .order,
                .order(
                    one, customer: "1", at: "2011-01-01T00:00:00Z",
                    lines: [(one, "One", "1", "2.00"), (two, "Two", "3", "1.00")]))
            let other = try LedgerEntry(
                .order, .order(two, customer: "1", at: "2011-01-01T00:00:00Z", lines: [(two, "Two", "1", "1.00")]))
            try await NewsHandlers(service.context).apply([.document(entry), .document(other)], transaction)
        }
        #expect(try await service.column("SELECT name FROM product ORDER BY name") == ["One", "Two"])
        #expect(try await service.column("SELECT count(*)::text FROM erp_document") == ["2"])
        #expect(
            try await service.column("SELECT (quantity / 10000)::bigint::text FROM order_item ORDER BY 1") == [
                "1", "1", "3",
            ])
        #expect(try await service.column("SELECT orders::text FROM member") == ["2"])
    }
}
