import Contacts
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceTestKit
import TestKit
import Testing

@testable import ServiceKit

@Suite struct AuditTests {
    @Loop private func entries(_ service: TestService) async throws -> [String] {
        try await service.column(
            """
            SELECT action || ' ' || CASE WHEN subject LIKE '%:%' THEN split_part(subject, ':', 1) || ':' ELSE subject END
                || coalesce(' ' || (entry::json -> 'members')::text, '') FROM audit ORDER BY id
            """)
    }

    @Test @Loop func whatIsDoneIsWrittenDownWhereItIsDone() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let party = try await service.make("/v1/parties", #"{"kind":"enterprise","name":"Li \"Ltd\""}"#)
        let path = "/v1/parties/\(party)"
        let changed = try await service.send(
            .patch, path, #"{"name":"Li, {x}"}"#, headers: try await service.seen(path))
        #expect(changed.status == 200)
        // Refused, and asked for again under one key: nothing was done, so nothing is written.
        #expect(try await service.send(.post, "/v1/parties", #"{"kind":"enterprise"}"#).status == 400)
        let stale = try await service.send(.patch, path, #"{"name":"X"}"#, headers: ["if-match": "\"1\""])
        #expect(stale.status == 412)
        for _ in 0..<2 {
            _ = try await service.make(
                "/v1/parties", #"{"kind":"enterprise","name":"Once"}"#, headers: ["idempotency-key": "k"])
        }
        _ = try await service.send(.get, path)
        #expect(
            try await entries(service) == [
                #"party.made party: ["kind","name"]"#, #"party.changed party: ["name"]"#,
                #"party.made party: ["kind","name"]"#,
            ])
        let subjects = try await service.column("SELECT subject FROM audit ORDER BY id LIMIT 2")
        #expect(subjects == ["party:\(party.text)", "party:\(party.text)"])
        #expect(try await service.column("SELECT DISTINCT actor FROM audit") == ["local"])
    }

    @Test @Loop func whoHasLookedIsWrittenDownWhereARouteSaysSo() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let party = try await service.make("/v1/parties", #"{"kind":"enterprise","name":"Li"}"#)
        #expect(try await service.send(.get, "/v1/parties/export").status == 200)
        #expect(try await service.send(.get, "/v1/privacy/parties/\(party)").status == 200)
        #expect(
            try await entries(service).dropFirst() == ["party.export.read parties", "party.read party:"])
    }

    /// Mail addresses and other words of people are in no entry, for no entry can be forgotten.
    @Test func anIdThatSaysSomethingIsADigest() throws {
        let route = Route(
            .delete, "/v1/suppressions/{address}", "", tag: "suppressions", access: .change, gives: .nothing
        ) {
            _ in Response(.noContent)
        }
        let name = try #require(AuditName(route))
        #expect(name.action == "suppression.removed")
        let subject = name.subject("li@x.example")
        #expect(subject.hasPrefix("suppression:sha256-") && subject == name.subject("li@x.example"))
        #expect(name.subject("17") == "suppression:17")
    }

    @Test(arguments: [
        (#"{"a":{"b":1},"c":["d",{"e":2}],"f\"g":"h, \"i\": {"}"#, ["a", "c", #"f\"g"#]), ("[]", []), ("{}", []),
        (#" {"x" : null, "y":true }"#, ["x", "y"]), (#""text""#, []), ("7", []), (#"[{"a":1}]"#, []),
    ])
    func namesOfMembersAreRead(_ json: String, _ names: [String]) {
        #expect(SaidMembers.names(in: Array(json.utf8)) == names)
    }

    @Test @Loop func theRuleRemovesTheOldestAndEveryHeadHolds() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let tree = AuditTree(service.context, origin: "rapport/contacts", key: nil)
        for years in [5, 4, 4, 3, 0, 4, 0] {
            _ = try await service.column(
                """
                WITH a AS (INSERT INTO audit (at, entry, actor, action, subject)
                    VALUES (now() - interval '\(years) years', '{"years":\(years)}', 'a', 'b', 'c') RETURNING id)
                INSERT INTO audit_waiting SELECT id FROM a RETURNING id::text
                """)
        }
        while try await tree.grow() {}
        let head = try #require(try await tree.head())
        #expect(try await tree.thin(years: 2) == false)
        // Behind one that stays, none goes: what is left out must be the beginning.
        #expect(try await service.column("SELECT count(*)::text FROM audit WHERE actor = 'a'") == ["3"])
        #expect(try await tree.thin(years: 2) == false)
        #expect(
            try await service.column("SELECT action || ' ' || subject FROM audit ORDER BY id DESC LIMIT 1") == [
                "audit.thinned audit:0-3"
            ])
        let rows = try await service.context.rows(AuditStore.entries, 0, head.size, 100)
        #expect(rows.map { $0.1 == nil } == [true, true, true, true, false, false, false])
        let leaves = rows.map { row in row.1.map { MerkleTree.leaf(Array($0.utf8)) } ?? row.2.bytes }
        let key = try await tree.key().publicKey
        #expect(TreeHead(head.text, key: key)?.root == MerkleTree.root(leaves))
        // What is younger than a year goes by no rule and no statement.
        await #expect(throws: PostgresError.self) {
            _ = try await service.column("DELETE FROM audit WHERE at > now() - interval '1 day' RETURNING 1::text")
        }
        // Another process finds the same key.
        let other = AuditTree(service.context, origin: "rapport/contacts", key: nil)
        #expect(try await other.key().seed == tree.key().seed)
    }
}
