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

@testable import Contacts

/// Which state of a document counts, in whatever order its states are read: of its lines and all sums, too.
@Suite struct StatesTests {
    private static let documents = """
        SELECT concat_ws('|', d.source, d.id, coalesce(d.origin_id, d.party_id), d.total / 10000, d.is_cancelled,
            x.lines -> 0 ->> 0, x.cost / 5000)
        FROM erp_document d LEFT JOIN document_detail x USING (id, kind, source)
        """

    @Test @Loop func everyReadingEndsAlike() async throws {
        let seed = UInt64.random(in: 1...999_999)
        print("seed \(seed)")
        let histories = MadeUpHistories(10_000, seed: seed)
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        try await service.read(histories, seed: seed &+ 1) { try await ValueHandlers.apply($0, $1) }
        let found = try await service.column(Self.documents)
        let expected = histories.counting.values.map { $0.line($0.sku, "\($0.quantity)") }
        #expect(found.count == expected.count && MadeUpHistories.differences(found, expected) == [])
        #expect(try await service.column(ledgerDifferences) == [])
    }
}
