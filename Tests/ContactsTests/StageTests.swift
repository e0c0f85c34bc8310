import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit
import ServiceTestKit
import Testing

@testable import Contacts

@Suite struct StageTests {
    private func order(_ id: String, _ customer: String, _ day: String) throws -> LedgerEntry {
        LedgerEntry(.order, try .order(id, customer: customer, at: "\(day)T08:00:00Z", total: "10"))
    }

    @Loop private func apply(_ entries: [LedgerEntry], _ service: TestService) async throws {
        try await service.transaction { try await ValueHandlers.apply(entries, $0) }
    }

    /// Changes as they were published: whose, to what and why, in their order.
    @Loop private func changes(_ service: TestService) async throws -> [String] {
        try await service.column(
            """
            SELECT concat_ws(' ', p.name, o.payload::json->>'previous', '>', o.payload::json->>'stage' || ':',
                o.payload::json->>'cause') FROM outbox o JOIN party p ON p.id::text = o.key
            WHERE o.type = 'contacts.stage.changed.v1' ORDER BY o.id
            """)
    }

    @Test @Loop func aCustomerGoesThroughTheStagesByOrdersAndBySilence() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let clock = StageClock(service.context)
        try await apply([try order("A1", "1", "2011-01-05"), try order("B1", "2", "2011-01-06")], service)
        try await apply([try order("A2", "1", "2011-01-20")], service)
        try await apply([try order("A3", "1", "2011-02-05")], service)
        #expect(try await clock.step() == 0)
        // Time passes as the newest document has it: others go on buying.
        for (id, day) in [("B2", "2011-08-10"), ("B3", "2012-02-20")] {
            try await apply([try order(id, "2", day)], service)
            while try await clock.step() > 0 {}
        }
        try await apply([try order("A4", "1", "2012-03-01")], service)
        try await apply([try order("A5", "1", "2012-03-02")], service)
        let expected = [
            "1 prospect > customer: order A1", "2 prospect > customer: order B1", "1 customer > loyal: order A3",
            "1 loyal > lapsing: no order for 180 days", "2 customer > loyal: order B3",
            "1 lapsing > lapsed: no order for 365 days", "1 lapsed > won_back: order A4",
            "1 won_back > loyal: order A5",
        ]
        #expect(try await changes(service) == expected)
        let gaps = try await service.column(
            """
            SELECT key FROM (SELECT key, seq, row_number() OVER (PARTITION BY key ORDER BY id) AS n FROM outbox) o
            WHERE seq <> n
            """)
        #expect(gaps.isEmpty, "every event has its own sequence")
        let id = ExternalID.party(customerNo: "1").text
        #expect(try await service.send(.get, "/v1/parties/\(id)").text.contains(#""stage" : "loyal""#))
        let shown = try await service.send(.get, "/v1/parties/\(id)/stage").text
        #expect(shown.contains("order A4") && shown.contains("no order for 180 days"), "\(shown)")
        #expect(try await service.faultsOfEvents() == [])
    }

    @Test @Loop func aCancelledOrderMakesAProspectAgainAndAHandSetsAnything() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let first = try order("A1", "1", "2011-01-05")
        try await apply([first], service)
        try await apply([LedgerEntry(.order, first.document, isCancelled: true)], service)
        let lead = LeadState(
            leadId: UUID(), status: "new", name: "fair", partyId: ExternalID.party(customerNo: "1"))
        try await service.transaction { StageHandlers.follow([lead, lead].compactMap { StageCause($0) }, $0) }
        #expect(
            try await changes(service) == [
                "1 prospect > customer: order A1", "1 customer > prospect: order A1", "1 prospect > lead: lead fair",
            ])
        let path = "/v1/parties/\(ExternalID.party(customerNo: "1").text)/stage"
        for bad in [#"{"stage":"friend","cause":"x"}"#, #"{"stage":"lost","cause":" "}"#, #"{"stage":"lost"}"#] {
            #expect(try await service.send(.put, path, bad, headers: ["if-match": "\"1\""]).status == 400, "\(bad)")
        }
        let set = try await service.send(
            .put, path, #"{"stage":"lost","cause":"moved abroad"}"#, headers: try await service.seen(path))
        #expect(set.status == 200 && set.text.contains("moved abroad"), "\(set.text)")
        #expect(try await changes(service).last == "1 lead > lost: moved abroad")
        for (filter, count) in [(#"{"field":"stage","is":"lost"}"#, 1), (#"{"field":"stage","is":"prospect"}"#, 0)] {
            let list = try await service.send(.get, "/v1/parties?filter=\(percentEncoded("[\(filter)]"))")
            #expect(try list.json(FoundParties.self).items.count == count, "\(list.text)")
        }
        _ = try await service.make("/v1/parties", #"{"name":"New"}"#)
        let list = try await service.send(
            .get, "/v1/parties?filter=\(percentEncoded(#"[{"field":"stage","in":["prospect","lead"]}]"#))")
        #expect(try list.json(FoundParties.self).items.map(\.name) == ["New"])
        let unknown = percentEncoded(#"[{"field":"stage","is":"x"}]"#)
        #expect(try await service.send(.get, "/v1/parties?filter=\(unknown)").status == 400)
        #expect(try await service.faultsOfEvents() == [])
    }

    @Test @Loop func whatACustomerValuesIsDeclaredOrLearntAndListed() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        for number in 1...5 { try await apply([try order("A\(number)", "1", "2011-01-0\(number)")], service) }
        try await apply([try order("B1", "2", "2011-01-05"), try order("C1", "3", "2011-01-05")], service)
        let ids = ["1", "2", "3"].map { ExternalID.party(customerNo: $0) }
        let touch = TimelineStore.touch
        let day = try #require(RFC3339.date("2011-01-04T08:00:00Z"))
        try await service.transaction { transaction in
            let kinds = ["survey.answered", "ticket.replied", "task.closed", "ticket.opened"]
            transaction.enqueue(touch, kinds.map { _ in ids[1] }, kinds.map { _ in day }, kinds, kinds, kinds)
            transaction.enqueue(BenefitStore.learn, ids)
            transaction.enqueue(BenefitStore.learn, ids)
        }
        func benefit(_ id: UUID) async throws -> String {
            try await service.send(.get, "/v1/parties/\(id.text)/benefit").text
        }
        #expect(try await benefit(ids[0]).contains(#""learnt" : "functional""#))
        #expect(try await benefit(ids[1]).contains(#""benefit" : "relationship""#))
        #expect(try await benefit(ids[2]).contains(#""benefit" : null"#), "one order says nothing")
        let path = "/v1/parties/\(ids[0].text)/benefit"
        func say(_ benefit: String) async throws -> Answer {
            try await service.send(
                .put, path, #"{"declared":\#(benefit)}"#, headers: try await service.seen(path))
        }
        let said = try await say(#""process""#)
        #expect(said.status == 200 && said.text.contains(#""benefit" : "process""#), "\(said.text)")
        #expect(try await say(#""x""#).status == 400)
        let filter = percentEncoded(#"[{"field":"benefit","in":["process","relationship"]}]"#)
        let list = try await service.send(.get, "/v1/parties?filter=\(filter)")
        #expect(try list.json(FoundParties.self).items.map(\.name) == ["1", "2"])
        _ = try await say("null")
        #expect(try await benefit(ids[0]).contains(#""benefit" : "functional""#))
        let events = try await service.column(
            "SELECT concat_ws(' ', payload::json->>'benefit', payload::json->>'isDeclared') FROM outbox "
                + "WHERE type = 'contacts.benefit.changed.v1' ORDER BY id")
        #expect(events.sorted() == ["functional false", "functional false", "process true", "relationship false"])
        #expect(try await service.faultsOfEvents() == [])
    }
}
