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

@Suite struct CampaignTests {
    private struct Crash: Error {}

    private let plan = """
        {"name":"春季新品","segment":"inactive","content":{"zh":{"subject":"您好","body":"新品到了"},
        "en":{"subject":"Hello","body":"New things"}}}
        """

    /// Customers who bought in 2010: every third forbids mail, every tenth has no address.
    @Loop private func service(customers: Int) async throws -> TestService {
        let service = try await TestService(CampaignsService.self)
        let numbers = Array(1...customers)
        try await service.transaction { transaction in
            var news: [MemberNews] = []
            for number in numbers {
                let id = ExternalID.party(customerNo: "\(number)")
                news.append(
                    .party(
                        PartyState(
                            partyId: id, kind: "consumer", name: "客户\(number)",
                            email: number % 10 == 0 ? nil : "c\(number)@example.com",
                            language: number % 2 == 0 ? "zh-CN" : "en", customerNo: "\(number)")))
                news.append(
                    .consent(id, ConsentWord(granted: number % 3 != 0, decidedAt: Date(timeIntervalSince1970: 0))))
                let order = try ERPDocument.order("O\(number)", customer: "\(number)", at: "2010-12-01T08:00:00Z")
                news.append(.document(LedgerEntry(.order, order)))
            }
            try await NewsHandlers(service.context).apply(news, transaction)
        }
        return service
    }

