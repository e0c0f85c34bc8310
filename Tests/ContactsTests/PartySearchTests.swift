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

struct FoundParties: Decodable {
    struct Item: Decodable { let name: String }
    let items: [Item]
    let next: String?
}

func percentEncoded(_ text: String) -> String {
    text.utf8.map { "%" + String(Int($0) + 256, radix: 16).suffix(2) }.joined()
}

@Loop
private func names(_ service: TestService, search: String? = nil, filter: String? = nil, _ more: String = "")
    async throws -> [String]
{
    var path = "/v1/parties?limit=100\(more)"
    if let search { path += "&search=\(percentEncoded(search))" }
    if let filter { path += "&filter=\(percentEncoded(filter))" }
    let answer = try await service.send(.get, path)
    guard answer.status == 200 else { return ["\(answer.status) \(answer.text)"] }
    return try answer.json(FoundParties.self).items.map(\.name)
}

@Suite struct PartySearchTests {
    @Test @Loop func substringsAndMistakesAreFoundInBothScripts() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        for json in [
            #"{"name":"Katherine Johnson","email":"kj@nasa-mail.example","phone":"+1 202 555 0143"}"#,
            #"{"name":"王小明","phones":[{"number":"+86 138 0013 8000"},{"number":"+86 21 6279 0000","label":"办公"}]}"#,
            #"{"name":"欧阳娜娜"}"#, #"{"name":"上海晨光文具股份有限公司","kind":"enterprise"}"#, #"{"name":"Smith, Ann"}"#,
        ] { _ = try await service.make("/v1/parties", json) }
        let expected: [(String, String)] = [
            ("therin", "Katherine Johnson"), ("JOHNSON", "Katherine Johnson"), ("johnson kath", "Katherine Johnson"),
            ("Jonson", "Katherine Johnson"), ("Kathreine", "Katherine Johnson"), ("nasa", "Katherine Johnson"),
            ("555-0143", "Katherine Johnson"), ("(202) 5550143", "Katherine Johnson"), ("小明", "王小明"),
            ("王晓明", "王小明"), ("138 0013", "王小明"), ("021 6279", "王小明"), ("娜娜", "欧阳娜娜"), ("文具", "上海晨光文具股份有限公司"),
            ("晨光 公司", "上海晨光文具股份有限公司"), ("Ｓｍｉｔｈ", "Smith, Ann"), ("ann smith", "Smith, Ann"),
        ]
        for (search, name) in expected { #expect(try await names(service, search: search) == [name], "\(search)") }
        for nothing in ["zzz", "明小", "5551244", "Jhnsn", "文公"] {
            #expect(try await names(service, search: nothing).isEmpty, "\(nothing)")
        }
    }

