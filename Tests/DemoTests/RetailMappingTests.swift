import CRMModel
import FoundationEssentials
import EventLoop
import FoundationEssentials
import Messaging
import TestKit
import Testing
import Text

@testable import Demo
@testable import Rapport

@Suite struct RetailMappingTests {
    private static let file = #"""
        InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
        536365,85123A,WHITE HANGING HEART,6,2010-12-01T08:26:00Z,2.55,17850,United Kingdom
        536365,71053,"LANTERN, ""WHITE""",2,2010-12-01T08:26:00Z,3.395,17850,United Kingdom
        536366,22633,HAND WARMER,1,2010-12-01T08:27:00Z,1.85,,Germany
        536365,POST,,1,2010-12-01T08:26:00Z,0.00,17850,United Kingdom
        C536379,D,Discount,-1,2010-12-01T09:41:00Z,27.50,14527,United Kingdom
        A563186,B,Adjust bad debt,1,2011-08-12T14:51:00Z,-11062.06,,United Kingdom

        """#

    private func documents(_ text: String, chunk: Int) throws -> [ShopDocument] {
        var csv = CSVStream()
        var mapping = RetailMapping()
        var found: [ShopDocument] = []
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + chunk)
            try csv.read(bytes[start..<end]) { if let document = try mapping.take($0) { found.append(document) } }
            start = end
        }
        try csv.finish { if let document = try mapping.take($0) { found.append(document) } }
        return found + mapping.finish()
    }

    @Test(arguments: [1, 7, 100_000]) func mapsInvoices(chunk: Int) throws {
        let found = try documents(Self.file, chunk: chunk)
        #expect(found.map(\.id) == ["536365", "536366", "C536379", "A563186"])
        #expect(found.map(\.kind) == [.order, .order, .credit, .adjustment])
        #expect(found.map(\.customerNo) == ["17850", nil, "14527", nil])
        #expect(found.map(\.key) == ["17850", "536366", "14527", "A563186"])
        #expect(found.map { "\($0.total)" } == ["22.09", "1.85", "27.50", "-11062.06"])
        // Interleaved lines of one invoice are one document.
        #expect(found[0].lines.map(\.name) == ["WHITE HANGING HEART", "LANTERN, \"WHITE\"", ""])
        #expect(found[2].lines.map(\.quantity) == [Amount(units: 10_000)])
    }

    @Test func eventsAreWhatTheServicesRead() throws {
        var shop = ShopEvents()
        let events = try documents(Self.file, chunk: 1000).flatMap { shop.of($0) }
        var book = OrderBook()
        for event in events where event.topic == .erpOrders {
            event.data.withUnsafeBytes {
                book.take(
                    source: ShopEvent.source, id: event.id, type: String(event.type.dropLast(3)), version: 1, data: $0)
            }
        }
        #expect(book.unreadable == 0)
        #expect(book.entries.count == 4)
        let order = book.entries[BookName(source: ShopEvent.source, kind: "order", id: "536365")]
        #expect(order?.units == 220_900)
        #expect(order?.party == ExternalID.party(customerNo: "17850").uuidString.lowercased())
        #expect(events.filter { $0.topic == .erpCustomers }.map(\.key) == ["17850", "14527"])
        #expect(Set(events.map(\.id)).count == events.count)
        for event in events where event.topic == .erpCustomers {
            try event.data.withUnsafeBytes { _ = try CustomerUpserted(json: $0) }
        }
    }

    @Test func namesTheRowThatIsWrong() {
        let bad = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n1,2,3,x,5,6,7,8\n"
        #expect(throws: SuiteError.self) { try documents(bad, chunk: 50) }
        #expect(throws: SuiteError.self) { try documents("a,b\n", chunk: 50) }
    }

    @Test(.enabled(if: TestPaths.sharedData("data/online-retail.csv.gz") != nil))
    @Loop func realFileHasItsKnownTotals() async throws {
        let path = try #require(TestPaths.sharedData("data/online-retail.csv.gz"))
        var counts: [ShopDocument.Kind: Int] = [:]
        var value = Amount.zero
        var customers: Set<String> = []
        try await RetailFile(path: path).documents { document in
            counts[document.kind, default: 0] += 1
            if document.kind == .order { value += document.total }
            if let number = document.customerNo { customers.insert(number) }
        }
        #expect(counts == [.order: 22_061, .credit: 3_836, .adjustment: 3])
        #expect("\(value)" == "10655622.484")
        #expect(customers.count == 4_372)
    }
}
