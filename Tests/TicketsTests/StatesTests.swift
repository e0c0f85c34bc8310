import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import Tickets

/// Which state of an order counts, in whatever order its states are read.
@Suite struct StatesTests {
    private static let orders = """
        SELECT concat_ws('|', source, id, nullif(party_id, '00000000-0000-0000-0000-000000000000'), total / 10000, is_cancelled)
        FROM customer_order o WHERE \(CustomerStore.counts)
        """

    @Test @Loop func everyReadingEndsAlike() async throws {
        let seed = UInt64.random(in: 1...999_999)
        print("seed \(seed)")
        let histories = MadeUpHistories(10_000, seed: seed)
        let service = try await TestService(TicketsService.self)
        defer { service.close() }
        try await service.read(histories, seed: seed &+ 1) { CustomerHandlers.ordered($0, $1) }
        let found = try await service.column(Self.orders)
        let expected = histories.counting.values.map { $0.line() }
        #expect(found.count == expected.count && MadeUpHistories.differences(found, expected) == [])
    }

    /// Two ERPs use one order number, two carriers one number of a shipment: neither takes the other's.
    @Test @Loop func whatTwoTellUnderOneNumberIsTwo() async throws {
        let service = try await TestService(TicketsService.self)
        defer { service.close() }
        let order = try ERPDocument.order("4711", customer: "7", at: "2026-01-01T08:00:00Z")
        let shipment = try Self.shipment("V1", "2026-01-02T08:00:00Z")
        try await service.transaction { transaction in
            CustomerHandlers.ordered(
                ["/a", "/b"].map { LedgerEntry(.order, order, source: $0, offset: 1) }, transaction)
            for source in ["/dhl", "/sf"] {
                let told = [ToldShipment(source: source, shipment)]
                CustomerHandlers.shipped(told, "delayed", transaction)
                try await ShipmentHandlers.delayed(told, transaction)
            }
        }
        let card = try await service.send(.get, "/v1/caller-card?party=\(ExternalID.party(customerNo: "7").text)").text
        for source in ["/a", "/b", "/dhl", "/sf"] { #expect(card.contains(#""source" : "\#(source)""#), "\(card)") }
        #expect(try await service.column("SELECT count(*)::text FROM ticket") == ["2"])
    }

    static func shipment(_ id: String, _ at: String) throws -> Shipment {
        let json = #"{"shipmentId":"\#(id)","orderId":"4711","customerNo":"7","at":"\#(at)"}"#
        return try ModelJSON.decoder.decode(Shipment.self, from: Data(json.utf8))
    }

    /// What is told late of a shipment is judged by the time that it speaks of.
    @Test @Loop func whatWasOvertakenOpensNoTicket() async throws {
        let times = ["2026-01-01T08:00:00Z", "2026-01-02T08:00:00Z", "2026-01-03T08:00:00Z"]
        // What is told, in order, of which day; and the tickets that come of it.
        let cases: [(told: [(what: String, day: Int)], tickets: [String])] = [
            ([("delayed", 0), ("delivered", 1)], ["complaint"]), ([("delivered", 1), ("delayed", 0)], []),
            ([("delivered", 0), ("returned", 1)], ["return"]), ([("delivered", 2), ("returned", 1)], []),
            ([("dispatched", 0), ("delayed", 1), ("delayed", 2)], ["complaint"]),
            ([("delivered", 1), ("delayed", 0), ("delayed", 2)], ["complaint"]),
            ([("delayed", 0), ("delayed", 0), ("returned", 2), ("delivered", 1)], ["complaint", "return"]),
        ]
        for isOneBatch in [true, false] {
            let service = try await TestService(TicketsService.self)
            defer { service.close() }
            for (number, one) in cases.enumerated() {
                let events = one.told.map { told in
                    (
                        type: "logistics.shipment.\(told.what).v1",
                        json: #"{"shipmentId":"V\#(number)","orderId":"V\#(number)","at":"\#(times[told.day])"}"#
                    )
                }
                for batch in isOneBatch ? [events] : events.map({ [$0] }) {
                    try await service.hear(batch, on: .shipments)
                }
                let tickets = try await service.column(
                    "SELECT type FROM ticket WHERE order_id = 'V\(number)' ORDER BY type")
                #expect(tickets == one.tickets, "\(one.told), in one batch: \(isOneBatch)")
            }
        }
    }
}
