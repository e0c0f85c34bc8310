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

@Suite struct TimelineTests {
    private struct Page: Decodable {
        struct Item: Decodable { let at, kind, reference: String }
        let items: [Item]
        let next: String?
    }

    @Test @Loop func pagesGoThroughTheWholeFeedOfBothOnce() async throws {
        let two = try await TwoCustomers()
        defer { two.service.close() }
        // Many at the same time, so that the cursor has to tell them apart.
        for number in 0..<6 {
            try await two.order("A\(number)", "100", total: "1", at: "2011-01-05T08:00:00Z")
            try await two.order("B\(number)", "200", total: "1", at: "2011-0\(number + 1)-05T08:00:00Z")
        }
        let days = try ["2011-01-05", "2011-03-05"].map { try #require(RFC3339.date("\($0)T08:00:00Z")) }
        try await two.service.transaction { transaction in
            for party in [two.first, two.second] {
                transaction.enqueue(
                    TimelineStore.touch, [party, party], days,
                    ["ticket.opened", "message.sent"], ["T", "M"], ["x", "y"])
            }
        }
        let say = #"{"channel":"mail","purpose":"marketing","granted":true}"#
        _ = try await two.service.send(.put, "/v1/parties/\(two.second.text)/consents", say)
        _ = try await two.merge()
        let path = "/v1/parties/\(two.first.text)/timeline"
        var found: [Page.Item] = []
        var cursor = ""
        repeat {
            let page = try await two.service.send(.get, "\(path)?limit=3\(cursor)").json(Page.self)
            found += page.items
            cursor = page.next.map { "&after=\($0.replacing("+", with: "%2B").replacing("=", with: "%3D"))" } ?? ""
        } while !cursor.isEmpty && found.count < 50
        #expect(found.count == 18)
        #expect(found[0].kind == "merge" && found[1].kind == "consent")
        let times = found.map(\.at)
        #expect(times == times.sorted(by: >))
        func kinds(_ query: String) async throws -> [String] {
            Set(try await two.service.send(.get, "\(path)?\(query)").json(Page.self).items.map(\.kind)).sorted()
        }
        #expect(try await kinds("kind=ticket") == ["ticket.opened"])
        #expect(try await kinds("kind=message.sent&kind=order") == ["message.sent", "order"])
        #expect(try await kinds("since=2012-01-01T00:00:00Z") == ["consent", "merge"])
        #expect(try await kinds("before=2011-02-01T00:00:00Z") == ["order", "ticket.opened"])
        #expect(try await two.service.send(.get, "\(path)?after=xx").status == 400)
        #expect(try await two.service.faultsOfEvents() == [])
    }

    @Test @Loop func theRecordIsShownAsItStood() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let id = try await service.make("/v1/parties", #"{"name":"一","tags":["a"]}"#)
        let path = "/v1/parties/\(id.text)"
        var moments: [String] = []
        for (version, name) in ["二", "三"].enumerated() {
            moments.append(
                try await service.column("SELECT to_json(clock_timestamp() AT TIME ZONE 'UTC')#>>'{}' || 'Z'")[0])
            let answer = try await service.send(
                .patch, path, #"{"name":"\#(name)","tags":["\#(version)"]}"#,
                headers: ["if-match": "\"\(version + 1)\""])
            #expect(answer.status == 200)
        }
        moments.append(
            try await service.column("SELECT to_json(clock_timestamp() AT TIME ZONE 'UTC')#>>'{}' || 'Z'")[0])
        struct Shown: Decodable {
            struct Record: Decodable { let name: String, tags: [String], version: Int }
            let record: Record
        }
        var names: [String] = []
        for moment in moments {
            let shown = try await service.send(.get, "\(path)/as-of?at=\(moment)").json(Shown.self).record
            names.append("\(shown.version)\(shown.name)\(shown.tags)")
        }
        #expect(names == [#"1一["a"]"#, #"2二["0"]"#, #"3三["1"]"#])
        #expect(try await service.send(.get, "\(path)/as-of?at=2001-01-01T00:00:00Z").status == 404)
        #expect(try await service.send(.get, "\(path)/as-of").status == 400)
        struct Versions: Decodable { let items: [Shown] }
        let versions = try await service.send(.get, "\(path)/history").json(Versions.self).items.map(\.record.name)
        #expect(versions == ["三", "二", "一"])
    }

    @Test @Loop func aVisitThatSalesLoggedIsOnTheTimelineOnceAtItsTimeAndCountsAsDealing() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let id = try await service.make("/v1/parties", #"{"name":"王小明"}"#)
        let visits = (1...5).map { day in
            ActivityState(
                activityId: UUID.v7(), kind: "visit", subject: "看样品",
                at: Date(timeIntervalSinceNow: -86_400 * Double(day)),
                partyId: id, owner: "eve", outcome: "met", place: "上海")
        }
        let call = ActivityState(activityId: UUID.v7(), kind: "call", subject: "price", at: Date(), partyId: id)
        for _ in 1...2 {
            try await service.transaction { TimelineHandlers.write((visits + [call]).compactMap { Touch($0) }, $0) }
        }
        struct Titles: Decodable {
            struct Item: Decodable { let kind, title, reference: String }
            let items: [Item]
        }
        let all = try await service.send(.get, "/v1/parties/\(id)/timeline").json(Titles.self).items
        #expect(all.map(\.kind) == ["call"] + Array(repeating: "visit", count: 5))
        let shown = try await service.send(.get, "/v1/parties/\(id)/timeline?kind=visit&limit=1").json(Titles.self)
            .items
        #expect(shown.map(\.title) == ["看样品 (by eve, at 上海, met)"])
        #expect(shown.map(\.reference) == [visits[0].activityId.text])
        try await service.transaction { $0.enqueue(BenefitStore.learn, [id]) }
        let benefit = try await service.send(.get, "/v1/parties/\(id)/benefit").text
        #expect(benefit.contains(#""learnt" : "relationship""#), "\(benefit)")
    }
}
