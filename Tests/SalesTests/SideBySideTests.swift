import Crypto
import EventLoop
import FoundationEssentials
import Postgres
import ServiceKit
import ServiceTestKit
import Testing

@testable import Sales

/// Two processes apply what touches the same accounts at the same time.
@Suite(.serialized) struct SideBySideTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    @Loop func processesSideBySideMeetInNoCircleAndLoseNothing(_ seed: UInt64) async throws {
        let trade = try MadeUpTrade(seed: seed, events: 2500)
        let side = try await SideBySide(2, of: SalesService.self)
        defer { side.close() }
        let service = side.services[0]
        let meeting = try await side.apply(trade.log, seed: seed)
        #expect(meeting.deadlocks == 0 && meeting.problems.isEmpty && meeting.longest < 1, "\(meeting)")
        #expect(
            try await service.column(Self.documents).sorted() == trade.orders.map { Self.document($0, trade) }.sorted())
        #expect(try await service.column(Self.unequalRevenue) == [])
        #expect(try await service.column(Self.unknownAccounts) == [])
    }

    private static let documents = """
        SELECT concat_ws('|', id, party_id, is_cancelled, total) FROM erp_document WHERE kind = 'order'
        """
    private static let unknownAccounts = """
        SELECT account_id::text FROM account_revenue r WHERE NOT EXISTS (SELECT FROM account a WHERE a.id = r.account_id)
        """
    /// Accounts whose revenue is not what their documents say.
    static let unequalRevenue = """
        SELECT coalesce(r.account_id, d.party_id)::text FROM account_revenue r FULL JOIN (
            SELECT party_id, currency, count(*) FILTER (WHERE kind = 'order') AS orders,
                coalesce(sum(total) FILTER (WHERE kind = 'order'), 0) AS revenue,
                count(*) FILTER (WHERE kind = 'credit') AS credits,
                coalesce(sum(total) FILTER (WHERE kind = 'credit'), 0) AS credited,
                max(at) FILTER (WHERE kind = 'order') AS last_order_at
            FROM erp_document WHERE kind IN ('order', 'credit') AND NOT is_cancelled AND party_id IS NOT NULL
            GROUP BY party_id, currency
            ) d ON d.party_id = r.account_id AND d.currency = r.currency
        WHERE (coalesce(r.orders, 0), coalesce(r.revenue, 0), coalesce(r.credits, 0), coalesce(r.credited, 0))
            <> (coalesce(d.orders, 0), coalesce(d.revenue, 0), coalesce(d.credits, 0), coalesce(d.credited, 0))
            OR r.last_order_at IS DISTINCT FROM d.last_order_at AND d.orders > 0
        """

    @Loop private static func document(_ order: MadeUpTrade.Order, _ trade: MadeUpTrade) -> String {
        let total = order.lines.reduce(0) { $0 + $1.quantity } * 25_000
        return "\(order.id)|\(trade.counted(order.customer).text)|\(order.isCancelled ? "t" : "f")|\(total)"
    }
}
