import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit
import ServiceTestKit
import Testing

@testable import Contacts

@Suite struct ReferralTests {
    private struct Tree: Decodable {
        struct Member: Decodable {
            let name: String
            let depth: Int
            let referredBy: UUID?
        }
        let above: [Member]
        let items: [Member]
        let isWhole: Bool

        var shape: String {
            let names = { (list: [Member]) in list.map { "\($0.name)\($0.depth)" }.joined(separator: " ") }
            return "\(names(above)) | \(names(items))"
        }
    }

    /// Parties by their names.
    private struct People {
        let service: TestService
        private(set) var ids: [String: UUID] = [:]

        @Loop init(_ names: [String]) async throws {
            service = try await TestService(ContactsService.self)
            for name in names { ids[name] = try await service.make("/v1/parties", #"{"name":"\#(name)"}"#) }
        }

        func id(_ name: String) -> String { ids[name]?.uuidString.lowercased() ?? "" }

        @Loop func relate(_ name: String, _ kind: String, _ other: String) async throws -> Answer {
            try await service.send(.put, "/v1/parties/\(id(name))/relations/\(kind)/\(id(other))", "{}")
        }

        @Loop func tree(_ name: String, _ query: String = "") async throws -> Tree {
            try await service.send(.get, "/v1/parties/\(id(name))/referrals\(query)").json(Tree.self)
        }
    }

    @Test @Loop func theTreeShowsWhoBroughtWhom() async throws {
        let people = try await People(["A", "B", "C", "D", "E", "王"])
        defer { people.service.close() }
        for (name, other) in [("A", "B"), ("A", "C"), ("B", "D"), ("D", "王")] {
            #expect(try await people.relate(name, "refers", other).status == 204)
        }
        #expect(try await people.tree("A").shape == " | B1 C1 D2 王3")
        #expect(try await people.tree("D").shape == "B-1 A-2 | 王1")
        #expect(try await people.tree("D").above.first?.referredBy == people.ids["A"])
        #expect(try await people.tree("A", "?depth=2").shape == " | B1 C1 D2")
        let part = try await people.tree("A", "?limit=2")
        #expect(part.shape == " | B1 C1" && !part.isWhole)
        #expect(try await people.tree("E").shape == " | ")
        #expect(try await people.service.send(.get, "/v1/parties/\(UUID())/referrals").status == 404)
        let deep = try await people.service.send(.get, "/v1/parties/\(people.id("A"))/referrals?depth=0")
        #expect(deep.status == 400 && deep.text.contains("\"field\":\"depth\""))
        #expect(try await people.service.faultsOfEvents() == [])
    }

    @Test @Loop func circlesAndSecondReferrersAreRefusedByName() async throws {
        let people = try await People(["A", "B", "C", "D"])
        defer { people.service.close() }
        for (name, other) in [("A", "B"), ("C", "D")] { _ = try await people.relate(name, "refers", other) }
        #expect(try await people.relate("B", "refers", "A").status == 409)
        let second = try await people.relate("C", "refers", "B")
        #expect(second.status == 409 && second.text.contains("\"field\":\"other\""), "\(second.text)")
        // Told again is no second time.
        #expect(try await people.relate("A", "refers", "B").status == 204)
        // Each of these alone is right, both are a circle: one of them is refused.
        async let one = people.relate("B", "refers", "C")
        async let two = people.relate("D", "refers", "A")
        #expect(try await [one.status, two.status].sorted() == [204, 409])
        #expect(try await people.relate("A", "parent-of", "B").status == 204)
        #expect(try await people.relate("B", "parent-of", "C").status == 204)
        #expect(try await people.relate("C", "parent-of", "A").status == 409)
        #expect(try await people.relate("D", "parent-of", "C").status == 204)
    }

    @Test @Loop func aMergedPartyStandsWhereItsSurvivorStands() async throws {
        let people = try await People(["A", "B", "C", "D"])
        defer { people.service.close() }
        for (name, other) in [("A", "B"), ("B", "C"), ("C", "D")] { _ = try await people.relate(name, "refers", other) }
        let merge = try await people.service.send(
            .post, "/v1/parties/\(people.id("A"))/merges", #"{"mergedId":"\#(people.id("C"))"}"#,
            headers: ["if-match": "\"1\""])
        #expect(merge.status == 201, "\(merge.text)")
        // A brought B, who brought C, who is A: the way ends where it has been.
        #expect(try await people.tree("A").shape == "B-1 | B1 D1")
        #expect(try await people.tree("D").shape == "A-1 B-2 | ")
        let relations = try await people.service.send(.get, "/v1/parties/\(people.id("A"))/relations").text
        #expect(relations.contains(#""name" : "D""#) && !relations.contains(#""name" : "A""#), "\(relations)")
    }
}
