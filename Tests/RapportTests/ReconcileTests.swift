import CRMModel
import FoundationEssentials
import Messaging
import Testing

@testable import Rapport

@Suite struct ReconcileTests {
    private func book(_ events: [(id: String, type: String, json: String)]) -> OrderBook {
        var book = OrderBook()
        for event in events {
            Array(event.json.utf8).withUnsafeBytes {
                book.take(source: "/erp", id: event.id, type: event.type, version: 1, data: $0)
            }
        }
        return book
    }

    private func order(_ id: String, _ total: String, customer: String? = "7") -> String {
        let owner = customer.map { "\"customerNo\":\"\($0)\"," } ?? ""
        return "{\"orderId\":\"\(id)\",\(owner)\"placedAt\":\"2025-01-01T00:00:00Z\",\"currency\":\"EUR\",\"lines\":[],"
            + "\"total\":\"\(total)\"}"
    }

    @Test func lastStateWinsAndRepetitionCountsOnce() {
        let book = book([
            ("1", "erp.order.placed", order("A", "10.00")),
            ("2", "erp.order.changed", order("A", "12.50")),
            ("1", "erp.order.placed", order("A", "10.00")),
            ("3", "erp.order.placed", order("B", "1.00", customer: nil)),
            ("4", "erp.order.cancelled", order("B", "1.00", customer: nil)),
            ("5", "erp.order.placed", "not JSON"),
            ("6", "erp.order.weighed", "{}"),
        ])
        #expect(book.messages == 7 && book.repeated == 1 && book.unreadable == 1 && book.others == 1)
        #expect(book.totals == [LedgerTotal(kind: "order", currency: "EUR", count: 1, units: 125_000)])
        #expect(book.entries[BookName(source: "/erp", kind: "order", id: "B")]?.isCancelled == true)
    }

    @Test func aDocumentThatMovedToAnotherCustomerStandsInItsNewestState() throws {
        let (early, late) = (Date(timeIntervalSince1970: 1), Date(timeIntervalSince1970: 2))
        var book = OrderBook()
        for (id, total, customer, time) in [("2", "20.00", "8", late), ("1", "10.00", "7", early)] {
            Array(order("A", total, customer: customer).utf8).withUnsafeBytes {
                book.take(source: "/erp", id: id, type: "erp.order.changed", version: 1, at: time, data: $0)
            }
        }
        #expect(book.entries[BookName(source: "/erp", kind: "order", id: "A")]?.units == 200_000)
    }

    @Test func differencesAreNamed() throws {
        let book = book([
            ("1", "erp.order.placed", order("A", "10.00")),
            ("2", "erp.order.placed", order("B", "2.00", customer: nil)),
            ("3", "erp.order.placed", order("C", "3.00", customer: nil)),
        ])
        let party = ExternalID.party(customerNo: "7").uuidString.lowercased()
        func line(_ id: String, _ units: Int, _ party: String?) -> ArraySlice<UInt8> {
            let owner = party.map { "\"\($0)\"" } ?? "null"
            let text =
                "{\"kind\":\"order\",\"id\":\"\(id)\",\"partyId\":\(owner),\"currency\":\"EUR\",\"units\":\(units),"
                + "\"cancelled\":false}"
            return Array(text.utf8)[...]
        }
        var same = BookComparison(book)
        for (id, units, owner) in [("A", 100_000, party), ("B", 20_000, nil), ("C", 30_000, nil)] {
            try same.take(line: line(id, units, owner))
        }
        same.finish()
        #expect(same.count == 0 && same.equal == 3)

        var other = BookComparison(book)
        try other.take(line: line("A", 100_000, nil))
        try other.take(line: line("B", 20_001, nil))
        try other.take(line: line("D", 1, nil))
        other.finish()
        #expect(other.count == 4)
        #expect(other.named[0].contains("order A") && other.named[0].contains(party))
        #expect(other.named[1].contains("2.0001 EUR") && other.named[1].contains("2.00 EUR"))
        #expect(other.named[2].contains("order D") && other.named[3].contains("order C of /erp is missing"))
    }

    /// What a service holds from before ERPs were told apart is the document of the one ERP that uses its number.
    @Test func aDocumentWithoutAnERPIsThatOfTheOnlyOne() throws {
        func book(_ sources: [String]) -> OrderBook {
            var book = OrderBook()
            for (place, source) in sources.enumerated() {
                Array(order("A", "10.00").utf8).withUnsafeBytes {
                    book.take(source: source, id: "\(place)", type: "erp.order.placed", version: 1, data: $0)
                }
            }
            return book
        }
        let held = BookEntry(
            party: ExternalID.party(customerNo: "7").uuidString.lowercased(), currency: "EUR", units: 100_000,
            isCancelled: false)
        for (sources, differences) in [(["/a"], 0), (["/a", "/b"], 3)] {
            var comparison = BookComparison(book(sources))
            comparison.take(BookName(source: "", kind: "order", id: "A"), held)
            comparison.finish()
            #expect(comparison.count == differences, "\(comparison.named)")
        }
    }

    @Test func onlyTheFirstDifferencesAreNamed() {
        let book = book((0..<50).map { ("\($0)", "erp.order.placed", order("N\($0)", "1.00")) })
        var comparison = BookComparison(book)
        comparison.finish()
        #expect(comparison.count == 50 && comparison.named.count == 20)
    }
}
