import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit
import ServiceTestKit
import Testing

@testable import Sales

@Suite struct ActivityTests {
    private let party = ExternalID.party(customerNo: "1")

    private struct Shown: Decodable {
        let kind, subject, at: String
        let partyId: UUID
        let minutes: Int?
        let place: String?
        let owner: String?
    }

    private struct Page: Decodable { let items: [Shown] }

    @Test @Loop func aVisitIsKeptShownAndToldOnce() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let visit = """
            {"kind":"visit","subject":" 看样品 ","at":"2026-03-01T09:30:00+08:00","partyId":"\(party.text)","owner":"eve","minutes":45,
            "outcome":"met","place":"上海","notes":"wants blue"}
            """
        let key = ["idempotency-key": "v1"]
        let id = try await service.make("/v1/activities", visit, headers: key)
        #expect(try await service.make("/v1/activities", visit, headers: key) == id)
        _ = try await service.make(
            "/v1/activities", #"{"kind":"call","subject":"price","partyId":"00000000-0000-7000-8000-000000000001"}"#)
        let shown = try await service.send(.get, "/v1/activities/\(id)").json(Shown.self)
        #expect(shown.subject == "看样品" && shown.partyId == party && shown.minutes == 45 && shown.place == "上海")
        #expect(RFC3339.date(shown.at) == RFC3339.date("2026-03-01T01:30:00Z"))
        for query in ["partyId=\(party.text)", "owner=eve", "kind=visit", "limit=1&after=\(UUID.v7().text)&kind=visit"]
        {
            let page = try await service.send(.get, "/v1/activities?\(query)").json(Page.self)
            #expect(page.items.map(\.subject) == ["看样品"], "\(query)")
        }
        #expect(try await service.outboxTypes() == Array(repeating: "sales.activity.logged.v1", count: 2))
        let payload = try await service.column("SELECT payload FROM outbox ORDER BY id LIMIT 1")[0]
        let told = try ModelJSON.decoder.decode(ActivityLogged.self, from: Data(payload.utf8)).activity
        #expect(told.activityId == id && told.kind == "visit" && told.partyId == party && told.outcome == "met")
        #expect(!payload.contains("wants blue"), "notes stay here")
        #expect(try await service.faultsOfEvents() == [])
    }

    @Test(arguments: [
        ("kind", #""kind":"dance""#), ("plcae", #""plcae":"here""#), ("kind", #""kind":null"#),
        ("subject", #""subject":" ""#),
        ("subject", #""subject":"a\u0000""#), ("partyId", #""partyId":"x""#), ("partyId", #""partyId":null"#),
        ("at", #""at":"2999-01-01T00:00:00Z""#), ("at", #""at":"0001-01-01T00:00:00Z""#), ("minutes", #""minutes":-1"#),
        ("minutes", #""minutes":99999"#), ("opportunityId", #""opportunityId":"00000000-0000-7000-8000-000000000001""#),
    ])
    @Loop func whatIsWrongIsNamedAndNothingIsKept(_ field: String, _ member: String) async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        var members = [
            "kind": #""kind":"visit""#, "subject": #""subject":"s""#, "partyId": #""partyId":"\#(party.text)""#,
        ]
        members[field] = member
        let answer = try await service.send(.post, "/v1/activities", "{\(members.values.joined(separator: ","))}")
        #expect(answer.status == 400 && answer.text.contains("\"field\":\"\(field)\""), "\(member) \(answer.text)")
        #expect(try await service.column("SELECT count(*)::text FROM activity") == ["0"])
    }

    @Test @Loop func anErasureLeavesTheFigureWithoutThePerson() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        _ = try await service.make(
            "/v1/activities",
            #"{"kind":"visit","subject":"Quill's house","partyId":"\#(party.text)","place":"Quill St","notes":"Quill","minutes":5}"#
        )
        let lines = try await service.transaction { try await salesPersonalData.erase(party, in: $0) }
        #expect(lines.contains { $0.table == "activity" && $0.rows == 1 })
        let left = try await service.column("SELECT t::text FROM activity t")
        #expect(left.count == 1 && !left.joined().contains("Quill"), "\(left)")
    }
}
