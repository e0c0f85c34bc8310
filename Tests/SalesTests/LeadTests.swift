import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import ServiceKit
import ServiceTestKit
import Testing

@testable import Sales

@Suite struct LeadTests {
    @Test @Loop func aLeadIsWorkedAndConverted() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let lead = try await service.make(
            "/v1/leads", #"{"name":"张伟","company":"北京贸易","email":"zhang@example.cn","source":"web"}"#)
        let path = "/v1/leads/\(lead)"
        #expect(try await service.send(.patch, path, #"{"status":"working"}"#).status == 428)
        let worked = try await service.send(.patch, path, #"{"status":"working"}"#, headers: ["if-match": "\"1\""])
        #expect(worked.status == 200 && worked.headers["etag"] == "\"2\"" && worked.text.contains("张伟"))
        let stale = try await service.send(.patch, path, #"{"status":"qualified"}"#, headers: ["if-match": "\"1\""])
        #expect(stale.status == 412)
        let opportunity = try await service.make("\(path)/convert", #"{"amount":"1200.50","currency":"CNY"}"#)
        let shown = try await service.send(.get, "/v1/opportunities/\(opportunity)")
        for part in ["北京贸易", "张伟", "zhang@example.cn", "1200.5000", #""probability" : 20"#] {
            #expect(shown.text.contains(part), "\(part) in \(shown.text)")
        }
        #expect(try await service.send(.post, "\(path)/convert").status == 409)
        let key = lead.uuidString.lowercased()
        #expect(
            try await service.outbox() == [
                "sales.lead.created.v1 \(key) 1", "sales.lead.changed.v1 \(key) 2",
                "sales.opportunity.created.v1 \(opportunity.uuidString.lowercased()) 1",
                "sales.lead.converted.v1 \(key) 3",
            ])
        let payload = try await service.column("SELECT payload FROM outbox ORDER BY id DESC LIMIT 1")[0]
        let told = try ModelJSON.decoder.decode(LeadConverted.self, from: Data(payload.utf8))
        let (kept, _) = try await service.transaction {
            try await LeadState.record.locked(lead, LeadStore.lock, in: $0)
        }
        #expect(told.opportunityId == opportunity && LeadState.record.isSame(kept, told.lead))
        let pipeline = try await service.send(.get, "/v1/pipeline").text
        #expect(pipeline.contains(#""weighted" : "240.1000""#), "\(pipeline)")
        #expect(try await service.faultsOfEvents() == [])
    }

    @Test @Loop func nullTakesAwayAndTheEventSaysWhatIsLeft() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let lead = try await service.make(
            "/v1/leads",
            #"{"name":" Ann ","email":" ann@a.example ","phone":"1","source":"web","notes":" likes blue ","owner":null}"#
        )
        let changed = try await service.send(
            .patch, "/v1/leads/\(lead)", #"{"phone":null,"source":null,"notes":null,"company":"Quill"}"#,
            headers: ["if-match": "\"1\""])
        #expect(changed.status == 200 && changed.headers["etag"] == "\"2\"", "\(changed)")
        let parts = [#""phone" : null"#, #""notes" : null"#, #""name" : "Ann""#, #""email" : "ann@a.example""#]
        for part in parts + [#""company" : "Quill""#, #""opportunityId" : null"#] {
            #expect(changed.text.contains(part), "\(part) in \(changed.text)")
        }
        #expect(try await service.send(.get, "/v1/leads/\(lead)").text == changed.text)
        let told = try await service.column("SELECT payload FROM outbox ORDER BY id")
        let first = try ModelJSON.decoder.decode(LeadCreated.self, from: Data(told[0].utf8)).lead
        #expect(first.phone == "1" && first.notes == "likes blue" && first.status == "new")
        let last = try ModelJSON.decoder.decode(LeadChanged.self, from: Data(told[1].utf8)).lead
        #expect(last.leadId == lead && last.phone == nil && last.source == nil && last.notes == nil)
        #expect(last.name == "Ann" && last.company == "Quill")
        let (kept, version) = try await service.transaction {
            try await LeadState.record.locked(lead, LeadStore.lock, in: $0)
        }
        #expect(version == 2 && LeadState.record.isSame(kept, last))
        #expect(try await service.faultsOfEvents() == [])
    }

    @Test @Loop func aChangeThatChangesNothingTellsNobody() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let lead = try await service.make("/v1/leads", #"{"name":"Ann","email":"ann@a.example"}"#)
        for body in ["{}", #"{"name":" Ann","phone":null,"status":"new"}"#] {
            let same = try await service.send(.patch, "/v1/leads/\(lead)", body, headers: ["if-match": "\"1\""])
            #expect(same.status == 200 && same.headers["etag"] == "\"1\"", "\(same)")
        }
        #expect(try await service.outboxTypes() == ["sales.lead.created.v1"])
    }

    @Test @Loop func nobodyOverwritesWhatHeHasNotSeen() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let path = "/v1/leads/\(try await service.make("/v1/leads", #"{"name":"Ann"}"#))"
        _ = try await service.make("\(path)/convert")
        // Stale before converted: what he sees next says why.
        let stale = try await service.send(.patch, path, #"{"name":"Bob"}"#, headers: ["if-match": "\"1\""])
        #expect(stale.status == 412 && stale.headers["etag"] == "\"2\"")
        #expect(
            stale.text.contains(#""yours":{"name":"Bob"}"#) && stale.text.contains(#""status" : "converted""#),
            "\(stale.text)")
        #expect(try await service.send(.patch, path, "{}", headers: ["if-match": "\"2\""]).status == 409)
    }

    @Test @Loop func aCreateIsRepeatedSafely() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let key = ["idempotency-key": "k1"]
        let first = try await service.make("/v1/leads", #"{"name":"Ann"}"#, headers: key)
        #expect(try await service.make("/v1/leads", #"{"name":"Ann"}"#, headers: key) == first)
        #expect(try await service.send(.post, "/v1/leads", #"{"name":"Bob"}"#, headers: key).status == 422)
        #expect(try await service.outboxTypes() == ["sales.lead.created.v1"])
    }

    @Test @Loop func listsGoOnFromTheirCursor() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        for number in 1...5 { _ = try await service.make("/v1/leads", #"{"name":"Lead \#(number)"}"#) }
        struct Page: Decodable {
            struct Item: Decodable { let name: String }
            let items: [Item]
            let next: String?
        }
        var names: [String] = []
        var path: String? = "/v1/leads?limit=2&status=new"
        while let next = path {
            let page = try await service.send(.get, next).json(Page.self)
            names += page.items.map(\.name)
            path = page.next.map { "/v1/leads?limit=2&status=new&after=\($0)" }
        }
        #expect(names == (1...5).reversed().map { "Lead \($0)" })
    }

    @Test(arguments: [
        ("/v1/leads", "{}", "name"), ("/v1/leads", #"{"name":" "}"#, "name"),
        ("/v1/leads", #"{"name":"A","email":"nobody"}"#, "email"),
        ("/v1/leads", #"{"name":"A","status":"converted"}"#, "status"),
        ("/v1/leads", #"{"name":"A","status":null}"#, "status"),
        ("/v1/leads", #"{"name":"A","partyId":"x"}"#, "partyId"),
        ("/v1/leads", #"{"name":"A","nmae":"B"}"#, "nmae"),
        ("/v1/leads", #"{"name":"A","opportunityId":"00000000-0000-7000-8000-000000000001"}"#, "opportunityId"),
        ("/v1/opportunities", #"{"name":"A","amount":"1.23456"}"#, "amount"),
        ("/v1/opportunities", #"{"name":"A","amount":"1"}"#, "currency"),
        ("/v1/opportunities", #"{"name":"A","currency":"euro"}"#, "currency"),
        ("/v1/opportunities", #"{"name":"A","stage":"won"}"#, "stage"),
        ("/v1/opportunities", #"{"name":"A","expectedClose":"2011-02-30"}"#, "expectedClose"),
    ])
    @Loop func whatIsWrongIsNamed(_ path: String, _ body: String, _ field: String) async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let answer = try await service.send(.post, path, body)
        #expect(answer.status == 400 && answer.text.contains(#""field":"\#(field)""#), "\(answer.text)")
        #expect(try await service.send(.get, "\(path)/\(UUID())").status == 404)
    }
}
