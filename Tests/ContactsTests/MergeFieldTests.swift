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

/// Merges field by field: what each keeps, and that an undo gives all of it back.
@Suite struct MergeFieldTests {
    private static let field = #"{"key":"size","label":"Size","type":"number"}"#
    private static let other = #"{"key":"team","label":"Team","type":"text"}"#
    private static let ann = """
        {"name":"Ann","email":"ann@a.example","owner":"wang","birthday":"1990-05-06","likes":["tea"],"title":"CEO",
        "addresses":[{"city":"上海"}],"preferences":{"slot":"am"},"custom":{"size":7}}
        """
    private static let bea = """
        {"name":"Bea","emails":[{"address":"bea@b.example"},{"address":"ann@a.example"}],"phone":"+442079460958",
        "owner":"li","category":"brokerage","birthday":"1991-01-02","likes":["tea","jazz"],"organisation":"Quill Ltd",
        "addresses":[{"city":"London"},{"city":"上海"}],"preferences":{"slot":"pm","tone":"formal"},
        "handles":[{"network":"weibo","handle":"bea"}],"custom":{"size":9,"team":"红"}}
        """

    @Loop private func two() async throws -> (service: TestService, first: UUID, second: UUID) {
        let service = try await TestService(ContactsService.self)
        _ = try await service.send(.post, "/v1/fields", Self.field)
        _ = try await service.send(.post, "/v1/fields", Self.other)
        return (
            service, try await service.make("/v1/parties", Self.ann), try await service.make("/v1/parties", Self.bea)
        )
    }

