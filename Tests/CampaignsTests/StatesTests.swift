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

@testable import Campaigns

/// Which state of an order counts, in whatever order its states are read: of the products it holds, too.
@Suite struct StatesTests {
    private static let documents = """
        SELECT concat_ws('|', source, id, party_id, total / 10000, is_cancelled) FROM erp_document
        """
    private static let items = """
        SELECT concat_ws('|', source, order_id, sku, quantity / 10000, revenue / 10000) FROM order_item
        """

    @Test @Loop func everyReadingEndsAlike() async throws {
        let seed = UInt64.random(in: 1...999_999)
        print("seed \(seed)")
        let histories = MadeUpHistories(10_000, seed: seed)
        let service = try await TestService(CampaignsService.self)
        defer { service.close() }
        let handlers = try NewsHandlers(service.context)
        try await service.read(histories, seed: seed &+ 1) { try await handlers.apply($0, $1) }
        let counting = histories.counting.values
        let found = try await service.column(Self.documents)
        #expect(found.count == counting.count)
        #expect(MadeUpHistories.differences(found, counting.map { $0.line() }) == [])
        let items = counting.filter { !$0.isCancelled }
            .map { "\($0.name.source)|\($0.name.id)|\($0.sku)|\($0.quantity)|\($0.quantity)" }
        let sold = try await service.column(Self.items)
        #expect(sold.count == items.count && MadeUpHistories.differences(sold, items) == [])
        #expect(try await service.column(unequalSums) == [])
        #expect(try await service.column(SideBySideTests.unequalMembers) == [])
    }
}
