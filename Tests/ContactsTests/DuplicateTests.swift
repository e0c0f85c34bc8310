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
                #"100 Ann Lee + Lee, Ann {"same mail","same name"}"#, #"50 Cleo Fox + Dan Orr {"same phone"}"#,
                #"75 王小明 + 王晓明 {"same phone","name that sounds the same"}"#,
            ])
        let page = try await service.send(.get, "/v1/duplicates?limit=1")
        #expect(page.status == 200 && page.text.contains("Lee, Ann") && !page.text.contains("王"), "\(page.text)")
        struct Page: Decodable { let next: String? }
        let next = try #require(try page.json(Page.self).next)
        let second = try await service.send(.get, "/v1/duplicates?limit=1&after=\(next)").text
        #expect(second.contains("王小明") && !second.contains("Ann"))
        #expect(try await service.send(.get, "/v1/duplicates?after=x").status == 400)
        #expect(try await service.send(.get, "/v1/parties/\(UUID())/duplicates").status == 404)
        let check = try await service.send(
            .post, "/v1/duplicates/check", #"{"name":"Bob Rey","email":"bob@b.example"}"#)
        #expect(check.status == 200 && check.text.contains("same mail") && check.text.contains("similar name"))
    }

    /// Rows that share a number are made, and people decide; a number that many share is a firm's.
    @Test @Loop func whoSharesATelephoneWithFewIsLookedAtByPeople() async throws {
        let desk = try await ImportDesk()
        var text =
            "Name,Phone,Email\nAnna Switch,+4930555100,anna@sw.example\nBert Switch,+4930555100,bert@sw.example\n"
        let many = [
            "Ada Lund", "Ben Frost", "Cy Moritz", "Dora Pike", "Emil Zorn", "Flo Quast", "Gus Wender", "Hal Ibsen",
        ]
        for (number, name) in many.enumerated() { text += "\(name),+4930555200,p\(number)@sw.example\n" }
        #expect(try await desk.bring(text: text).counts == [10, 10, 0, 0, 0])
        let pairs = try await found(desk.service)
        #expect(pairs.filter { $0.contains("Switch") }.count == 1 && pairs.count == 1, "\(pairs)")
        await desk.close()
    }

    /// Whoever is called so by another system is found at once, whatever the finder has not come to.
    @Test @Loop func aReferenceSaysWhoItIsWhenSomebodyIsEntered() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let ann = try await service.make("/v1/parties", #"{"name":"Ann Lee"}"#)
        #expect(try await service.send(.put, "/v1/parties/\(ann)/references/shop/S-1").status == 204)
        func check(_ body: String) async throws -> Answer {
            try await service.send(.post, "/v1/duplicates/check", body)
        }
        let found = try await check(#"{"name":"Somebody","references":[{"system":"shop","reference":"S-1"}]}"#)
        #expect(found.status == 200 && found.text.contains(ann.text) && found.text.contains("same reference"))
        let other = try await check(#"{"name":"Somebody","references":[{"system":"erp","reference":"S-1"}]}"#)
        #expect(other.status == 200 && !other.text.contains(ann.text), "\(other.text)")
        #expect(try await check(#"{"name":"X","references":[{"system":"","reference":"S-1"}]}"#).status == 400)
        #expect(try await check(#"{"name":"X","reference":"S-1"}"#).status == 400)
    }

    @Test @Loop func whereSomebodyLivesAndHowANameSoundsBringAPairUp() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        for json in [
            #"{"name":"李静","addresses":[{"street":"上海市黄浦区南京东路100号3楼"}]}"#,
            #"{"name":"Li Jing","addresses":[{"street":"上海黄浦区南京东路100号3楼"}]}"#,
            #"{"name":"Jon Smith","addresses":[{"street":"12 High Street","city":"Leeds","postalCode":"LS1 4AB"}]}"#,
            #"{"name":"John Smith","addresses":[{"street":"12, HIGH ST.","city":"Leeds"}]}"#,
            #"{"name":"Mary Poole","addresses":[{"street":"12 High Street","city":"Leeds"}]}"#,
            #"{"name":"Eve Orr","emails":[{"address":"eve@a.example"},{"address":"orr@b.example"}]}"#,
            #"{"name":"E. Orr","email":"orr@b.example"}"#,
        ] { _ = try await service.make("/v1/parties", json) }
        let expected = [
            #"50 Jon Smith + John Smith {"similar name","same address"}"#,
            #"55 李静 + Li Jing {"name that sounds the same","same address"}"#, #"60 Eve Orr + E. Orr {"same mail"}"#,
        ]
        let pairs = try await found(service)
        #expect(pairs == expected)
        let moved = try await service.column("SELECT id::text FROM party WHERE name = 'Mary Poole'")[0]
        let change = try await service.send(
            .patch, "/v1/parties/\(moved)", #"{"emails":[{"address":"m@a.example"},{"address":"eve@a.example"}]}"#,
            headers: ["if-match": "\"1\""])
        #expect(change.status == 200)
        #expect(try await found(service).count == 4, "a further address is looked at when it is added")
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
        #expect(try await service.faultsOfEvents() == [])
    }
}
