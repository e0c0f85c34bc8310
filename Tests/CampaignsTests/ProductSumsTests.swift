import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import Campaigns

/// Products whose sums are not what the orders hold, by what is folded and what is not together.
let unequalSums = """
    SELECT coalesce(s.sku, i.sku) FROM (\(ProductStore.sums())) AS s FULL JOIN (
        SELECT sku, currency, count(*) AS n, sum(quantity) AS quantity, sum(revenue) AS revenue FROM order_item
        GROUP BY sku, currency) i USING (sku, currency)
    WHERE (coalesce(s.orders, 0), coalesce(s.quantity, 0), coalesce(s.revenue, 0))
        <> (coalesce(i.n, 0), coalesce(i.quantity, 0), coalesce(i.revenue, 0))
    """

@Suite struct ProductSumsTests {
    @Loop private func deltas(_ service: TestService) async throws -> String {
        try await service.column("SELECT count(*)::text FROM product_sales_delta").first ?? ""
    }

    @Loop private func sell(_ orders: Int, _ service: TestService) async throws {
        let entries = try (0..<orders).map { number in
            LedgerEntry(
                .order,
                try .order(
                    "o\(number)", customer: "1", at: "2011-01-01T00:00:00Z",
                    lines: [("C", "茶杯", "2", "2.50"), ("T\(number)", "Tray", "1", "9.99")]))
        }
        try await service.transaction { try await NewsHandlers(service.context).apply(entries, $0) }
    }

    @Test @Loop func whatIsFoldedAndWhatIsNotAreShownAsOne() async throws {
        let service = try await TestService(CampaignsService.self)
        defer { service.close() }
        try await sell(3, service)
        let before = try await service.send(.get, "/v1/products?limit=200").text
        #expect(before.contains("15.0000") && before.contains("茶杯"), "\(before)")
        #expect(try await service.column("SELECT count(*)::text FROM product_sales") == ["0"])
        #expect(try await NewsHandlers(service.context).sums.fold() == 4)
        #expect(try await service.send(.get, "/v1/products?limit=200").text == before)
        try await sell(4, service)
        let cup = try await service.send(.get, "/v1/products/C").text
        #expect(cup.contains("20.0000") && cup.contains(#""orders" : 4"#), "\(cup)")
        #expect(try await deltas(service) == "2")
        #expect(try await service.column(unequalSums) == [])
    }

    /// A fold that ends anywhere has taken nothing or added all: the process that folds may be killed, and its transaction undone.
    @Test @Loop func aFoldThatBreaksOffTakesNothing() async throws {
        let service = try await TestService(CampaignsService.self)
        defer { service.close() }
        try await sell(3, service)
        let session = try await PostgresConnection.open(service.options)
        defer { session.close() }
        let own = Statement("test.own", "SELECT pg_backend_pid()::bigint")
        await #expect(throws: (any Error).self) {
            try await session.transaction { transaction in
                #expect(try await transaction.rows(ProductStore.fold, 100) == [4])
                let pid: Int = try await transaction.query(own).first?.value(0) ?? 0
                // Nobody waits for it meanwhile, and nobody takes the same.
                #expect(try await NewsHandlers(service.context).sums.fold() == 0)
                _ = try await service.column("SELECT pg_terminate_backend(\(pid))::text")
                _ = try await transaction.query(own)
            }
        }
        #expect(try await deltas(service) == "4")
        #expect(try await service.column(unequalSums) == [])
        try await eventually("the fold") { try await NewsHandlers(service.context).sums.fold() == 4 }
        #expect(try await deltas(service) == "0")
        #expect(try await service.column(unequalSums) == [])
    }

    /// Taken in one transaction and added in another, they would be missing between the two.
    @Test @Loop func whatIsTakenAndNotAddedIsNoticed() async throws {
        let service = try await TestService(CampaignsService.self)
        defer { service.close() }
        try await sell(1, service)
        _ = try await service.column("DELETE FROM product_sales_delta RETURNING sku")
        #expect(try await service.column(unequalSums) == ["C", "T0"])
    }

    @Test @Loop func aSumWithoutBoundStopsNoFolding() async throws {
        let service = try await TestService(CampaignsService.self)
        defer { service.close() }
        // What thousands of orders have left, more than any integer holds.
        _ = try await service.column(
            """
            INSERT INTO product_sales (sku, currency, orders, quantity, revenue) VALUES ('C', 'GBP', 0, 27000000000000000000, 0)
            RETURNING sku
            """)
        for number in 0..<3 {
            let order = try ERPDocument.order(
                "o\(number)", customer: "1", at: "2011-01-01T00:00:00Z",
                lines: [("C", "Cup", "400000000000", "0.0001"), ("T", "Tray", "1", "1.00")])
            try await service.transaction {
                try await NewsHandlers(service.context).apply([LedgerEntry(.order, order)], $0)
            }
            #expect(try await NewsHandlers(service.context).sums.fold() == 2)
        }
        #expect(try await service.column(unequalSums) == ["C"])
        let cup = try await service.send(.get, "/v1/products/C").text
        #expect(cup.contains("2701200000000000.0000"), "\(cup)")
    }
}
