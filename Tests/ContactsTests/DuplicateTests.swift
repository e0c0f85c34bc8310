import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import ServiceKit
import ServiceTestKit
import Testing

@testable import Contacts

@Suite struct DuplicateTests {
    @Test(arguments: [
        ("Zoë Müller", "MULLER, Zoe", 1.0), ("王小明 先生", "王小明", 1.0), ("上海大众有限公司", "上海大众", 1.0),
        ("ACME Ltd.", "Acme GmbH", 1.0), ("O'Neil Pat", "Pat ONeil", 1.0), ("Ann Lee", "Bob Ray", 0.5),
    ])
    func namesAreComparedByTheirWords(_ one: String, _ other: String, _ expected: Double) throws {
        let likeness = try #require(MatchName(one)).likeness(to: try #require(MatchName(other)))
        #expect(expected == 1 ? likeness == 1 : likeness < expected, "\(likeness)")
    }

    @Loop private func found(_ service: TestService) async throws -> [String] {
        let finder = DuplicateFinder(service.context)
        while try await finder.look() > 0 {}
        return try await service.column(
            """
            SELECT concat_ws(' ', d.score, a.name, '+', b.name, d.reasons::text) FROM duplicate_pair d
            JOIN party a ON a.id = least(d.low, d.high) JOIN party b ON b.id = greatest(d.low, d.high)
            WHERE d.status = 'open' ORDER BY 1
            """)
    }

    @Test @Loop func pairsAreFoundOnWriteWithTheirReasons() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        for json in [
            #"{"name":"Ann Lee","email":"ann+shop@a.example"}"#, #"{"name":"Bob Ray","email":"bob@b.example"}"#,
            #"{"name":"Lee, Ann","email":"Ann@A.example"}"#,
            #"{"name":"王小明","phone":"+8613800138000"}"#, #"{"name":"王晓明","phone":"138 0013 8000"}"#,
            #"{"name":"Cleo Fox","phone":"+442079460958"}"#, #"{"name":"Dan Orr","phone":"020 7946 0958"}"#,
        ] {
            _ = try await service.make("/v1/parties", json)
        }
        #expect(
            try await found(service) == [
                #"100 Ann Lee + Lee, Ann {"same mail","same name"}"#,
                #"60 王小明 + 王晓明 {"same phone","similar name"}"#,
            ])
        let page = try await service.send(.get, "/v1/duplicates?limit=1")
        #expect(page.status == 200 && page.text.contains("Lee, Ann") && !page.text.contains("王"), "\(page.text)")
        struct Page: Decodable { let next: String? }
        let next = try #require(try page.json(Page.self).next)
        let second = try await service.send(.get, "/v1/duplicates?limit=1&after=\(next)").text
        #expect(second.contains("王小明") && !second.contains("Ann"))
        #expect(try await service.send(.get, "/v1/duplicates?after=x").status == 400)
        let check = try await service.send(
            .post, "/v1/duplicates/check", #"{"name":"Bob Rey","email":"bob@b.example"}"#)
        #expect(check.status == 200 && check.text.contains("same mail") && check.text.contains("similar name"))
    }

    @Test @Loop func decisionsAreRememberedAndMergesCloseTheirPairs() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        var ids: [UUID] = []
        for name in ["Ann Lee", "Lee Ann", "Ann Lee-Ray"] {
            ids.append(
                try await service.make("/v1/parties", #"{"name":"\#(name)","email":"ann@a.example"}"#))
        }
        #expect(try await found(service).count == 3)
        let rejected = try await service.send(
            .post, "/v1/duplicates/\(ids[1].text)/\(ids[0].text)/reject", #"{"by":"eve"}"#)
        #expect(rejected.status == 200 && rejected.text.contains("rejected"))
        #expect(try await service.send(.post, "/v1/duplicates/scan").status == 202)
        #expect(try await found(service).count == 2)
        let merge = try await service.make(
            "/v1/parties/\(ids[0].text)/merges", #"{"mergedId":"\#(ids[2].text)"}"#, headers: ["if-match": "\"1\""])
        #expect(try await found(service).isEmpty)
        #expect(try await service.send(.post, "/v1/merges/\(merge.text)/undo", "{}").status == 200)
        // Whoever takes a merge back says that the two are not one; the third pair is open again.
        let open = try await found(service)
        #expect(open.count == 1 && open[0].contains("Lee Ann") && open[0].contains("Ann Lee-Ray"), "\(open)")
    }
}
