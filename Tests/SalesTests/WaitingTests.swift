import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit
import ServiceTestKit
import Testing

@testable import Sales

/// Order requests whose buyer contacts has not told of yet.
@Suite struct WaitingTests {
    private let party = ExternalID.party(customerNo: "12583")
    private let lines = #"{"currency":"GBP","lines":[{"sku":"T1","quantity":"5","unitPrice":"5.70"}]}"#

    @Loop private func accepted(_ service: TestService) async throws -> UUID {
        let opportunity = try await service.make("/v1/opportunities", #"{"name":"茶杯","partyId":"\#(party)"}"#)
        let quote = try await service.make("/v1/opportunities/\(opportunity)/quotes", lines)
        return try await service.make("/v1/quotes/\(quote)/accept")
    }

    @Loop private func asked(_ service: TestService) async throws -> [OrderRequested] {
        try await service.column(
            "SELECT payload FROM outbox WHERE type = 'sales.order.requested.v1' AND topic = 'crm.sales' ORDER BY id"
        ).map {
            try ModelJSON.decoder.decode(OrderRequested.self, from: Data($0.utf8))
        }
    }

    @Loop private func look(_ service: TestService) async throws {
        while try await service.parts.intents?.look() == true {}
    }

    @Loop private func pass(_ seconds: Int, _ service: TestService) async throws {
        let past = ["look_at", "expires_at", "parked_at"].map { "\($0) = \($0) - interval '\(seconds) s'" }
        _ = try await service.column("UPDATE intent SET \(past.joined(separator: ", ")) RETURNING 'x'")
    }

    @Test @Loop func theERPIsAskedUnderTheBuyersNumberOnceHeIsKnown() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let request = try await accepted(service)
        try await pass(60, service)
        try await look(service)
        #expect(try await asked(service).isEmpty)
        let state = PartyState(partyId: party, kind: "consumer", name: "Ada", customerNo: "12583")
        for _ in 0..<2 {
            try await service.apply([PartyChanged(party: state)])
            try await look(service)
        }
        let told = try await asked(service)
        #expect(told.map(\.requestId) == [request] && told.first?.customerNo == "12583")
        #expect(told.first?.lines.count == 1 && told.first?.total == Amount("28.50"))
        #expect(try await service.outbox().contains("sales.order.requested.v1 \(request.text) 1"))
        #expect(try await service.column("SELECT subject FROM intent") == [])
        #expect(try await service.faultsOfEvents() == [])
    }

    @Test @Loop func theERPIsAskedWithoutANumberAtTheBound() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let request = try await accepted(service)
        try await pass(899, service)
        try await look(service)
        #expect(try await asked(service).isEmpty)
        try await pass(1, service)
        // Not while somebody is at the request, and not lost for it.
        try await service.transaction { holder in
            _ = try await holder.query(Statement("test.hold", "SELECT 1 FROM order_request FOR UPDATE"))
            try await look(service)
        }
        #expect(try await asked(service).isEmpty)
        try await pass(600, service)
        try await look(service)
        #expect(try await asked(service).map(\.requestId) == [request])
        #expect(try await asked(service).first?.customerNo == nil)
        #expect(try await service.column("SELECT subject FROM intent") == [])
        #expect(service.parts.intents?.expired == ["order-request": 1])
    }
}