    @Test @Loop func aMailboxIsWrittenToOnceAndNotWhereOneOfItsOwnersWithdrew() async throws {
        let service = try await TestService(CampaignsService.self)
        defer { service.close() }
        // Two who share a mailbox, two of whom one withdrew, one whose address few servers take, one of another writing.
        let people = [
            ("1", "both@z.example", true), ("2", "Both@z.example", true), ("3", "one@z.example", false),
            ("4", "one@z.example", true),
            ("5", "用户@例子.中国", true), ("6", "user@例子.中国", true),
        ]
        try await service.transaction { transaction in
            var news: [MemberNews] = []
            for (number, mail, isGranted) in people {
                let id = ExternalID.party(customerNo: number)
                news.append(
                    .party(
                        PartyState(
                            partyId: id, kind: "consumer", name: number, email: mail, language: "en", customerNo: number
                        )))
                news.append(.consent(id, ConsentWord(granted: isGranted, decidedAt: Date(timeIntervalSince1970: 0))))
                let order = try ERPDocument.order("O\(number)", customer: number, at: "2010-12-01T08:00:00Z")
                news.append(.document(LedgerEntry(.order, order)))
            }
            try await NewsHandlers(service.context).apply(news, transaction)
        }
        let campaign = try await service.make("/v1/campaigns", plan)
        let preview = try await service.send(.get, "/v1/campaigns/\(campaign)/preview").text
        #expect(preview.contains(#""reachable" : 2"#), "\(preview)")
        #expect(try await service.send(.post, "/v1/campaigns/\(campaign)/launch").status == 202)
        try await service.fire(RecipientHandlers.timer)
        let told = try await service.column(
            "SELECT m.name || ' ' || coalesce(r.reason, r.status) FROM recipient r JOIN member m USING (party_id) ORDER BY m.name"
        )
        #expect(
            told.filter { $0.hasSuffix("requested") }.count == 2
                && told.contains("4 withdrawn by another of the mail address")
                && told.contains("5 a mail address that few servers take") && told.contains("6 requested"), "\(told)")
        #expect(told.contains { $0.hasSuffix("written to at the same mail address") })
    }

    @Test @Loop func eachConsentingMemberIsAskedForOnce() async throws {
        let service = try await service(customers: 1200)
        defer { service.close() }
        let campaign = try await service.make("/v1/campaigns", plan)
        let path = "/v1/campaigns/\(campaign)"
        let preview = try await service.send(.get, "\(path)/preview").text
        #expect(preview.contains(#""size" : 1200"#) && preview.contains(#""withConsent" : 800"#), "\(preview)")
        #expect(preview.contains(#""reachable" : 720"#), "\(preview)")
        // Who asks again with his key is told what he was told; who asks anew, that it has begun.
        for key in ["a", "a"] {
            #expect(try await service.send(.post, "\(path)/launch", headers: ["idempotency-key": key]).status == 202)
        }
        #expect(try await service.send(.post, "\(path)/launch").status == 409)

        try await service.fire(RecipientHandlers.timer)
        // A page that does not commit leaves nothing behind.
        let handler = try #require(service.parts.timers[RecipientHandlers.timer])
        await #expect(throws: Crash.self) {
            try await service.transaction { transaction in
                try await handler(
                    [.init(kind: RecipientHandlers.timer, key: "\(campaign)", dueAt: Date(), payload: nil)], transaction
                )
                throw Crash()
            }
        }
        #expect(try await service.column("SELECT count(*)::text FROM recipient") == ["500"])
        // Were the place lost, the rows of the recipients still decide.
        _ = try await service.column("UPDATE campaign SET reached = NULL RETURNING name")
        for _ in 1...5 { try await service.fire(RecipientHandlers.timer) }
        let requests = "FROM outbox WHERE type = 'notifications.message.requested.v1'"
        #expect(try await service.column("SELECT count(*) || ' ' || count(DISTINCT key) \(requests)") == ["720 720"])
        #expect(try await service.column("SELECT count(*)::text \(requests) AND seq IS NOT NULL") == ["0"])
        #expect(
            try await service.column(
                "SELECT concat_ws(' ', count(*), status, reason) FROM recipient GROUP BY status, reason ORDER BY 1")
                == ["400 suppressed no consent", "720 requested", "80 suppressed no mail address"])
        let types = try await service.outboxTypes().filter { $0.hasPrefix("campaigns.campaign") }
        #expect(
            types == [
                "campaigns.campaign.created.v1", "campaigns.campaign.launched.v1", "campaigns.campaign.completed.v1",
            ])
        #expect(try await service.column("SELECT kind FROM timer") == [])
        #expect(try await service.faultsOfEvents() == [])
    }

    @Test @Loop func requestsSpeakTheRecipientsLanguageAndOutcomesComeBack() async throws {
        let service = try await service(customers: 2)
        defer { service.close() }
        let campaign = try await service.make("/v1/campaigns", plan, headers: ["idempotency-key": "a"])
        #expect(try await service.make("/v1/campaigns", plan, headers: ["idempotency-key": "a"]) == campaign)
        _ = try await service.send(.post, "/v1/campaigns/\(campaign)/launch")
        try await service.fire(RecipientHandlers.timer)
        let payloads = try await service.column(
            "SELECT payload FROM outbox WHERE type = 'notifications.message.requested.v1'")
        let requests = try payloads.map { try ModelJSON.decoder.decode(MessageRequested.self, from: Data($0.utf8)) }
        let english = try #require(requests.first { $0.recipientId == ExternalID.party(customerNo: "1") })
        let chinese = try #require(requests.first { $0.recipientId == ExternalID.party(customerNo: "2") })
        #expect(english.data["subject"] == "Hello" && english.address == "c1@example.com")
        #expect(chinese.data["body"] == "新品到了" && chinese.data["name"] == "客户2" && chinese.purpose == "marketing")
        // Asked again by whoever remembers nothing of it, it is the same message.
        #expect(english.messageId == ExternalID.message(deduplicationKey: english.deduplicationKey))
        #expect(english.messageId != chinese.messageId)
        let outcomes = requests.map { request in
            MessageOutcome(
                messageId: request.messageId, recipientId: request.recipientId,
                deduplicationKey: request.deduplicationKey)
        }
        let foreign = MessageOutcome(messageId: UUID(), recipientId: nil, deduplicationKey: "ticket:7")
        try await service.transaction { transaction in
            RecipientHandlers.settle(outcomes + [foreign], "sent", transaction)
            RecipientHandlers.settle([outcomes[0]], "bounced", transaction)
        }
        let shown = try await service.send(.get, "/v1/campaigns/\(campaign)").text
        for part in [#""bounced" : 1"#, #""sent" : 1"#, #""status" : "completed""#, "春季新品"] {
            #expect(shown.contains(part), "\(part) in \(shown)")
        }
    }

    @Test(arguments: [
        ("{}", "name"), (#"{"name":"A"}"#, "segment"), (#"{"name":"A","segment":"old","content":{}}"#, "segment"),
        (#"{"name":"A","segment":"new"}"#, "content"), (#"{"name":"A","segment":"new","content":{}}"#, "content"),
        (#"{"name":"A","segment":"new","content":{"zh":{"subject":"","body":"b"}}}"#, "content.zh.subject"),
        (#"{"name":"A","segment":"new","purpose":"service","content":{}}"#, "purpose"),
        (#"{"name":"A","segment":"new","status":"running","content":{}}"#, "status"),
    ])
    @Loop func whatIsWrongIsNamed(_ body: String, _ field: String) async throws {
        let service = try await TestService(CampaignsService.self)
        defer { service.close() }
        let answer = try await service.send(.post, "/v1/campaigns", body)
        #expect(answer.status == 400 && answer.text.contains(#""field":"\#(field)""#), "\(answer.text)")
        #expect(try await service.send(.get, "/v1/campaigns/\(UUID())/preview").status == 404)
    }
}
