import Crypto
import EventLoop
import FoundationEssentials
import Postgres
import ServiceKit
import ServiceTestKit
import Testing

@testable import Campaigns

/// Two processes apply what touches the same parties and products at the same time.
@Suite(.serialized) struct SideBySideTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    @Loop func processesSideBySideMeetInNoCircleAndLoseNothing(_ seed: UInt64) async throws {
        let trade = try MadeUpTrade(seed: seed, events: 2500)
        let side = try await SideBySide(2, of: CampaignsService.self, settings: ["SEGMENT_CLOCK_SECONDS": "1"])
        defer { side.close() }
        let service = side.services[0]
        let meeting = try await side.apply(trade.log, seed: seed) {
            let unequal = try await service.column(unequalSums)
            #expect(unequal == [])
        }
        #expect(meeting.deadlocks == 0 && meeting.problems.isEmpty && meeting.longest < 1, "\(meeting)")
        #expect(try await service.column(Self.items).sorted() == trade.orders.flatMap { Self.items(of: $0) }.sorted())
        #expect(
            try await service.column(Self.documents).sorted() == trade.orders.map { Self.document($0, trade) }.sorted())
        #expect(try await service.column(unequalSums) == [])
        #expect(try await service.column(Self.unequalMembers) == [])
        #expect(try await service.column(Self.brokenSequences) == [])
        try await segmentsStand(service)
    }

    private static let items = """
        SELECT concat_ws('|', order_id, sku, quantity / 10000, revenue / 10000) FROM order_item
        """
    private static let documents = """
        SELECT concat_ws('|', id, party_id, is_cancelled) FROM erp_document WHERE kind = 'order'
        """
    static let unequalMembers = """
        SELECT m.party_id::text FROM member m WHERE m.orders <> (
            SELECT count(*) FROM erp_document d WHERE d.party_id = m.party_id AND d.kind = 'order' AND NOT d.is_cancelled)
        """
    private static let brokenSequences = """
        SELECT key FROM (SELECT key, seq, row_number() OVER (PARTITION BY key ORDER BY id) AS n FROM outbox
            WHERE topic = 'crm.campaigns') AS t WHERE seq <> n
        """

    private static func items(of order: MadeUpTrade.Order) -> [String] {
        guard !order.isCancelled else { return [] }
        let quantities = Dictionary(order.lines.map { ($0.sku, $0.quantity) }, uniquingKeysWith: +)
        return quantities.map { "\(order.id)|\($0.key)|\($0.value)|\($0.value * 5 / 2)" }
    }

    @Loop private static func document(_ order: MadeUpTrade.Order, _ trade: MadeUpTrade) -> String {
        "\(order.id)|\(trade.counted(order.customer).text)|\(order.isCancelled ? "t" : "f")"
    }

    /// Worked out anew, the segments are what they are: no evaluation was lost.
    @Loop private func segmentsStand(_ service: TestService) async throws {
        let count = "SELECT count(*)::text FROM outbox"
        let before = try await service.column(count)
        let clock = try NewsHandlers(service.context).clock
        let members = try await service.column("SELECT party_id::text FROM member ORDER BY party_id")
        try await service.transaction { transaction in
            clock.evaluate(members.compactMap { UUID(uuidString: $0) }, transaction)
        }
        #expect(try await service.column(count) == before)
        #expect(members.count > 30 && before != ["0"])
    }
}