    @Loop private func shown(_ party: UUID, _ service: TestService) async throws -> Party {
        let rows = try await service.context.pool.query(MergeStore.lock, [party] as [UUID])
        return try Party(try #require(rows.first))
    }

    @Loop private func merge(
        _ second: UUID, into first: UUID, _ service: TestService, fields: String = "{}"
    ) async throws -> UUID {
        let etag = try await service.send(.get, "/v1/parties/\(first.text)").headers["etag"] ?? ""
        return try await service.make(
            "/v1/parties/\(first.text)/merges", #"{"mergedId":"\#(second.text)","fields":\#(fields)}"#,
            headers: ["if-match": etag])
    }

    @Test @Loop func everyFieldIsMergedAndGivenBack() async throws {
        let (service, first, second) = try await two()
        defer { service.close() }
        let before = try await shown(first, service)
        let merge = try await merge(second, into: first, service)
        let after = try await shown(first, service)
        #expect(after.owner == "wang" && after.birthday == "1990-05-06" && after.category == "brokerage")
        #expect(after.email == "ann@a.example" && after.phone == "+442079460958")
        #expect(after.details.emails?.map(\.address) == ["ann@a.example", "bea@b.example"])
        #expect(after.details.addresses?.map(\.city) == ["上海", "London"])
        #expect(after.details.likes == ["tea", "jazz"] && after.details.title == "CEO")
        #expect(after.details.organisation == "Quill Ltd" && after.details.handles?.map(\.handle) == ["bea"])
        #expect(after.details.preferences == ["slot": "am", "tone": "formal"])
        #expect(after.custom == ["size": .number(7), "team": .text("红")])
        // It is found by what came with the merge.
        let found = try await service.send(.get, "/v1/parties?search=bea@b.example").text
        #expect(found.contains(first.text), "\(found)")
        let report = try await service.send(.post, "/v1/merges/\(merge.text)/undo", "{}")
        #expect(report.status == 200 && report.text.contains(#""kept":[]"#), "\(report.text)")
        #expect(try await shown(first, service).fields == before.fields)
        let lost = try await service.send(.get, "/v1/parties?search=bea@b.example").text
        #expect(!lost.contains(first.text), "\(lost)")
        #expect(try await service.faultsOfEvents() == [])
    }

    @Test @Loop func choicesHoldForEveryFieldAndWhatChangedSinceStays() async throws {
        let (service, first, second) = try await two()
        defer { service.close() }
        let fields = """
            {"owner":"merged","birthday":"merged","likes":"merged","emails":"merged","preferences":"survivor",
            "custom.size":"merged","custom.team":"survivor","handles":"survivor"}
            """
        let merge = try await merge(second, into: first, service, fields: fields)
        let after = try await shown(first, service)
        #expect(after.owner == "li" && after.birthday == "1991-01-02" && after.details.likes == ["tea", "jazz"])
        #expect(after.email == "bea@b.example" && after.details.emails?.count == 2)
        #expect(after.details.preferences == ["slot": "am"] && after.details.handles == nil)
        #expect(after.custom == ["size": .number(9)])
        let numbers = "SELECT number::int::text FROM party_custom WHERE party_id = '\(first.text)'"
        #expect(try await service.column(numbers) == ["9"])
        let etag = try await service.send(.get, "/v1/parties/\(first.text)").headers["etag"] ?? ""
        let patch = try await service.send(
            .patch, "/v1/parties/\(first.text)", #"{"owner":"zhao","custom":{"size":11}}"#, headers: ["if-match": etag])
        #expect(patch.status == 200)
        let report = try await service.send(.post, "/v1/merges/\(merge.text)/undo", "{}").text
        #expect(report.contains(#"{"atMerge":"9","field":"custom.size","now":"11"}"#), "\(report)")
        #expect(report.contains(#"{"atMerge":"li","field":"owner","now":"zhao"}"#), "\(report)")
        let undone = try await shown(first, service)
        #expect(undone.owner == "zhao" && undone.custom == ["size": .number(11)] && undone.birthday == "1990-05-06")
        #expect(undone.email == "ann@a.example" && undone.details.emails == nil)
    }

    @Test @Loop func whatIsKnownOfACustomerBesideHisOrdersGoesWithHimAndComesBack() async throws {
        let two = try await TwoCustomers()
        let service = two.service
        defer { service.close() }
        try await two.order("A1", "100", total: "10")
        try await two.order("B1", "200", total: "30", at: "2011-02-05T08:00:00Z")
        try await two.order("B2", "200", total: "30", at: "2011-03-05T08:00:00Z")
        let wallet = "/v1/parties/\(two.second.text)/wallet"
        _ = try await service.send(
            .put, wallet, #"{"currency":"GBP","yearlySpend":"100"}"#, headers: try await service.seen(wallet))
        let facts = Statement(
            "test.facts",
            """
            WITH run AS (
                INSERT INTO model_run (id, currency, state, weeks, as_of, r, alpha, a, b, p, q, gamma)
                VALUES (gen_random_uuid(), 'GBP', 'done', 52, '2011-04-01', 0.243, 4.414, 0.793, 2.426, 6.25, 3.74, 15.44)
                RETURNING id),
            voiced AS (INSERT INTO party_voice VALUES ($1, 'csat', 2, 1.5, now()))
            INSERT INTO value_weight VALUES ('satisfaction', 1)
            """)
        try await service.transaction { transaction in
            transaction.enqueue(facts, two.second)
            try await Foretelling.again([two.first, two.second], transaction)
        }
        func predicted() async throws -> [String] {
            try await service.column(
                "SELECT concat_ws(' ', party_id, round(alive::numeric, 6), spend) FROM party_prediction ORDER BY 1")
        }
        func value(_ party: UUID) async throws -> String {
            try await service.send(.get, "/v1/parties/\(party.text)/value").text
        }
        let apart = try await predicted()
        #expect(apart.count == 2)
        #expect(try await value(two.second).contains("0.7500"))
        let merge = try await two.merge()
        let together = try await predicted()
        #expect(together.count == 1 && together[0].hasPrefix(two.first.text) && !apart.contains(together[0]))
        let joined = try await value(two.first)
        #expect(joined.contains("0.7500") && joined.contains(#""shareOfWallet" : 0.0000"#), "\(joined)")
        #expect(try await two.undo(merge).status == 200)
        #expect(try await predicted() == apart)
        let alone = try await value(two.first)
        #expect(!alone.contains("0.7500") && alone.contains(#""shareOfWallet" : null"#), "\(alone)")
        #expect(try await value(two.second).contains("0.7500"))
    }
}
