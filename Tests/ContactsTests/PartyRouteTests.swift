import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit
import ServiceTestKit
import Testing
import Writing

@testable import Contacts

private struct Names: Decodable {
    struct Item: Decodable { let name: String }
    let items: [Item]
    let next: String?
}

@Loop
private func names(_ service: TestService, _ query: String) async throws -> [String] {
    try await service.send(.get, "/v1/parties?\(query)").json(Names.self).items.map(\.name)
}

private func encoded(_ text: String) -> String {
    text.utf8.map { "%" + String(Int($0) + 256, radix: 16).suffix(2) }.joined()
}

@Suite struct PartyRouteTests {
    @Test @Loop func aCreateSentTwiceIsOneParty() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let key = ["idempotency-key": "\"k1\""]
        let first = try await service.send(.post, "/v1/parties", #"{"name":"王小明"}"#, headers: key)
        let second = try await service.send(.post, "/v1/parties", #"{"name":"王小明"}"#, headers: key)
        #expect(first.status == 201 && second.status == 201 && first.text == second.text)
        #expect(second.headers["location"] == first.headers["location"] && second.headers["etag"] == "\"1\"")
        #expect(second.headers["idempotency-replayed"] == "true" && first.headers["idempotency-replayed"] == nil)
        #expect(try await service.send(.post, "/v1/parties", #"{"name":"B"}"#, headers: key).status == 422)
        #expect(try await service.column("SELECT name FROM party") == ["王小明"])
        #expect(try await service.outboxTypes() == ["contacts.party.created.v1"])
    }

    @Test @Loop func twoCreatesAtOnceWithOneKeyAreOneParty() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        async let one = service.send(.post, "/v1/parties", #"{"name":"A"}"#, headers: ["idempotency-key": "k"])
        async let two = service.send(.post, "/v1/parties", #"{"name":"A"}"#, headers: ["idempotency-key": "k"])
        let answers = try await [one, two]
        #expect(answers[0].text == answers[1].text && answers.allSatisfy { $0.status == 201 })
        #expect(try await service.column("SELECT name FROM party") == ["A"])
    }

    @Test @Loop func aChangeNeedsTheVersionAndKeepsTheRest() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let id = try await service.make(
            "/v1/parties", #"{"name":"Ann","email":" ann@Example.COM","tags":["vip","新"],"notes":"n"}"#)
        let path = "/v1/parties/\(id)"
        #expect(try await service.send(.patch, path, #"{"name":"Anna"}"#).status == 428)
        #expect(try await service.send(.patch, path, #"{"name":"Anna"}"#, headers: ["if-match": "\"2\""]).status == 412)
        #expect(try await service.send(.patch, path, #"{"name":"Anna"}"#, headers: ["if-match": "*"]).status == 400)
        let changed = try await service.send(.patch, path, #"{"name":"Anna"}"#, headers: ["if-match": "\"1\""])
        #expect(changed.status == 200 && changed.headers["etag"] == "\"2\"")
        let state = "SELECT concat_ws('|', version, name, email, tags::text, notes) FROM party"
        #expect(try await service.column(state) == ["2|Anna|ann@example.com|{vip,新}|n"])
        _ = try await service.send(.patch, path, #"{"tags":[]}"#, headers: ["if-match": "\"2\""])
        #expect(try await service.column(state) == ["3|Anna|ann@example.com|{}|n"])
        #expect(try await service.send(.get, path).headers["etag"] == "\"3\"")
        #expect(try await service.send(.get, "/v1/parties/\(UUID())").status == 404)
        #expect(try await service.send(.get, "/v1/parties/7").status == 400)
        let sequences = try await service.column("SELECT seq::text FROM outbox ORDER BY id")
        #expect(sequences == ["1", "2", "3"])
        #expect(try await service.faultsOfEvents() == [])
    }

    /// RFC 7396, in the members of members too.
    @Test @Loop func nullTakesAwayWhatIsNotSaidStaysAndNothingNewTellsNobody() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let id = try await service.make(
            "/v1/parties", #"{"name":"Ann","notes":"n","owner":"wang","preferences":{"slot":"am","tone":"formal"}}"#)
        let path = "/v1/parties/\(id)"
        func patch(_ json: String) async throws -> Answer {
            try await service.send(.patch, path, json, headers: try await service.seen(path))
        }
        let changed = try await patch(#"{"owner":null,"preferences":{"slot":null,"place":"desk"}}"#)
        #expect(changed.status == 200 && changed.headers["etag"] == "\"2\"", "\(changed.text)")
        let state = "SELECT concat_ws('|', notes, owner, details->'preferences') FROM party"
        #expect(try await service.column(state) == [#"n|{"tone": "formal", "place": "desk"}"#])
        let same = try await patch(#"{"name":"Ann","owner":null,"preferences":{"tone":"formal","slot":null}}"#)
        #expect(same.status == 200 && same.headers["etag"] == "\"2\"" && same.text == changed.text, "\(same.text)")
        #expect(
            try await service.outboxTypes() == ["contacts.party.created.v1", "contacts.party.changed.v1"])
        let wrong = try await patch(#"{"emial":"ann@example.com"}"#)
        #expect(wrong.status == 400 && wrong.text.contains("is not known here; email is"), "\(wrong.text)")
        #expect(try await patch(#"{"name":null}"#).status == 400)
        #expect(try await patch(#"{"preferences":null}"#).status == 200)
        #expect(try await service.column(state) == ["n"])
    }

    @Test(arguments: [
        (#"{"name":"A","email":"nobody"}"#, "email"), (#"{"name":"A","phone":"call me"}"#, "phone"),
        (#"{"name":"A","kind":"alien"}"#, "kind"), (#"{"name":"  "}"#, "name"), (#"{"email":"a@b.example"}"#, "name"),
        (#"{"name":7}"#, "name"), (#"{"name":"A","tags":["x",1]}"#, "tags[1]"), (#"{"name":"A","tags":[""]}"#, "tags"),
        (#"{"name":"A\u0000B"}"#, "name"), (#"{"name":"A","country":" "}"#, "country"),
    ])
    @Loop func whatIsWrongIsNamed(_ json: String, _ field: String) async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let answer = try await service.send(.post, "/v1/parties", json)
        #expect(answer.status == 400 && answer.text.contains("\"field\":\"\(field)\""), "\(answer.text)")
        #expect(try await service.column("SELECT name FROM party").isEmpty)
    }

    @Test @Loop func badJSONIsRefused() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        for json in [#"{"name":"A""#, "nonsense", "[]", #"{"name":"A"} x"#] {
            #expect(try await service.send(.post, "/v1/parties", json).status == 400, "\(json)")
        }
    }

    @Test @Loop func searchFindsByNamePhoneMailAndNumber() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        _ = try await service.make("/v1/parties", #"{"name":"王小明","phone":"+44 (20) 7946-0958"}"#)
        _ = try await service.make("/v1/parties", #"{"name":"王大","email":"Da.Wang@example.cn"}"#)
        _ = try await service.make("/v1/parties", #"{"name":"100%_Äpfel"}"#)
        let record = try ModelJSON.decoder.decode(
            CustomerUpserted.self, from: Data(#"{"customerNo":"17850","name":"Smith & Co"}"#.utf8))
        try await service.transaction { try PartyHandlers.upsert([record], $0) }
        #expect(try await names(service, "search=\(encoded("王"))") == ["王大", "王小明"])
        #expect(try await names(service, "search=\(encoded("王小"))") == ["王小明"])
        for phone in ["+442079460958", "0044 20 79460958", "020 7946 0958", "(020) 7946-0958", "７９４６０９５８"] {
            #expect(try await names(service, "search=\(encoded(phone))") == ["王小明"], "\(phone)")
        }
        #expect(try await names(service, "search=da.wang%40EXAMPLE.cn") == ["王大"])
        #expect(try await names(service, "search=17850") == ["Smith & Co"])
        #expect(try await names(service, "search=smith") == ["Smith & Co"])
        #expect(try await names(service, "search=100%25_") == ["100%_Äpfel"])
        #expect(try await names(service, "search=%25").isEmpty)
        #expect(try await names(service, "search=%5C").isEmpty)
        #expect(try await service.send(.get, "/v1/parties?search=a%00b").status < 500)
        #expect(try await service.send(.get, "/v1/parties?limit=0").status == 400)
        #expect(try await service.send(.get, "/v1/parties?after=xx").status == 400)
    }

    @Test @Loop func pagesGoThroughAllInOrder() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        for name in ["b", "A", "ä", "王", "B", "c\\\"", "A"] {
            _ = try await service.make("/v1/parties", try ModelJSON.text(["name": name]))
        }
        var found: [String] = []
        var cursor = ""
        repeat {
            let page = try await service.send(.get, "/v1/parties?limit=2\(cursor)").json(Names.self)
            found += page.items.map(\.name)
            cursor = page.next.map { "&after=\(encoded($0))" } ?? ""
        } while !cursor.isEmpty && found.count < 20
        let folded = found.map { Array(SearchText.sortName($0).unicodeScalars) }
        #expect(found.count == 7 && zip(folded, folded.dropFirst()).allSatisfy { !$1.lexicographicallyPrecedes($0) })
    }

    @Test @Loop func theTimelineIsNewestFirst() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let entries = [
            LedgerEntry(.order, try .order("A1", customer: "7", at: "2011-01-05T08:00:00Z")),
            LedgerEntry(.order, try .order("A2", customer: "7", at: "2011-03-05T08:00:00Z"), isCancelled: true),
        ]
        let party = ExternalID.party(customerNo: "7")
        let opened = try #require(RFC3339.date("2011-02-01T00:00:00Z"))
        try await service.transaction { transaction in
            try await ValueHandlers.apply(entries, transaction)
            for _ in 1...2 {
                transaction.enqueue(
                    TimelineStore.touch, [party], [opened], ["ticket.opened"], ["T1"],
                    ["不能登录"])
            }
        }
        struct Timeline: Decodable {
            struct Item: Decodable { let reference, title: String }
            let items: [Item]
        }
        let path = "/v1/parties/\(party)/timeline"
        let items = try await service.send(.get, path).json(Timeline.self).items
        #expect(items.map(\.reference) == ["A2", "T1", "A1"])
        #expect(items[0].title == "order A2 (cancelled)" && items[1].title == "不能登录")
        let page = try await service.send(.get, "\(path)?before=2011-03-01T00:00:00Z&limit=1").json(Timeline.self)
        #expect(page.items.map(\.reference) == ["T1"])
        #expect(try await service.send(.get, "\(path)?before=yesterday").status == 400)
    }

    @Test @Loop func consentIsKeptWithEveryDecision() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let path = "/v1/parties/\(try await service.make("/v1/parties", #"{"name":"A"}"#))/consents"
        for granted in [true, true, false] {
            let body = #"{"channel":"mail","purpose":"marketing","granted":\#(granted)}"#
            #expect(try await service.send(.put, path, body).status == 200)
        }
        #expect(
            try await service.column("SELECT granted::text FROM consent_decision ORDER BY id")
                == ["true", "true", "false"])
        #expect(try await service.column("SELECT granted || ' ' || version FROM consent, party") == ["false 4"])
        let odd = try await service.send(.put, path, #"{"channel":"pigeon","purpose":"marketing","granted":true}"#)
        #expect(odd.status == 400 && odd.text.contains("\"field\":\"channel\""))
    }
}
