import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit
import ServiceTestKit
import Testing

@testable import Campaigns

@Suite struct SegmentTests {
    private let ann = ExternalID.party(customerNo: "1")

    @Loop private func segments(_ party: UUID, _ service: TestService) async throws -> [String] {
        try await service.column(
            "SELECT segment || ': ' || reason FROM segment_member WHERE party_id = '\(party)' ORDER BY segment")
    }

    @Loop private func apply(_ entries: [LedgerEntry], _ service: TestService, _ clock: SegmentClock) async throws {
        try await service.transaction { transaction in
            clock.note(entries.map { ("/erp", $0.document.at) }, transaction)
            try await NewsHandlers(service.context).apply(entries, transaction)
        }
    }

    @Test @Loop func ordersOfOthersAndOfTheFutureDoNotMoveTheClockOfOneSource() async throws {
        let service = try await TestService(CampaignsService.self, settings: ["CAMPAIGNS_CLOCK": "orders:/erp/demo"])
        defer { service.close() }
        let clock = try SegmentClock(service.context)
        func at(_ day: String) throws -> Date { try #require(RFC3339.date("\(day)T00:00:00Z")) }
        let orders = [
            ("/erp/demo", try at("2011-12-09")), ("/erp", try at("2026-01-01")), ("/erp/demo", try at("9999-01-01")),
        ]
        try await service.transaction { clock.note(orders, $0) }
        try await clock.fold()
        #expect(try await service.column("SELECT newest_order_at::text FROM order_clock_delta") == [])
        #expect(
            try await service.column("SELECT (newest_order_at AT TIME ZONE 'UTC')::date::text FROM order_clock") == [
                "2011-12-09"
            ])
    }

    private func order(_ id: String, _ customer: String?, _ day: String) throws -> LedgerEntry {
        LedgerEntry(.order, try .order(id, customer: customer, at: "\(day)T10:00:00Z"))
    }

    @Test @Loop func everyStatementFitsTheSchema() async throws {
        let service = try await TestService(CampaignsService.self)
        defer { service.close() }
        try await service.prepareAll(of: CampaignsService.self)
    }

