import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit
import ServiceTestKit
import Testing

@testable import Campaigns

@Suite struct ProductTests {
    private static let sales = """
        SELECT concat_ws('|', sku, name, orders, (quantity / 10000)::bigint, revenue) FROM (\(ProductStore.sums())) AS sums
        ORDER BY sku
        """

    private func order(_ id: String, _ cups: String, cancelled: Bool = false) throws -> LedgerEntry {
        LedgerEntry(
            .order,
            try .order(
                id, customer: "1", at: "2011-01-01T00:00:00Z",
                lines: [("C", "茶杯", cups, "2.55"), ("C", "茶杯", "1", "2.00"), ("T", "Tray", "1", "9.99")]),
            isCancelled: cancelled)
    }

    @Test @Loop func changedOrdersAreTakenBackExactly() async throws {
        let service = try await TestService(CampaignsService.self)
        defer { service.close() }
        let handlers = try NewsHandlers(service.context)
        for _ in 1...2 {
            try await service.transaction { try await handlers.apply([order("A", "3"), order("B", "1")], $0) }
            _ = try await handlers.sums.fold()
        }
        #expect(try await service.column(Self.sales) == ["C|茶杯|2|6|142000", "T|Tray|2|2|199800"])
        try await service.transaction { try await handlers.apply([order("A", "4")], $0) }
        #expect(try await service.column(Self.sales) == ["C|茶杯|2|7|167500", "T|Tray|2|2|199800"])
        try await service.transaction { transaction in
            try await handlers.apply([order("A", "4", cancelled: true), order("B", "1", cancelled: true)], transaction)
        }
        #expect(try await service.column(Self.sales) == ["C|茶杯|0|0|0", "T|Tray|0|0|0"])
        #expect(try await service.column("SELECT count(*)::text FROM order_item") == ["0"])
        #expect(try await service.faultsOfEvents() == [])
    }

    @Test @Loop func theMasterRecordNamesAProduct() async throws {
        let service = try await TestService(CampaignsService.self)
        defer { service.close() }
        let handlers = try NewsHandlers(service.context)
        let json = #"{"sku":"C","name":"Tea cup","price":"2.55","currency":"GBP"}"#
        let cup = try ModelJSON.decoder.decode(ProductUpserted.self, from: Data(json.utf8))
        try await service.transaction { transaction in
            ProductHandlers.upsert([cup], transaction)
            try await handlers.apply([order("A", "3")], transaction)
        }
        let shown = try await service.send(.get, "/v1/products/C")
        #expect(shown.status == 200 && shown.text.contains("Tea cup") && shown.text.contains("9.6500"))
        #expect(try await service.send(.get, "/v1/products/none").status == 404)
        struct Page: Decodable { let next: String? }
        let first = try await service.send(.get, "/v1/products?limit=1")
        let next = try #require(try first.json(Page.self).next)
        #expect(try await service.send(.get, "/v1/products?limit=1&after=\(next)").text.contains("Tray"))
    }

    @Test func impossibleFiguresAreRefused() {
        let huge = "900000000000000"
        for line in [("C", "", huge, huge), ("C", "", huge, "0"), ("C", "", "1", huge)] {
            #expect(throws: JSONError.self) {
                try ERPDocument.order("A", customer: "1", at: "2011-01-01T00:00:00Z", lines: [line])
            }
        }
        #expect(throws: JSONError.self) {
            try ERPDocument.order("B", customer: "1", at: "2011-01-01T00:00:00Z", total: huge)
        }
    }
}
