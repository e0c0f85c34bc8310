import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import Contacts

/// Two customers of the ERP and what tests ask of them.
@Loop
struct TwoCustomers {
    let service: TestService
    let first = ExternalID.party(customerNo: "100")
    let second = ExternalID.party(customerNo: "200")

    init(
        _ first: String = #"{"customerNo":"100","name":"Ann Lee"}"#,
        _ second: String = #"{"customerNo":"200","name":"A. Lee"}"#
    )
        async throws
    {
        service = try await TestService(ContactsService.self)
        let records = try [first, second].map {
            try ModelJSON.decoder.decode(CustomerUpserted.self, from: Data($0.utf8))
        }
        try await service.transaction { try PartyHandlers.upsert(records, $0) }
    }

    /// The same of a database that has them.
    init(on service: TestService) { self.service = service }

    func order(_ id: String, _ customer: String, total: String, at: String = "2011-01-05T08:00:00Z") async throws {
        let entry = LedgerEntry(.order, try .order(id, customer: customer, at: at, total: total))
        try await service.transaction { try await ValueHandlers.apply([entry], $0) }
    }

    /// Merges the second into the first, or others, and gives the merge's id.
    func merge(_ merged: UUID? = nil, into survivor: UUID? = nil, _ more: String = "") async throws -> UUID {
        let survivor = survivor ?? first
        return try await service.make(
            "/v1/parties/\(survivor.text)/merges", #"{"mergedId":"\#((merged ?? second).text)"\#(more)}"#,
            headers: ["if-match": try await etag(survivor)])
    }

    func etag(_ party: UUID) async throws -> String {
        try await service.send(.get, "/v1/parties/\(party.text)").headers["etag"] ?? ""
    }

    func undo(_ merge: UUID) async throws -> Answer {
        try await service.send(.post, "/v1/merges/\(merge.text)/undo", "{}")
    }

    /// Orders and revenue by party, only where there are any.
    func values() async throws -> [String] {
        try await service.column(
            """
            SELECT concat_ws(' ', CASE party_id WHEN '\(first.text)' THEN 'first' WHEN '\(second.text)' THEN 'second' ELSE party_id::text END,
                orders, revenue) FROM party_value WHERE orders > 0 ORDER BY 1
            """)
    }
}

