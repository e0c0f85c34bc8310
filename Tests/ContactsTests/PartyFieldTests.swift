import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit
import ServiceTestKit
import Testing
import Text
import Writing

@testable import Contacts

/// Search over references, addresses and numbers with mistakes, and filters over every field.
@Suite struct PartyFieldTests {
    @Loop private func found(_ service: TestService, _ query: String) async throws -> [String] {
        let answer = try await service.send(.get, "/v1/parties?\(query)")
        guard answer.status == 200 else { return ["\(answer.status) \(answer.text)"] }
        return try answer.json(FoundParties.self).items.map(\.name)
    }

    @Loop private func search(_ service: TestService, _ text: String) async throws -> [String] {
        try await found(service, "search=\(percentEncoded(text))")
    }

    @Loop private func filter(_ service: TestService, _ json: String) async throws -> [String] {
        try await found(service, "filter=\(percentEncoded("[\(json)]"))")
    }

    @Test @Loop func referencesMailsAndNumbersAreFoundByPartsAndWithAMistake() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let ann = try await service.make(
            "/v1/parties", #"{"name":"Ann","email":"ann.smith@acme.example","phone":"+44 20 7946 0958"}"#)
        _ = try await service.make(
            "/v1/parties", #"{"name":"Bob","email":"bob@other.example","phone":"+86 138 0013 8000"}"#)
        let path = "/v1/parties/\(ann)/references/shop/CUST-2010-0042"
        #expect(try await service.send(.put, path).status == 204)
        let words = [
            "CUST-20", "cust-20", "2010-0042", "0042", "CUST-2010-0043", "CUST-201-0042", "ann.smiht@acme.example",
            "ann.smith@acme.exmple", "annsmith@acme.example", "020 7946 0985", "+44 20 7946 9958", "7946 0858",
        ]
        for word in words { #expect(try await search(service, word) == ["Ann"], "\(word)") }
        for word in ["CUST-2010-0113", "ann.smith@other.example", "020 7946 1985", "x.smiht@acme.example"] {
            #expect(try await search(service, word).isEmpty, "\(word)")
        }
        #expect(try await service.send(.delete, path).status == 204)
        #expect(try await search(service, "2010-0042").isEmpty)
        // A merge takes references along, and its undoing brings them back.
        #expect(try await service.send(.put, path).status == 204)
        let bob = try await service.make("/v1/parties", #"{"name":"Rob"}"#)
        let merge = try await service.make(
            "/v1/parties/\(bob)/merges", #"{"mergedId":"\#(ann)"}"#, headers: ["if-match": "\"1\""])
        while try await PartyIndexer(service.context).step() > 0 {}
        #expect(try await search(service, "2010-0042") == ["Rob"])
        #expect(try await service.send(.post, "/v1/merges/\(merge)/undo", "{}").status == 200)
        while try await PartyIndexer(service.context).step() > 0 {}
        #expect(try await search(service, "2010-0042") == ["Ann"])
    }

    @Test @Loop func listsAreFilteredByEveryField() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let id = try await service.make(
            "/v1/parties",
            #"""
            {"name":"Ann","kind":"enterprise","language":"zh-CN","timeZone":"Asia/Shanghai","country":"CN","notes":"n","owner":"eve",
            "category":"brokerage","birthday":"1980-02-29","tags":["vip"],"likes":["茶"],"title":"CFO","organisation":"晨光",
            "emails":[{"address":"a@x.example"},{"address":"b@x.example"}],
            "phones":[{"number":"+44 20 7946 0958"},{"number":"+86 138 0013 8000"}],
            "handles":[{"network":"wechat","handle":"ann_w"}],"preferences":{"contact":"evening"},
            "addresses":[{"city":"Köln","country":"DE"},{"street":"南京路 1","city":"上海","region":"上海","postalCode":"200000"}]}
            """#)
        _ = try await service.make("/v1/parties", #"{"name":"Bob"}"#)
        #expect(try await service.send(.put, "/v1/parties/\(id)/references/shop/S-1").status == 204)
        let values: [(String, String)] = [
            ("kind", "enterprise"), ("language", "zh-CN"), ("timeZone", "Asia/Shanghai"), ("country", "CN"),
            ("notes", "n"), ("owner", "eve"), ("category", "brokerage"), ("tag", "vip"), ("like", "茶"),
            ("title", "CFO"),
            ("organisation", "晨光"), ("email", "B@x.example"), ("phone", "+86 (138) 0013-8000"), ("handle", "ann_w"),
            ("preferences.contact", "evening"), ("address.city", "上海"), ("address.city", "Köln"),
            ("address.street", "南京路 1"), ("address.postalCode", "200000"), ("address.country", "DE"),
            ("reference", "S-1"), ("name", "Ann"),
        ]
        for (field, value) in values {
            let field = #""field":"\#(field)""#
            #expect(try await filter(service, #"{\#(field),"is":"\#(value)"}"#) == ["Ann"], "\(field)")
            #expect(try await filter(service, #"{\#(field),"in":["zz","\#(value)"]}"#) == ["Ann"], "\(field)")
            #expect(try await filter(service, #"{\#(field),"is":"\#(value)z"}"#).isEmpty, "\(field)")
            let others = try await filter(service, #"{\#(field),"isNot":"\#(value)"}"#)
            #expect(others == ["Bob"], "\(field)")
            // Everybody has a kind and a name.
            guard !field.contains("\"kind\""), !field.contains("\"name\"") else { continue }
            #expect(try await filter(service, #"{\#(field),"isSet":true}"#) == ["Ann"], "\(field)")
            #expect(try await filter(service, #"{\#(field),"isSet":false}"#) == ["Bob"], "\(field)")
        }
        for field in ["value.", "value.shoe", "address.planet", "preferences", "shoe"] {
            let answer = try await filter(service, #"{"field":"\#(field)","is":"x","currency":"GBP"}"#)
            #expect(answer.first?.contains("\"field\":\"filter[0].field\"") == true, "\(answer)")
        }
        #expect(try await service.faultsOfEvents() == [])
    }

    @Test @Loop func listsAreFilteredByEveryFigureOfValue() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let entries = try (1...5).flatMap { customer in
            try (1...customer).map { number in
                LedgerEntry(
                    .order,
                    try .order(
                        "O\(customer)-\(number)", customer: "\(customer)", at: "2011-01-\(10 + number)T08:00:00Z",
                        total: "\(customer)0.00"))
            }
        }
        try await service.transaction { try await ValueHandlers.apply(entries, $0) }
        _ = try await service.context.query(ScoreStore.refresh)
        _ = try await service.column("UPDATE party SET sort_name = name RETURNING name")
        func names(_ field: String, _ test: String) async throws -> [String] {
            try await filter(service, #"{"field":"value.\#(field)","currency":"GBP",\#(test)}"#)
        }
        #expect(try await names("orders", #""atLeast":4"#) == ["4", "5"])
        #expect(try await names("net", #""atMost":"40.00""#) == ["1", "2"])
        #expect(try await names("averageOrder", #""is":"30.00""#) == ["3"])
        #expect(try await names("meanDaysBetweenOrders", #""isSet":false"#) == ["1"])
        #expect(try await names("lastOrderAt", #""atLeast":"2011-01-14T00:00:00Z""#) == ["4", "5"])
        #expect(try await names("frequency", #""is":5"#) == ["5"])
        #expect(try await names("monetary", #""atMost":2"#) == ["1", "2"])
        #expect(try await names("abc", #""is":"A""#) == ["3", "4", "5"])
        #expect(try await names("segment", #""in":["champions"]"#) == ["4", "5"])
        #expect(try await names("churnRisk", #""atLeast":0"#).isEmpty)
        for field in PartyQuery.valueFields where !["value.abc", "value.segment"].contains(field) {
            let name = String(field.dropFirst(6))
            let known = try await names(name, #""isSet":true"#)
            #expect(known.allSatisfy { $0.count == 1 }, "\(field) \(known)")
        }
        let count = try await service.send(
            .get,
            "/v1/parties/count?filter=\(percentEncoded(#"[{"field":"value.orders","currency":"GBP","atLeast":4}]"#))")
        #expect(count.text == #"{"count":2,"isExact":true}"#)
    }

    @Test @Loop func whatOnlyReadingFindsIsCountedInASample() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        _ = try await service.column(
            """
            INSERT INTO party (id, kind, name, notes, sort_name, search_text, search_terms)
            SELECT gen_random_uuid(), 'consumer', 'n' || i, CASE WHEN i % 4 = 0 THEN 'x' END, 'n', '', '{}'
            FROM generate_series(1, 40000) i RETURNING NULL::text
            """)
        _ = try await service.column("ANALYZE party")
        struct Count: Decodable {
            let count: Int
            let isExact: Bool
        }
        let all = try await service.send(.get, "/v1/parties/count").json(Count.self)
        #expect(!all.isExact && (30_000...50_000).contains(all.count), "\(all)")
        let path = "/v1/parties/count?filter=\(percentEncoded(#"[{"field":"notes","is":"x"}]"#))"
        let part = try await service.send(.get, path).json(Count.self)
        #expect(!part.isExact && (5000...15_000).contains(part.count), "\(part)")
        let kind = "/v1/parties/count?filter=\(percentEncoded(#"[{"field":"owner","is":"nobody"}]"#))"
        #expect(try await service.send(.get, kind).text == #"{"count":0,"isExact":true}"#)
    }

    @Test @Loop func whatIsRareIsFoundThoughTheOtherPiecesAreWithEverybody() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        for number in 100..<160 {
            _ = try await service.make(
                "/v1/parties",
                #"{"name":"Customer \#(number)","email":"customer\#(number)@mail.example","phone":"+86138001\#(number)00"}"#
            )
        }
        _ = try await service.context.pool.query(Statement("test.analyze", "ANALYZE party"))
        let shares = try await service.context.pool.query(PartyStore.shares, SearchText.pieces(of: "customer"))
        #expect(shares.count >= 6, "the statistics are read")
        let words = [
            "customer142@mail.example", "customer142", "costomer142@mail.example", "customer142@mail.exmaple",
            "customre142@mail.example", "customer142@mail.exampel", "138001 14200", "0138 0011 4200",
        ]
        for word in words { #expect(try await search(service, word).first == "Customer 142", "\(word)") }
        #expect(try await search(service, "customer199@nail.example").isEmpty)
        // Where all terms of a part are with more parties than can be read, it is not looked for.
        let many = Dictionary(uniqueKeysWithValues: try shares.map { (Int32(try $0.value(0) as Int), 1e6) })
        #expect(SearchText.fewest(["customer"], many) == 1e6 && SearchText.fewest(["customer", "zzz"], many) == 0)
    }

    @Test @Loop func aLanguageOrTimeZoneThatIsNoneIsRefusedByNameOnEveryWayIn() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        for (field, value) in [
            ("language", "chinglish-"), ("timeZone", "Beijing"), ("language", ""), ("timeZone", " "),
        ] {
            let answer = try await service.send(.post, "/v1/parties", #"{"name":"A","\#(field)":"\#(value)"}"#)
            #expect(answer.status == 400 && answer.text.contains("\"field\":\"\(field)\""), "\(answer.text)")
        }
        let id = try await service.make("/v1/parties", #"{"name":"A","language":"zh_cn","timeZone":"Asia/Shanghai"}"#)
        let changed = try await service.send(
            .patch, "/v1/parties/\(id)", #"{"timeZone":"Mars/Base"}"#, headers: ["if-match": "\"1\""])
        #expect(changed.status == 400 && changed.text.contains("timeZone"))
        #expect(try await filter(service, #"{"field":"language","is":"ZH-cn"}"#) == ["A"])
        #expect(try await service.column("SELECT language || ' ' || time_zone FROM party") == ["zh-CN Asia/Shanghai"])
        // What the ERP sends cannot be sent back: what is wrong of it is left out.
        let record = #"{"customerNo":"7","name":"Bob","language":"??","timeZone":"Here"}"#
        try await service.transaction {
            try PartyHandlers.upsert([try JSONDecoder().decode(CustomerUpserted.self, from: Data(record.utf8))], $0)
        }
        #expect(try await service.column("SELECT concat(language, time_zone) FROM party WHERE name = 'Bob'") == [""])
        // A file's row is refused with the reason.
        var row = ImportRow()
        #expect(row.set("timeZone", "Nowhere/Land") != nil && row.set("language", "a") != nil)
        #expect(row.set("timeZone", "Europe/Paris") == nil && row.set("language", "fr_FR") == nil)
        #expect(row.words == ["timeZone": "Europe/Paris", "language": "fr-FR"])
    }

    @Test @Loop func aFieldThatIsMadeAnewWithAnotherTypeLeavesOldValuesAndViewsInPeace() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        for key in ["a", "b", "c"] {
            let field = #"{"key":"\#(key)","label":"\#(key)","type":"text"}"#
            #expect(try await service.send(.post, "/v1/fields", field).status == 201)
        }
        let id = try await service.make(
            "/v1/parties", #"{"name":"A","custom":{"a":"many","b":"2011-02-30","c":"0000-01-01"}}"#)
        let view = try await service.make(
            "/v1/views", #"{"name":"v","definition":{"filter":[{"field":"custom.a","is":"many"}]}}"#)
        for key in ["a", "b", "c"] {
            #expect(try await service.send(.delete, "/v1/fields/\(key)", headers: ["if-match": "\"1\""]).status == 204)
        }
        let broken = try await service.send(.get, "/v1/views/\(view)/parties")
        #expect(broken.status == 400 && broken.text.contains("\"field\":\"filter[0].field\""), "\(broken.text)")
        #expect(try await service.send(.get, "/v1/views/\(view)").status == 200)
        for (key, type) in [("a", "number"), ("b", "date"), ("c", "date"), ("d", "number")] {
            let field = #"{"key":"\#(key)","label":"\#(key)","type":"\#(type)"}"#
            #expect(try await service.send(.post, "/v1/fields", field).status == 201)
        }
        let path = "/v1/parties/\(id)"
        let changed = try await service.send(
            .patch, path, #"{"custom":{"d":4.5}}"#, headers: ["if-match": "\"1\""])
        #expect(changed.status == 200, "\(changed.text)")
        #expect(try await filter(service, #"{"field":"custom.d","atLeast":4}"#) == ["A"])
        #expect(try await filter(service, #"{"field":"custom.a","atLeast":0}"#).isEmpty)
        let right = try await service.send(
            .patch, path, #"{"custom":{"b":"2012-02-29","c":null,"gone":null}}"#, headers: ["if-match": "\"2\""])
        #expect(right.status == 200, "\(right.text)")
        #expect(
            try await filter(service, #"{"field":"custom.b","atLeast":"2012-02-29","atMost":"2012-02-29"}"#) == ["A"])
    }

    @Test @Loop func whoChangesAViewOrAFieldThatOthersChangedSeesBothForms() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let view = try await service.make("/v1/views", #"{"name":"old","definition":{}}"#)
        #expect(try await service.send(.post, "/v1/fields", #"{"key":"k","label":"old","type":"text"}"#).status == 201)
        for (method, path, name) in [
            (HTTP.Method.put, "/v1/views/\(view)", "name"), (.patch, "/v1/fields/k", "label"),
        ] {
            func change(_ value: String) async throws -> Answer {
                let rest = name == "name" ? #","definition":{}"# : ""
                return try await service.send(
                    method, path, "{\"\(name)\":\"\(value)\"\(rest)}", headers: ["if-match": "\"1\""])
            }
            #expect(try await change("theirs").status == 200)
            let stale = try await change("mine")
            #expect(stale.status == 412 && stale.headers["etag"] == "\"2\"", "\(stale.text)")
            struct Both: Decodable {
                let current: [String: AnyText]
                let yours: [String: AnyText]
            }
            struct AnyText: Decodable {
                let text: String?
                init(from decoder: any Decoder) throws {
                    text = try? decoder.singleValueContainer().decode(String.self)
                }
            }
            let both = try stale.json(Both.self)
            #expect(both.current[name]?.text == "theirs" && both.yours[name]?.text == "mine")
            let gone = try await service.send(.delete, path, headers: ["if-match": "\"1\""])
            #expect(gone.status == 412 && gone.text.contains("theirs"), "\(gone.text)")
        }
    }
}