    @Test @Loop func filtersNarrowListsAndSearchesAndViewsKeepThem() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        for field in [
            #"{"key":"score","label":"Score","type":"number"}"#, #"{"key":"since","label":"始于","type":"date"}"#,
            #"{"key":"grade","label":"Grade","type":"choice","choices":["金","银"]}"#,
        ] { #expect(try await service.send(.post, "/v1/fields", field).status == 201) }
        for json in [
            #"{"name":"A","country":"CN","tags":["vip","新"],"custom":{"score":7.5,"grade":"金","since":"2020-02-29"}}"#,
            #"{"name":"B","country":"CN","birthday":"1990-05-01","custom":{"score":-2,"grade":"银"}}"#,
            #"{"name":"C","country":"GB","owner":"eve","tags":["vip"]}"#, #"{"name":"C2","kind":"partner"}"#,
        ] { _ = try await service.make("/v1/parties", json) }
        let entry = LedgerEntry(.order, try .order("A1", customer: "7", at: "2011-01-05T08:00:00Z", total: "99.50"))
        try await service.transaction { try await ValueHandlers.apply([entry], $0) }
        _ = try await PartyIndexer(service.context).step()
        let expected: [(String, [String])] = [
            (#"[{"field":"country","is":"CN"}]"#, ["A", "B"]), (#"[{"field":"country","isSet":false}]"#, ["7", "C2"]),
            (#"[{"field":"country","isNot":"CN"}]"#, ["7", "C", "C2"]),
            (#"[{"field":"tag","is":"vip"},{"field":"country","in":["GB","FR"]}]"#, ["C"]),
            (#"[{"field":"tag","is":"新"}]"#, ["A"]), (#"[{"field":"owner","is":"eve"}]"#, ["C"]),
            (#"[{"field":"birthday","atLeast":"1990-01-01","atMost":"1990-12-31"}]"#, ["B"]),
            (#"[{"field":"custom.score","atLeast":-2,"atMost":7}]"#, ["B"]),
            (#"[{"field":"custom.score","is":7.5}]"#, ["A"]),
            (#"[{"field":"custom.since","atMost":"2020-03-01"}]"#, ["A"]),
            (#"[{"field":"custom.grade","is":"金"}]"#, ["A"]),
            (#"[{"field":"value.net","currency":"GBP","atLeast":"99.50"}]"#, ["7"]),
            (#"[{"field":"value.orders","currency":"GBP","atLeast":2}]"#, []),
            (#"[{"field":"value.lastOrderAt","currency":"GBP","atMost":"2011-01-06T00:00:00Z"}]"#, ["7"]),
            (
                #"[{"field":"kind","is":"consumer"},{"field":"createdAt","atLeast":"2020-01-01T00:00:00Z"}]"#,
                ["7", "A", "B", "C"]
            ),
            (#"[{"field":"consent.mail.marketing","is":true}]"#, []),
        ]
        for (filter, found) in expected { #expect(try await names(service, filter: filter) == found, "\(filter)") }
        #expect(try await names(service, search: "c", filter: #"[{"field":"kind","is":"partner"}]"#) == ["C2"])
        #expect(try await names(service, "&sort=value.net&currency=GBP") == ["7"])
        #expect(try await names(service, "&sort=createdAt") == ["7", "C2", "C", "B", "A"])
        let wrong: [(String, String)] = [
            (#"[{"field":"custom.score","atLeast":"x"}]"#, "filter[0].atLeast"),
            (#"[{"field":"shoe","is":1}]"#, "filter[0].field"),
            (#"[{"field":"value.net","atLeast":"1"}]"#, "filter[0].currency"), (#"[{"field":"country"}]"#, "filter[0]"),
            (#"[{"field":"birthday","is":"soon"}]"#, "filter[0].is"), ("nonsense", "filter"),
        ]
        for (filter, field) in wrong {
            let found = try await names(service, filter: filter)
            #expect(found.first?.hasPrefix("400") == true && found[0].contains("\"field\":\"\(field)\""), "\(found)")
        }
        let count = try await service.send(.get, "/v1/parties/count?filter=\(percentEncoded(expected[0].0))")
        #expect(count.text == #"{"count":2,"isExact":true}"#)
        let view =
            #"{"name":"中国","definition":{"filter":[{"field":"country","is":"CN"}],"sort":"name","descending":true}}"#
        let id = try await service.make("/v1/views", view)
        let shown = try await service.send(.get, "/v1/views/\(id)/parties?limit=1").json(FoundParties.self)
        #expect(shown.items.map(\.name) == ["B"])
        let next = try await service.send(.get, "/v1/views/\(id)/parties?after=\(percentEncoded(shown.next ?? ""))")
        #expect(try next.json(FoundParties.self).items.map(\.name) == ["A"])
        #expect(try await service.send(.put, "/v1/views/\(id)", view).status == 428)
        #expect(try await service.send(.put, "/v1/views/\(id)", view, headers: ["if-match": "\"9\""]).status == 412)
        #expect(try await service.send(.delete, "/v1/views/\(id)", headers: ["if-match": "\"1\""]).status == 204)
        let odd = try await service.send(.post, "/v1/views", #"{"name":"x","definition":{"sort":"shoe"}}"#)
        #expect(odd.status == 400 && odd.text.contains("definition.sort"))
    }

    @Test @Loop func everyOrderPagesThroughAllOnce() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let entries = try (0..<9).map { number in
            LedgerEntry(
                .order,
                try .order("O\(number)", customer: "\(number)", at: "2011-01-05T08:00:00Z", total: "\(number / 3).00"))
        }
        try await service.transaction { try await ValueHandlers.apply(entries, $0) }
        for order in ["name", "createdAt", "updatedAt", "value.net"] {
            for descending in [true, false] {
                var found: [String] = []
                var after = ""
                repeat {
                    let path = "/v1/parties?limit=2&sort=\(order)&descending=\(descending)&currency=GBP\(after)"
                    let answer = try await service.send(.get, path)
                    guard answer.status == 200 else { throw UnexpectedStatus(text: answer.text) }
                    let page = try answer.json(FoundParties.self)
                    found += page.items.map(\.name)
                    after = page.next.map { "&after=\(percentEncoded($0))" } ?? ""
                } while !after.isEmpty && found.count < 20
                #expect(found.sorted() == (0..<9).map { "\($0)" }, "\(order) \(descending) \(found)")
            }
        }
        let cursor = try await service.send(.get, "/v1/parties?limit=2").json(FoundParties.self).next ?? ""
        let other = try await service.send(.get, "/v1/parties?sort=createdAt&after=\(percentEncoded(cursor))")
        #expect(other.status == 400 && other.text.contains("\"field\":\"after\""))
    }

    @Test @Loop func aStaleChangeShowsBothVersionsAndAFullRecordKeepsAllParts() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let id = try await service.make(
            "/v1/parties",
            #"""
            {"name":"Ann","emails":[{"address":"a@x.example","label":"work"},{"address":"b@x.example"}],"phone":"+4420 7946 0958",
            "addresses":[{"city":"Köln","country":"DE"}],"handles":[{"network":"wechat","handle":"ann_w"}],"likes":["茶"],
            "preferences":{"contact":"evening"},"birthday":"1980-02-29","owner":"eve","category":"brokerage","title":"CFO"}
            """#)
        let path = "/v1/parties/\(id)"
        let changed = try await service.send(
            .patch, path, #"{"owner":null,"email":"c@x.example","title":"CEO"}"#, headers: ["if-match": "\"1\""])
        #expect(changed.status == 200, "\(changed.text)")
        let stale = try await service.send(.patch, path, #"{"name":"Bob"}"#, headers: ["if-match": "\"1\""])
        struct Conflict: Decodable {
            struct Party: Decodable {
                struct Email: Decodable { let address: String }
                let name: String?
                let owner: String?
                let title: String?
                let email: String?
                let emails: [Email]?
            }
            let current: Party
            let yours: Party
        }
        let both = try stale.json(Conflict.self)
        #expect(stale.status == 412 && stale.headers["etag"] == "\"2\"" && both.yours.name == "Bob")
        #expect(both.current.owner == nil && both.current.title == "CEO" && both.current.email == "c@x.example")
        #expect(both.current.emails?.map(\.address) == ["c@x.example", "b@x.example"])
        let wrong: [(String, String)] = [
            (#"{"emails":[{"address":"a@x.example"},{"address":"x"}]}"#, "emails[1].address"),
            (#"{"name":null}"#, "name"),
            (#"{"phones":[{"number":"1"}]}"#, "phones[0].number"), (#"{"birthday":"1981-02-29"}"#, "birthday"),
            (#"{"category":"shoes"}"#, "category"), (#"{"addresses":[{}]}"#, "addresses[0]"),
            (#"{"custom":{"nope":1}}"#, "custom.nope"),
        ]
        for (json, field) in wrong {
            let answer = try await service.send(.patch, path, json, headers: ["if-match": "\"2\""])
            #expect(answer.status == 400 && answer.text.contains("\"field\":\"\(field)\""), "\(json) \(answer.text)")
        }
        let firm = try await service.make("/v1/parties", #"{"name":"Firm","kind":"enterprise"}"#)
        #expect(try await service.send(.put, "/v1/parties/\(firm)/relations/employs/\(id)", "{}").status == 204)
        #expect(try await service.send(.put, "/v1/parties/\(firm)/relations/employs/\(firm)", "{}").status == 400)
        let other = #"{"note":"since the founding"}"#
        #expect(try await service.send(.put, "/v1/parties/\(firm)/relations/employs/\(id)", "{}").status == 204)
        #expect(try await service.send(.put, "/v1/parties/\(firm)/relations/employs/\(id)", other).status == 409)
        #expect(try await service.send(.get, "\(path)/relations").text.contains(#""name" : "Firm""#))
        #expect(try await service.send(.put, "\(path)/references/shop/S-1").status == 204)
        #expect(try await service.send(.put, "/v1/parties/\(firm)/references/shop/S-1").status == 409)
        #expect(try await names(service, search: "S-1") == ["Ann"])
    }

    @Test @Loop func partiesChangedWithoutTheirTermsAreFoundOnceIndexed() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let id = try await service.make("/v1/parties", #"{"name":"Anna Before","country":"CN"}"#)
        _ = try await service.column("UPDATE party SET name = '张伟 After' WHERE id = '\(id)' RETURNING name")
        #expect(try await PartyIndexer(service.context).step() == 1)
        #expect(try await PartyIndexer(service.context).step() == 0)
        #expect(try await names(service, search: "张伟") == ["张伟 After"])
        #expect(try await names(service, search: "Before").isEmpty)
        #expect(try await names(service, filter: #"[{"field":"country","is":"CN"}]"#) == ["张伟 After"])
    }

    /// What programs of before have written is found by their folding until the indexer comes by, and by this one after it.
    @Test @Loop func whatAnOlderProgramWroteIsFoundAndWrittenAnew() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let id = try await service.make("/v1/parties", #"{"name":"Müller Bau","phone":"020 7946 0958"}"#)
        let old = SearchText.required(["müller"]).map {
            $0.dropLast() + "," + (SearchText.required(["bau"]) ?? "{}").dropFirst()
        }
        _ = try await service.column(
            """
            UPDATE party SET country = 'United Kingdom', sort_name = 'müller bau', search_text = E'müller bau\n02079460958',
                search_terms = '\(old ?? "{}")' WHERE id = '\(id)' RETURNING name
            """)
        #expect(try await names(service, search: "Müller") == ["Müller Bau"])
        #expect(try await names(service, search: "muller").isEmpty)
        #expect(
            try await names(service, filter: #"[{"field":"country","is":"United Kingdom"}]"#).isEmpty, "no term says so"
        )
        #expect(try await PartyIndexer(service.context).step() == 1)
        #expect(try await PartyIndexer(service.context).step() == 0)
        for query in ["Müller", "muller", "mueller", "MULLER bau"] {
            #expect(try await names(service, search: query) == ["Müller Bau"], "\(query)")
        }
        // Its country has become a code, by which its number is whole; and that is told.
        #expect(try await service.column("SELECT country || phone FROM party") == ["GB+442079460958"])
        #expect(try await names(service, filter: #"[{"field":"country","is":"英国"}]"#) == ["Müller Bau"])
        #expect(try await service.outbox().count == 2)
        #expect(try await service.faultsOfEvents() == [])
    }

    @Test @Loop func termsAreWrittenWithoutWaitingForWhoeverChangesTheParty() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let id = try await service.make("/v1/parties", #"{"name":"Anna Before"}"#)
        _ = try await service.column("UPDATE party SET name = 'Anna After' WHERE id = '\(id)' RETURNING name")
        let raise = Statement("test.raise", "UPDATE party SET version = version + 1")
        try await service.context.transaction { transaction in
            _ = try await transaction.query(raise)
            let written = try await Loop.withDeadline(.seconds(5)) { try await PartyIndexer(service.context).step() }
            #expect(written == 0)
        }
        #expect(try await PartyIndexer(service.context).step() == 1)
        #expect(try await names(service, search: "After") == ["Anna After"])
    }
}

private struct UnexpectedStatus: Error { let text: String }