@Suite struct MergeTests {
    @Test @Loop func aMergedPartyIsNotChangedAndItsSurvivorIsNamed() async throws {
        let two = try await TwoCustomers()
        defer { two.service.close() }
        let merge = try await two.merge()
        let third = try await two.service.make("/v1/parties", #"{"name":"Cleo Fox"}"#)
        let etag = try await two.etag(two.second)
        let changes: [(HTTP.Method, String, String)] = [
            (.patch, "", #"{"name":"Nobody"}"#), (.put, "/relations/employs/\(third.text)", "{}"),
            (.put, "/references/shop/7", ""),
        ]
        for (method, path, body) in changes {
            let refused = try await two.service.send(
                method, "/v1/parties/\(two.second.text)\(path)", body, headers: ["if-match": etag])
            #expect(refused.status == 409 && refused.text.contains(two.first.text), "\(path) \(refused.text)")
            #expect(refused.headers["link"]?.contains(two.first.text) == true)
        }
        let other = try await two.service.send(
            .put, "/v1/parties/\(third.text)/relations/employs/\(two.second.text)", "{}")
        #expect(other.status == 409 && other.text.contains(two.first.text))
        #expect(try await two.service.column("SELECT count(*)::text FROM party WHERE name = 'Nobody'") == ["0"])
        #expect(try await two.undo(merge).status == 200)
        let change = try await two.service.send(
            .patch, "/v1/parties/\(two.second.text)", #"{"name":"Somebody"}"#,
            headers: ["if-match": try await two.etag(two.second)])
        #expect(change.status == 200)
    }

    @Test @Loop func ordersOfBothCountForTheSurvivorAndGoBackWithTheUndo() async throws {
        let two = try await TwoCustomers()
        defer { two.service.close() }
        try await two.order("A1", "100", total: "10")
        try await two.order("B1", "200", total: "5", at: "2011-02-05T08:00:00Z")
        let merge = try await two.merge()
        #expect(try await two.values() == ["first 2 150000"])
        try await two.order("B2", "200", total: "7")
        try await two.order("A2", "100", total: "1")
        #expect(try await two.values() == ["first 4 230000"])
        let cancelled = LedgerEntry(
            .order, try .order("B1", customer: "200", at: "2011-02-05T08:00:00Z", total: "5"), isCancelled: true)
        try await two.service.transaction { try await ValueHandlers.apply([cancelled], $0) }
        #expect(try await two.values() == ["first 3 180000"])
        let report = try await two.undo(merge)
        #expect(report.status == 200 && report.text.contains(#""documentsReturned":2"#), "\(report.text)")
        #expect(try await two.values() == ["first 2 110000", "second 1 70000"])
        #expect(
            try await two.service.column("SELECT count(*)::text FROM erp_document WHERE origin_id IS NOT NULL") == ["0"]
        )
        #expect(try await two.undo(merge).status == 409)
        try await two.order("B3", "200", total: "1")
        #expect(try await two.values() == ["first 2 110000", "second 2 80000"])
        #expect(try await two.service.faultsOfEvents() == [])
    }

    @Test @Loop func anOrderBeforeTheMergeAndAMergeBeforeTheOrderEndAlike() async throws {
        var ends: [[String]] = []
        for isMergeFirst in [true, false] {
            let two = try await TwoCustomers()
            defer { two.service.close() }
            if isMergeFirst { _ = try await two.merge() }
            try await two.order("B1", "200", total: "5", at: "2011-02-05T08:00:00Z")
            try await two.order("A1", "100", total: "10")
            if !isMergeFirst { _ = try await two.merge() }
            ends.append(
                try await two.service.column(
                    """
                    SELECT (to_jsonb(v) - 'party_id')::text FROM party_value v WHERE orders > 0
                    UNION ALL SELECT (to_jsonb(m) - 'party_id')::text FROM party_month m WHERE orders > 0
                    UNION ALL SELECT concat_ws(' ', id, party_id, origin_id) FROM erp_document ORDER BY 1
                    """))
        }
        #expect(ends[0] == ends[1])
        #expect(!ends[0].isEmpty)
    }

    @Test @Loop func aChainEndsAtItsLastSurvivorAndComesApartInAnyOrder() async throws {
        let two = try await TwoCustomers()
        defer { two.service.close() }
        let third = try await two.service.make("/v1/parties", #"{"name":"Ann"}"#)
        try await two.order("B1", "200", total: "5")
        let inner = try await two.merge()
        let outer = try await two.merge(two.first, into: third)
        #expect(try await two.values() == ["\(third.text) 1 50000"])
        let told = """
            SELECT concat_ws(' ', split_part(type, '.', 3), payload::json->>'survivorId') FROM outbox
            WHERE key = '\(two.second.text)' AND type LIKE '%merged%' ORDER BY id
            """
        #expect(try await two.service.column(told) == ["merged \(two.first.text)", "merged \(third.text)"])
        #expect(try await two.undo(inner).status == 200)
        #expect(try await two.values() == ["second 1 50000"])
        #expect(try await two.undo(outer).status == 200)
        #expect(try await two.service.column("SELECT count(*)::text FROM party_redirect") == ["0"])
        #expect(try await two.service.column("SELECT count(*)::text FROM party WHERE merged_into IS NOT NULL") == ["0"])
        // Undone from the outside, the inner merge still stands.
        let again = try await two.merge()
        let over = try await two.merge(two.first, into: third)
        #expect(try await two.undo(over).status == 200)
        #expect(try await two.values() == ["first 1 50000"])
        #expect(try await two.undo(again).status == 200)
        #expect(try await two.values() == ["second 1 50000"])
    }

    @Test @Loop func fieldsSurviveAsAskedAndChangesSinceAreToldApart() async throws {
        let two = try await TwoCustomers(
            #"{"customerNo":"100","name":"Ann Lee","email":"ann@a.example"}"#,
            #"{"customerNo":"200","name":"安·李","email":"lee@b.example","phone":"+442079460958","country":"GB"}"#)
        defer { two.service.close() }
        let merge = try await two.merge(nil, into: nil, #","fields":{"name":"merged"},"by":"王经理""#)
        let state = "SELECT concat_ws('|', name, email, phone, country) FROM party WHERE id = '\(two.first.text)'"
        #expect(try await two.service.column(state) == ["安·李|ann@a.example|+442079460958|GB"])
        let references = "SELECT reference || ' ' || (party_id = '\(two.first.text)') FROM party_reference ORDER BY 1"
        #expect(try await two.service.column(references) == ["100 true", "200 true"])
        let path = "/v1/parties/\(two.first.text)"
        let changed = try await two.service.send(
            .patch, path, #"{"phone":"+4915112345678"}"#, headers: ["if-match": try await two.etag(two.first)])
        #expect(changed.status == 200)
        let report = try await two.undo(merge).text
        #expect(report.contains(#""restored":["country","emails","name"]"#), "\(report)")
        #expect(
            report.contains(#"{"atMerge":"+442079460958","field":"phone","now":"+4915112345678"}"#), "\(report)")
        #expect(try await two.service.column(state) == ["Ann Lee|ann@a.example|+4915112345678"])
        #expect(try await two.service.column(references) == ["100 true", "200 false"])
        let sequences = try await two.service.column(
            "SELECT seq::text FROM outbox WHERE key = '\(two.first.text)' ORDER BY id")
        let expected = (1...sequences.count).map { number in "\(number)" }
        #expect(sequences == expected)
    }

    @Test @Loop func aValueThatCameWithOneMergeLeavesWithItThroughALaterOne() async throws {
        let two = try await TwoCustomers(
            #"{"customerNo":"100","name":"A"}"#, #"{"customerNo":"200","name":"B","email":"b@b.example"}"#)
        defer { two.service.close() }
        let third = try await two.service.make("/v1/parties", #"{"name":"C","email":"c@c.example"}"#)
        let one = try await two.merge()
        let other = try await two.merge(third, into: nil, #","fields":{"email":"merged"}"#)
        let mail = "SELECT coalesce(email, '-') FROM party WHERE id = '\(two.first.text)'"
        #expect(try await two.service.column(mail) == ["c@c.example"])
        _ = try await two.undo(one)
        #expect(try await two.service.column(mail) == ["c@c.example"])
        _ = try await two.undo(other)
        #expect(try await two.service.column(mail) == ["-"])
    }

    @Test @Loop func whatCannotBeMergedIsRefused() async throws {
        let two = try await TwoCustomers()
        defer { two.service.close() }
        let path = "/v1/parties/\(two.first.text)/merges"
        let etag = ["if-match": try await two.etag(two.first)]
        func status(_ json: String, _ headers: [String: String]) async throws -> Int {
            try await two.service.send(.post, path, json, headers: headers).status
        }
        #expect(try await status(#"{"mergedId":"\#(two.second.text)"}"#, [:]) == 428)
        #expect(try await status(#"{"mergedId":"\#(two.second.text)"}"#, ["if-match": "\"9\""]) == 412)
        #expect(try await status(#"{"mergedId":"\#(two.first.text)"}"#, etag) == 400)
        #expect(try await status(#"{"mergedId":"\#(UUID())"}"#, etag) == 400)
        #expect(try await status(#"{"mergedId":"x"}"#, etag) == 400)
        #expect(try await status(#"{"mergedId":"\#(two.second.text)","fields":{"age":"merged"}}"#, etag) == 400)
        #expect(try await status(#"{"mergedId":"\#(two.second.text)","fields":{"name":"best"}}"#, etag) == 400)
        #expect(try await two.service.column("SELECT id::text FROM party_merge").isEmpty)
        _ = try await two.merge()
        let again = try await two.service.send(
            .post, path, #"{"mergedId":"\#(two.second.text)"}"#, headers: ["if-match": try await two.etag(two.first)])
        #expect(again.status == 409)
        let etagOfMerged = try await two.etag(two.second)
        let loop = try await two.service.send(
            .post, "/v1/parties/\(two.second.text)/merges", #"{"mergedId":"\#(two.first.text)"}"#,
            headers: ["if-match": etagOfMerged])
        #expect(loop.status == 409)
        #expect(try await two.undo(UUID()).status == 404)
    }

    @Test @Loop func consentsOfBothCountAndARefusalOutlivesTheMerge() async throws {
        let two = try await TwoCustomers()
        defer { two.service.close() }
        func say(_ party: UUID, _ granted: Bool, _ channel: String = "mail") async throws {
            let json = #"{"channel":"\#(channel)","purpose":"marketing","granted":\#(granted),"proof":"form 7"}"#
            #expect(try await two.service.send(.put, "/v1/parties/\(party.text)/consents", json).status == 200)
        }
        func counts(_ party: UUID) async throws -> [String] {
            try await two.service.column(
                """
                SELECT channel || ' ' || granted FROM consent_effective WHERE party_id = '\(party.text)' AND is_said
                ORDER BY 1
                """)
        }
        try await say(two.second, false)
        try await say(two.second, true, "sms")
        try await say(two.first, true)
        let merge = try await two.merge()
        #expect(try await counts(two.first) == ["mail false", "sms true"])
        try await say(two.first, true)
        #expect(try await counts(two.first) == ["mail true", "sms true"])
        _ = try await two.undo(merge)
        #expect(try await counts(two.first) == ["mail true"])
        #expect(try await counts(two.second) == ["mail false", "sms true"])
        let told = try await two.service.column(
            """
            SELECT concat_ws(' ', payload::json->>'channel', payload::json->>'granted') FROM outbox
            WHERE key = '\(two.first.text)' AND type LIKE 'contacts.consent%' ORDER BY id
            """)
        #expect(told == ["mail true", "mail false", "sms true", "mail true", "sms false"])
        let ledger = try await two.service.send(.get, "/v1/parties/\(two.second.text)/consents/decisions")
        #expect(ledger.status == 200 && ledger.text.contains(#""proof" : "form 7""#), "\(ledger.text)")
        #expect(try await two.service.faultsOfEvents() == [])
    }

    @Test @Loop func totalsEqualTheLedgerWhateverRunsAtOnce() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let two = try await TwoCustomers()
        defer { two.service.close() }
        let totals = (0..<60).map { _ in Int.random(in: 1...99, using: &random) }
        // Orders of both in three streams, while the merge is made and taken back again and again.
        func stream(_ part: Int) async throws {
            for number in 0..<20 {
                let place = part * 20 + number
                try await two.order("O\(place)", place.isMultiple(of: 2) ? "100" : "200", total: "\(totals[place])")
            }
        }
        let streams = (0..<3).map { part in Task { @Loop in try await stream(part) } }
        var merges = 0
        for _ in 0..<4 {
            var merge: UUID?
            // The survivor's version moves with each of its orders.
            while merge == nil { merge = try? await two.merge() }
            try await expectValuesEqualLedger(two)
            if let merge { #expect(try await two.undo(merge).status == 200) }
            try await expectValuesEqualLedger(two)
            merges += 1
        }
        for stream in streams { try await stream.value }
        try await expectValuesEqualLedger(two)
        let sums = [0, 1].map { side in
            totals.enumerated().filter { $0.offset % 2 == side }.map(\.element).reduce(0, +) * 10_000
        }
        #expect(merges == 4)
        #expect(try await two.values() == ["first 30 \(sums[0])", "second 30 \(sums[1])"])
    }

    /// In one snapshot, what is kept for each party is what its documents add up to.
    @Loop private func expectValuesEqualLedger(_ two: TwoCustomers) async throws {
        let differences = try await two.service.column(
            """
            SELECT concat_ws(' ', coalesce(v.party_id, d.party_id), v.orders, d.n, v.revenue, d.total)
            FROM (SELECT * FROM party_value WHERE orders > 0) v FULL JOIN (
                SELECT party_id, count(*) AS n, sum(total) AS total FROM erp_document WHERE party_id IS NOT NULL GROUP BY 1) d
            USING (party_id) WHERE (v.orders, v.revenue) IS DISTINCT FROM (d.n, d.total)
            """)
        #expect(differences.isEmpty, "\(differences)")
    }
}
