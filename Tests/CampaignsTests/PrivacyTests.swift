import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Postgres
import ServiceKit
import ServiceTestKit
import Testing

@testable import Campaigns

@Suite struct PrivacyTests {
    @Test @Loop func aPersonLeavesFiguresOnlyAndIsInNoSegmentAnyMore() async throws {
        let service = try await TestService(CampaignsService.self, settings: ["CAMPAIGNS_CLOCK": "orders"])
        defer { service.close() }
        let ann = ExternalID.party(customerNo: "1"), bob = ExternalID.party(customerNo: "2")
        let clock = try SegmentClock(service.context)
        let entries = try ["1", "2"].map { (number: String) in
            LedgerEntry(.order, try .order("O\(number)", customer: number, at: "2011-01-05T08:00:00Z"))
        }
        try await service.transaction { transaction in
            clock.note(entries.map { (sender: "/test", at: $0.document.at) }, transaction)
            let parties = [
                PartyState(partyId: ann, kind: "consumer", name: "Ann Quill 奎尔", email: "quill@a.example"),
                PartyState(partyId: bob, kind: "consumer", name: "Bob", email: "bob@b.example"),
            ]
            try await NewsHandlers(service.context).apply(
                parties.map(MemberNews.party) + entries.map(MemberNews.document), transaction)
        }
        let campaign = try await service.make(
            "/v1/campaigns", #"{"name":"Spring","segment":"new","content":{"en":{"subject":"Hi","body":"Hello"}}}"#)
        let rest = Statement(
            "test.rest",
            """
            WITH asked AS (
                INSERT INTO recipient (campaign_id, party_id, status, reason)
                VALUES ($1, $2, 'failed', '550 quill@a.example: unknown'))
            INSERT INTO outbox (topic, key, type, payload)
            VALUES ('crm.notification-requests', $2::text, 'notifications.message.requested.v1',
                '{"address":"quill@a.example","data":{"name":"Ann Quill 奎尔"}}')
            """)
        try await service.transaction { $0.enqueue(rest, campaign, ann) }
        let terms = ["Quill", "奎尔", "quill@a.example"]
        for term in terms { #expect(try await !service.tables(with: term).isEmpty, "\(term)") }
        let lines = try await service.transaction { try await campaignsPersonalData.erase(ann, in: $0) }
        for term in terms { #expect(try await service.tables(with: term).isEmpty, "\(term)") }
        #expect(lines.contains(ErasureLine(table: "segment_member", rows: 1, action: "removed", reason: nil)))
        // What was asked for goes out empty; who is another stays as he was.
        #expect(
            try await service.column("SELECT type FROM outbox WHERE payload IS NULL")
                == ["notifications.message.requested.v1"])
        #expect(try await service.tables(with: "bob@b.example") == ["member"])
        let counted = "SELECT concat_ws(' ', orders, name) FROM member ORDER BY 1"
        #expect(try await service.column(counted) == ["1", "1 Bob"])
        #expect(try await service.column("SELECT party_id::text FROM segment_member") == [bob.text])
    }
}