    @Test @Loop func membersMoveByOrdersAndByTime() async throws {
        let service = try await TestService(CampaignsService.self, settings: ["CAMPAIGNS_CLOCK": "orders"])
        defer { service.close() }
        let clock = try SegmentClock(service.context)
        try await apply([order("A1", "1", "2010-12-01"), order("A2", "1", "2011-01-15")], service, clock)
        #expect(
            try await segments(ann, service) == [
                "active: second last order on 2010-12-01", "new: first order on 2010-12-01",
            ])
        // Nothing is due while the clock stands.
        #expect(try await clock.advance() == 0)
        // A walk-in's order moves the clock: time alone moves Ann.
        try await apply([order("B1", nil, "2011-06-02")], service, clock)
        #expect(try await clock.advance() == 1)
        #expect(try await segments(ann, service) == ["active: second last order on 2010-12-01"])
        try await apply([order("B2", nil, "2012-02-01")], service, clock)
        #expect(try await clock.advance() == 1)
        #expect(try await clock.advance() == 0)
        #expect(try await segments(ann, service) == ["inactive: last order on 2011-01-15"])
        // She comes back.
        try await apply([order("A3", "1", "2012-02-02")], service, clock)
        #expect(try await segments(ann, service) == [])
        let key = ann.uuidString.lowercased()
        #expect(
            try await service.outbox() == [
                "campaigns.segment.entered.v1 \(key) 1", "campaigns.segment.entered.v1 \(key) 2",
                "campaigns.segment.left.v1 \(key) 3", "campaigns.segment.left.v1 \(key) 4",
                "campaigns.segment.entered.v1 \(key) 5", "campaigns.segment.left.v1 \(key) 6",
            ])
        let payload = try await service.column("SELECT payload FROM outbox ORDER BY id LIMIT 1")[0]
        let entered = try ModelJSON.decoder.decode(SegmentEntered.self, from: Data(payload.utf8))
        #expect(entered.segment == "active" && entered.partyId == ann)
        #expect(try await service.faultsOfEvents() == [])
    }

    @Test @Loop func theWallClockIsTheDatabases() async throws {
        let service = try await TestService(CampaignsService.self)
        defer { service.close() }
        let clock = try SegmentClock(service.context)
        let today = RFC3339.string(Date()).prefix(10)
        try await apply([order("A1", "1", "2010-12-01"), order("B1", "2", String(today))], service, clock)
        #expect(try await segments(ann, service) == ["inactive: last order on 2010-12-01"])
        #expect(
            try await segments(ExternalID.party(customerNo: "2"), service) == ["new: first order on \(today)"])
        #expect(try await service.column("SELECT newest_order_at::text FROM order_clock") == ["null"])
        #expect(try await service.column("SELECT count(*)::text FROM member WHERE next_check_at > now()") == ["1"])
    }

    @Test @Loop func orderOfArrivalAndRepetitionDoNotMatter() async throws {
        var states: [[String]] = []
        for turned in [false, true] {
            let service = try await TestService(CampaignsService.self, settings: ["CAMPAIGNS_CLOCK": "orders"])
            defer { service.close() }
            let clock = try SegmentClock(service.context)
            let party = PartyState(partyId: ann, kind: "consumer", name: "安妮", email: "ann@example.com")
            let consent = ConsentWord(granted: true, decidedAt: Date(timeIntervalSince1970: 0))
            var steps: [@Loop (Transaction) async throws -> Void] = [
                { try await NewsHandlers(service.context).apply([.party(party)], $0) },
                { try await NewsHandlers(service.context).apply([.consent(ann, consent)], $0) },
                {
                    clock.note([("/erp", try order("A1", "1", "2010-12-01").document.at)], $0)
                    try await NewsHandlers(service.context).apply([order("A1", "1", "2010-12-01")], $0)
                },
                {
                    clock.note([("/erp", try order("A2", "1", "2011-01-15").document.at)], $0)
                    try await NewsHandlers(service.context).apply([order("A2", "1", "2011-01-15")], $0)
                },
            ]
            if turned { steps.reverse() }
            for step in steps + steps { try await service.transaction(step) }
            states.append(
                try await segments(ann, service)
                    + service.column(
                        "SELECT concat_ws('|', name, email, may_mail, orders, first_order_at, last_order_at) FROM member"
                    ))
        }
        #expect(states[0].last == "安妮|ann@example.com|t|2|2010-12-01 10:00:00+00|2011-01-15 10:00:00+00")
        #expect(states[0] == states[1])
    }

    @Test @Loop func aCancelledOrderDoesNotCount() async throws {
        let service = try await TestService(CampaignsService.self, settings: ["CAMPAIGNS_CLOCK": "orders"])
        defer { service.close() }
        let clock = try SegmentClock(service.context)
        let first = try order("A1", "1", "2010-12-01")
        try await apply([first], service, clock)
        try await apply([LedgerEntry(.order, first.document, isCancelled: true)], service, clock)
        #expect(try await segments(ann, service) == [])
        let member = try await service.send(.get, "/v1/members/\(ann)").text
        #expect(member.contains(#""orders" : 0"#), "\(member)")
        #expect(try await service.send(.get, "/v1/segments").status == 200)
        #expect(try await service.send(.get, "/v1/segments/old/members").status == 404)
    }

    @Test @Loop func whatCustomersValueMakesSegmentsThatFollowItAndMerges() async throws {
        let service = try await TestService(CampaignsService.self)
        defer { service.close() }
        let handlers = try NewsHandlers(service.context)
        func tell(_ benefit: String?, _ isDeclared: Bool = false) async throws {
            let told = BenefitChanged(partyId: ann, benefit: benefit, isDeclared: isDeclared)
            try await service.transaction { try await handlers.apply([.benefit(told)], $0) }
        }
        try await tell("process")
        try await tell("process")
        #expect(try await segments(ann, service) == ["values-process: learnt from what was bought and asked"])
        try await tell("relationship", true)
        #expect(try await segments(ann, service) == ["values-relationship: says so"])
        #expect(try await service.send(.get, "/v1/segments/values-relationship/members").text.contains(ann.text))
        // Once merged she is asked through her survivor only; undone, she is there again.
        let lee = ExternalID.party(customerNo: "2")
        for (survivor, count) in [(lee, 0), (ann, 1)] {
            try await service.transaction {
                try await NewsHandlers(service.context).apply([.redirect(Redirect(ann, to: survivor))], $0)
            }
            #expect(try await segments(ann, service).count == count)
        }
        try await tell(nil)
        #expect(try await segments(ann, service) == [])
        let key = ann.text
        #expect(
            try await service.outbox()
                == (1...6).map { number in
                    "campaigns.segment.\(number % 2 == 1 ? "entered" : "left").v1 \(key) \(number)"
                })
        #expect(try await service.faultsOfEvents() == [])
    }
}
