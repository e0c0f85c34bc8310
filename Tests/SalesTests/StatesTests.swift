import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import Sales

/// Which state of a document counts, in whatever order its states are read.
@Suite struct StatesTests {
    private static let documents = """
        SELECT concat_ws('|', source, id, coalesce(origin_id, party_id), total / 10000, is_cancelled) FROM erp_document
        """

    /// Ten thousand histories; some customers are merged while they are read, and that plays no part.
    @Test @Loop func everyReadingEndsAlike() async throws {
        let seed = UInt64.random(in: 1...999_999)
        print("seed \(seed)")
        let histories = MadeUpHistories(10_000, seed: seed)
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        var batches = 0
        try await service.read(histories, seed: seed &+ 1) { entries, transaction in
            batches += 1
            let merged = batches % 4 == 3 ? Self.redirects(batches) : []
            try await AccountHandlers.apply(
                entries.map(AccountNews.document) + merged.map(AccountNews.redirect), transaction)
        }
        let found = try await service.column(Self.documents)
        let expected = histories.counting.values.map { $0.line() }
        #expect(found.count == expected.count && MadeUpHistories.differences(found, expected) == [])
        #expect(try await service.column(SideBySideTests.unequalRevenue) == [])
        #expect(
            try await service.column(
                """
                SELECT d.id FROM erp_document d WHERE is_moved <> EXISTS (
                    SELECT FROM erp_document_elsewhere e WHERE e.id = d.id AND e.kind = d.kind AND e.source = d.source)
                """) == [])
        #expect(
            try await service.column(
                """
                SELECT d.id FROM erp_document d LEFT JOIN party_redirect r ON r.party_id = coalesce(d.origin_id, d.party_id)
                WHERE d.party_id IS DISTINCT FROM coalesce(r.survivor_id, d.origin_id, d.party_id)
                """) == [])
    }

    /// Some are merged into others, and parted again.
    private static func redirects(_ number: Int) -> [Redirect] {
        (0..<10).map {
            let party = ExternalID.party(customerNo: "c\(290 + $0)")
            return Redirect(party, to: number % 8 == 7 ? party : ExternalID.party(customerNo: "c\($0)"))
        }
    }

    /// A state that counts again is that of a customer who is merged at this very moment: it is tried again, and counts for whom he is merged
    /// into.
    @Test @Loop func aStateThatCountsAgainWaitsForNoMerge() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        func state(_ customer: String, _ total: String, isCancelled: Bool = false) throws -> LedgerEntry {
            LedgerEntry(
                .order, try .order("A1", customer: customer, at: "2011-01-05T08:00:00Z", total: total),
                isCancelled: isCancelled)
        }
        // Without times the greater party counts, until it is cancelled.
        let parties = ["1", "2"].map { (number: $0, party: ExternalID.party(customerNo: $0)) }
            .sorted { $0.party < $1.party }
        let (less, greater) = (parties[0], parties[1])
        let survivor = ExternalID.party(customerNo: "3")
        try await service.transaction {
            try await AccountHandlers.apply([state(less.number, "10"), state(greater.number, "20")], $0)
        }
        let cancelled = try state(greater.number, "20", isCancelled: true)
        let other = try await PostgresConnection.open(service.options)
        defer { other.close() }
        try await service.transaction { transaction in
            try await AccountHandlers.apply([.redirect(Redirect(less.party, to: survivor))], transaction)
            _ = try await transaction.query(Statement("test.sent", "SELECT 1"))
            await #expect {
                try await other.transaction { try await AccountHandlers.apply([cancelled], $0) }
            } throws: {
                ($0 as? PostgresError)?.verdict == .retry
            }
        }
        try await other.transaction { try await AccountHandlers.apply([cancelled], $0) }
        #expect(
            try await service.column("SELECT concat_ws(' ', party_id, origin_id, total / 10000) FROM erp_document")
                == ["\(survivor.text) \(less.party.text) 10"])
    }

    /// A dead letter is replayed at its place in the topic, forced or not: what was told behind it stands.
    @Test(arguments: [true, false]) @Loop func aReplayedDeadLetterStandsAtItsPlace(isForced: Bool) async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        func order(_ total: String) throws -> ERPDocument {
            try .order("A1", customer: "1", at: "2011-01-05T08:00:00Z", total: total)
        }
        try await service.transaction {
            try await AccountHandlers.apply([LedgerEntry(.order, order("20"), source: "/erp", offset: 6)], $0)
        }
        for (place, total) in [(5, "10"), (7, "30")] {
            _ = try await service.column(
                """
                INSERT INTO dead_letter (grp, topic, part, off, key, headers, payload, event_type, error_class, error_text,
                    fingerprint)
                VALUES ('sales', 'erp.orders', 0, \(place), '1', '[["ce_specversion","1.0"],["ce_id","e\(place)"],
                    ["ce_source","/erp"],["ce_type","erp.order.changed.v1"]]',
                    '{"orderId":"A1","customerNo":"1","placedAt":"2011-01-05T08:00:00Z","currency":"GBP","lines":[],
                    "total":"\(total)"}', 'erp.order.changed.v1', 'sql-22023', 'mended since', 'x') RETURNING 'x'
                """)
            let letters = DeadLetters(service.context.pool, service.parts.subscriptions, group: "sales")
            let outcome = try await letters.replay(.init(), actor: "test", reason: nil, isForced: isForced)
            #expect(outcome.applied == 1 && outcome.failed == 0, "\(outcome)")
            #expect(
                try await service.column("SELECT (total / 10000)::text FROM erp_document")
                    == [place == 5 ? "20" : "30"])
        }
    }

    /// Who compares reads the partitions in an order of his own, and finds the same.
    @Test func theBookSaysTheSame() {
        let seed = UInt64.random(in: 1...999_999)
        print("seed \(seed)")
        let histories = MadeUpHistories(10_000, seed: seed)
        var book = OrderBook()
        var last: [BookName: MadeUpHistories.State] = [:]
        for batch in histories.reading(seed: seed &+ 2) {
            for state in batch.states {
                state.tell(&book)
                last[state.name] = state
            }
        }
        let expected = histories.counting
        // Whoever took what comes last would be wrong of many: the histories can tell.
        #expect(expected.count(where: { last[$0.key]?.quantity != $0.value.quantity }) > 2000)
        #expect(book.unreadable == 0 && book.states.count == expected.count)
        let entries = book.entries
        var wrong: [String] = []
        for (name, state) in expected {
            let entry = BookEntry(
                party: state.party?.text, currency: "EUR", units: state.quantity * 10_000,
                isCancelled: state.isCancelled)
            if entries[name] != entry { wrong.append("\(name)") }
            if wrong.count > 3 { break }
        }
        #expect(wrong == [])
    }
}
