import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit
import ServiceTestKit
import Testing

@testable import Console

@Suite struct AuditTests {
    private struct Page: Decodable {
        struct Item: Decodable {
            let place: Int?
            let entry: AuditEntry
        }
        let items: [Item]
        let next: String?
    }
    private struct Head: Decodable { let size: Int, head: String, key: String }
    private struct Proof: Decodable { let head: String, proof: [String] }

    @Loop private func tree(_ service: TestService) throws -> AuditTree {
        let seed = try ConsoleSecret(service.context).key(for: "audit heads")
        return AuditTree(service.context, origin: "rapport/console", key: Ed25519.PrivateKey(seed: seed))
    }

    @Test @Loop func whoDidWhatStandsBesideWhatWasDone() async throws {
        let desk = try await Desk()
        defer { desk.close() }
        let service = desk.service
        let cookie = try await desk.browser()
        let added = try await service.form("/people", ["name": "Li", "email": "li@x.example"], cookie: cookie)
        let li = try #require(added.headers["location"]).dropFirst("/people/".count)
        _ = try await service.form("/people/\(li)/roles", ["role-agent": "on"], cookie: cookie)
        let page = try await service.send(.get, "/v1/audit?subject=person:\(li)").json(Page.self).items.map(\.entry)
        #expect(page.map(\.action) == ["person.changed", "person.made"])
        #expect(
            page[0].members == ["roles"] && page[0].actor == "person:\(desk.administrator.text)"
                && page[0].name == "Ada")
        #expect(page[0].session != nil)
        let own = try await service.send(.get, "/v1/audit?actor=person:\(desk.administrator.text)&limit=2").json(
            Page.self)
        #expect(own.items.count == 2 && own.next != nil)
        // What did not happen is not written down.
        let before = try await service.column("SELECT count(*)::text FROM audit")
        _ = try await service.form("/people", ["name": "Li", "email": "li@x.example"], cookie: cookie)
        #expect(try await service.column("SELECT count(*)::text FROM audit") == before)
        let text = try await service.column("SELECT entry FROM audit").joined()
        #expect(!text.contains(Desk.password) && !text.contains("li@x.example"), "members, and not what they are")
    }

    @Test @Loop func entriesHaveProofsAndTheTreeOnlyGrows() async throws {
        let service = try await TestService(ConsoleService.self, settings: Desk.settings)
        defer { service.close() }
        let tree = try tree(service)
        #expect(try await service.send(.get, "/v1/audit/head").status == 404)
        for number in 0..<7 { _ = try await service.make("/v1/teams", #"{"name":"T\#(number)"}"#) }
        while try await tree.grow() {}
        let old = try await service.send(.get, "/v1/audit/head").json(Head.self)
        for number in 0..<30 { _ = try await service.make("/v1/teams", #"{"name":"U\#(number)"}"#) }
        while try await tree.grow() {}
        let head = try await service.send(.get, "/v1/audit/head").json(Head.self)
        let bytes = try #require(Base64.decode(head.key))
        let key = try #require(Ed25519.PublicKey(bytes: bytes))
        let now = try #require(TreeHead(head.head, key: key))
        let then = try #require(TreeHead(old.head, key: key))
        #expect(now.size == 37 && then.size == 7)
        let entries = try await service.column(
            "SELECT a.entry FROM audit a JOIN audit_place p USING (id) ORDER BY place")
        for place in [0, 6, 7, 31, 32, 36] {
            let answer = try await service.send(.get, "/v1/audit/proof?place=\(place)")
            let proof = try answer.json(Proof.self).proof.compactMap { Base64.decode($0) }
            let leaf = MerkleTree.leaf(Array(entries[place].utf8))
            #expect(MerkleTree.isIncluded(leaf, at: place, in: now.size, root: now.root, by: proof), "\(place)")
            #expect(answer.text.utf8.count < 2048)
        }
        let grown = try await service.send(.get, "/v1/audit/proof?from=7").json(Proof.self)
        let proof = grown.proof.compactMap { Base64.decode($0) }
        #expect(MerkleTree.isConsistent((then.size, then.root), (now.size, now.root), by: proof))
        #expect(try await service.send(.get, "/v1/audit/proof?place=37").status == 404)
        #expect(try await service.send(.get, "/v1/audit/proof").status == 400)
    }

    @Test(arguments: [
        "UPDATE audit SET entry = '{}' RETURNING 1::text", "DELETE FROM audit RETURNING 1::text",
        "DELETE FROM audit_place RETURNING 1::text", "UPDATE audit_node SET hash = '' RETURNING 1::text",
        "DELETE FROM audit_head RETURNING 1::text",
    ])
    @Loop func theProgramItselfChangesNothing(_ sql: String) async throws {
        let service = try await TestService(ConsoleService.self, settings: Desk.settings)
        defer { service.close() }
        _ = try await service.make("/v1/teams", #"{"name":"T"}"#)
        let tree = try tree(service)
        while try await tree.grow() {}
        await #expect(throws: PostgresError.self) { _ = try await service.column(sql) }
    }
}
