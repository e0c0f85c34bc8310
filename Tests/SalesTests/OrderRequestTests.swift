import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit
import ServiceTestKit
import Testing

@testable import Sales

/// What the ERP is told of a buyer, and what becomes of a request in its hands.
@Suite struct OrderRequestTests {
    /// A quote that was accepted by somebody whom contacts has told of.
    @Loop
    private struct Deal {
        let service: TestService
        let party = UUID.v7()
        let opportunity: UUID
        let quote: UUID
        let request: UUID

        init(lines: String = Deal.lines, more: String = "") async throws {
            service = try await TestService(SalesService.self)
            var state = PartyState(
                partyId: party, kind: "enterprise", name: "晨光贸易", email: "buy@cg.example", phone: "+8613800138000",
                language: "zh-CN", country: "CN")
            state.emails = [
                PartyMail(address: "buy@cg.example"), PartyMail(address: "pay@cg.example", label: "billing"),
            ]
            var address = PartyAddress()
            (address.street, address.city, address.country) = ("人民路 1 号", "上海", "CN")
            state.addresses = [address]
            state.taxId = "91310000"
            state.references = [PartyReference(system: "shop", reference: "77")]
            try await service.apply([PartyCreated(party: state)])
            opportunity = try await service.make(
                "/v1/opportunities", #"{"name":"Tea","partyId":"\#(party.text)","owner":"li","stage":"proposal"}"#)
            quote = try await service.make(
                "/v1/opportunities/\(opportunity.text)/quotes", #"{"currency":"EUR"\#(more),"lines":[\#(lines)]}"#)
            request = try await service.make("/v1/quotes/\(quote.text)/accept")
        }

        nonisolated static let lines = #"""
            {"sku":"A1","name":"Lantern","quantity":"10","unitPrice":"9.90","discountPercent":"5","taxPercent":"19"}
            """#

        /// The last request as the ERP reads it.
        func asked() async throws -> OrderRequested {
            let payload = try await service.column(
                "SELECT payload FROM outbox WHERE topic = 'crm.order-requests' AND payload IS NOT NULL ORDER BY id DESC"
            )[0]
            return try ModelJSON.decoder.decode(OrderRequested.self, from: Data(payload.utf8))
        }

        func order(
            _ kind: String, _ id: String = "4711", total: String = "94.05", source: String = "/erp",
            correlation: UUID? = nil
        ) async throws {
            try await service.hear([(kind, Self.json(id, total, correlation))], on: .erpOrders, source: source)
        }

        nonisolated static func json(_ id: String, _ total: String, _ correlation: UUID?) -> String {
            let request = correlation.map { #","correlationId":"\#($0.text)""# } ?? ""
            return #"""
                {"orderId":"\#(id)","customerNo":"C-9","placedAt":"2026-11-30T10:00:00Z","currency":"EUR",
                "lines":[{"sku":"A1","quantity":"10","unitPrice":"9.405"}],"total":"\#(total)"\#(request)}
                """#
        }

        func refuse(_ request: UUID) async throws {
            let json =
                #"{"requestId":"\#(request.text)","reason":"no","mend":[{"field":"buyer.taxId","message":"is wrong"}]}"#
            try await service.hear([("erp.order.refused.v1", json)], on: .erpOrders)
        }

        func status(_ request: UUID? = nil) async throws -> String {
            struct Shown: Decodable { let status: String }
            return try await service.send(.get, "/v1/order-requests/\((request ?? self.request).text)").json(Shown.self)
                .status
        }

        func tasks() async throws -> [String] {
            try await service.column("SELECT kind || ' ' || status || ' ' || owner FROM task ORDER BY kind")
        }
    }

    @Test @Loop func theERPIsToldAllThatMakesACustomer() async throws {
        let deal = try await Deal(more: #","validUntil":"2999-12-31""#)
        defer { deal.service.close() }
        let asked = try await deal.asked()
        let buyer = try #require(asked.buyer)
        #expect(buyer.name == "晨光贸易" && buyer.kind == "enterprise" && buyer.taxId == "91310000")
        #expect(buyer.emails?.map(\.address) == ["buy@cg.example", "pay@cg.example"] && buyer.language == "zh-CN")
        #expect(buyer.phones?.map(\.number) == ["+8613800138000"] && buyer.addresses?.first?.city == "上海")
        #expect(buyer.references == [PartyReference(system: "shop", reference: "77")] && asked.customerNo == nil)
        #expect(asked.partyId == deal.party && asked.owner == "li" && asked.opportunityId == deal.opportunity)
        #expect(asked.total == Amount("94.05") && asked.tax == Amount("17.87"))
        #expect(asked.totalWithTax == Amount("111.92") && asked.validUntil?.text == "2999-12-31")
        let line = try #require(asked.lines.first)
        #expect(
            line.listPrice == Amount("9.90") && line.discountPercent == Amount("5") && line.unitPrice == Amount("9.405")
        )
        #expect(line.taxPercent == Amount("19") && line.tax == Amount("17.87"))
        // What is kept for ever tells of no person.
        let kept = try await deal.service.column(
            "SELECT payload FROM outbox WHERE topic = 'crm.sales' AND type = 'sales.order.requested.v1'")
        #expect(kept.count == 1 && !kept[0].contains("cg.example") && !kept[0].contains("晨光"))
        #expect(try await deal.service.faultsOfEvents() == [])
    }

    @Test @Loop func aMergedBuyerIsAskedForAsHisSurvivor() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let (alpha, beta) = (UUID.v7(), ExternalID.party(customerNo: "C-9"))
        try await service.apply([
            PartyCreated(party: PartyState(partyId: alpha, kind: "consumer", name: "Alpha")),
            PartyCreated(party: PartyState(partyId: beta, kind: "consumer", name: "Beta", customerNo: "C-9")),
        ])
        try await service.apply([PartyMerged(partyId: beta, survivorId: alpha)])
        let opportunity = try await service.make("/v1/opportunities", #"{"name":"Tea","partyId":"\#(beta.text)"}"#)
        let quote = try await service.make(
            "/v1/opportunities/\(opportunity.text)/quotes", #"{"currency":"EUR","lines":[\#(Deal.lines)]}"#)
        _ = try await service.make("/v1/quotes/\(quote.text)/accept")
        let payload = try await service.column("SELECT payload FROM outbox WHERE topic = 'crm.order-requests'")[0]
        let asked = try ModelJSON.decoder.decode(OrderRequested.self, from: Data(payload.utf8))
        #expect(asked.partyId == alpha && asked.customerNo == "C-9" && asked.buyer?.name == "Alpha")
        #expect(asked.buyer?.references == [PartyReference(system: "erp", reference: "C-9")])
    }

    @Test @Loop func aRefusalOpensWhatWasClosedAndAsksAgainUnderAnotherID() async throws {
        let deal = try await Deal()
        defer { deal.service.close() }
        for _ in 0..<2 { try await deal.refuse(deal.request) }
        #expect(try await deal.status() == "refused")
        #expect(try await deal.tasks() == ["order-refused open li"])
        #expect(try await deal.service.column("SELECT status FROM quote") == ["draft"])
        #expect(try await deal.service.column("SELECT stage FROM opportunity") == ["proposal"])
        #expect(try await deal.service.column("SELECT key FROM timer") == [])
        let shown = try await deal.service.send(.get, "/v1/order-requests/\(deal.request.text)").text
        #expect(shown.contains("no; buyer.taxId: is wrong"), "\(shown)")
        // What the ERP is asked for is not asked any more.
        let asking = "SELECT coalesce(payload, 'ended') FROM outbox WHERE topic = 'crm.order-requests' ORDER BY id DESC"
        #expect(try await deal.service.column(asking).first == "ended")
        let again = try await deal.service.make("/v1/quotes/\(deal.quote.text)/accept")
        #expect(again != deal.request)
        try await deal.order("erp.order.placed.v1", correlation: again)
        #expect(try await deal.status(again) == "ordered")
        #expect(try await deal.status() == "refused")
        let quote = try await deal.service.send(.get, "/v1/quotes/\(deal.quote.text)")
        #expect(quote.text.contains(again.text), "\(quote.text)")
        #expect(try await deal.service.faultsOfEvents() == [])
    }

    @Test @Loop func anOrderAfterARefusalCountsAndIsGivenToAPerson() async throws {
        let deal = try await Deal()
        defer { deal.service.close() }
        try await deal.refuse(deal.request)
        try await deal.order("erp.order.placed.v1", correlation: deal.request)
        #expect(try await deal.status() == "ordered")
        #expect(try await deal.tasks() == ["order-after-refusal open li", "order-refused open li"])
        // A refusal of what was ordered is none.
        try await deal.refuse(deal.request)
        #expect(try await deal.status() == "ordered")
        #expect(try await deal.service.faultsOfEvents() == [])
    }

    @Test @Loop func whatTheERPChangesAndCancelsIsToldAndGivenToAPerson() async throws {
        let deal = try await Deal()
        defer { deal.service.close() }
        try await deal.order("erp.order.placed.v1", correlation: deal.request)
        // Told again, and of another ERP under the same number: nothing.
        try await deal.order("erp.order.placed.v1", correlation: deal.request)
        try await deal.order("erp.order.placed.v1", total: "1.00", source: "/other")
        try await deal.order("erp.order.changed.v1", total: "2.00", source: "/other")
        #expect(try await deal.status() == "ordered")
        #expect(try await deal.tasks() == [])
        try await deal.order("erp.order.changed.v1", total: "90.00")
        #expect(try await deal.status() == "changed")
        #expect(try await deal.tasks() == ["order-changed open li"])
        try await deal.order("erp.order.changed.v1", total: "90.00")
        try await deal.order("erp.order.cancelled.v1", total: "90.00")
        #expect(try await deal.status() == "cancelled")
        #expect(try await deal.tasks() == ["order-cancelled open li", "order-changed open li"])
        let told = try await deal.service.outboxTypes().filter {
            $0.hasPrefix("sales.order.") && !$0.contains("requested")
        }
        #expect(
            told == ["sales.order.confirmed.v1", "sales.order.changed.v1", "sales.order.cancelled.v1"])
        #expect(try await deal.service.faultsOfEvents() == [])
    }

    /// In one batch it ends as in several.
    @Test @Loop func anOrderThatIsCancelledAtOnceIsCancelled() async throws {
        let deal = try await Deal()
        defer { deal.service.close() }
        let placed = Deal.json("4711", "94.05", deal.request)
        try await deal.service.hear(
            [("erp.order.placed.v1", placed), ("erp.order.cancelled.v1", placed)], on: .erpOrders, source: "/erp")
        #expect(try await deal.status() == "cancelled")
        #expect(try await deal.tasks() == ["order-cancelled open li"])
    }

    @Test @Loop func anExpiredQuoteIsNotAccepted() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let opportunity = try await service.make("/v1/opportunities", #"{"name":"Tea","partyId":"\#(UUID.v7().text)"}"#)
        let quote = try await service.make(
            "/v1/opportunities/\(opportunity.text)/quotes",
            #"{"currency":"EUR","validUntil":"2026-01-31","lines":[\#(Deal.lines)]}"#)
        let answer = try await service.send(.post, "/v1/quotes/\(quote.text)/accept")
        #expect(answer.status == 409 && answer.text.contains("2026-01-31"), "\(answer.text)")
    }

    /// Behind a restored database nothing of it is done twice.
    @Test @Loop func aNewLifeKnowsWhatBecameOfRequests() async throws {
        let deal = try await Deal()
        defer { deal.service.close() }
        try await deal.refuse(deal.request)
        let again = try await deal.service.make("/v1/quotes/\(deal.quote.text)/accept")
        try await deal.order("erp.order.placed.v1", correlation: again)
        try await deal.order("erp.order.changed.v1", total: "90.00")
        let told = try await deal.service.told()
        let after = try await TestService(SalesService.self)
        defer { after.close() }
        try await after.beginLife("empty", after: told.reversed())
        for id in [deal.request, again] {
            let (then, now) = (
                try await deal.service.send(.get, "/v1/order-requests/\(id.text)"),
                try await after.send(.get, "/v1/order-requests/\(id.text)")
            )
            #expect(now.headers["etag"] == then.headers["etag"], "\(now.text) \(then.text)")
            #expect(now.text.contains(id == again ? #""status" : "changed""# : #""status" : "refused""#), "\(now.text)")
        }
        let quote = try await after.send(.get, "/v1/quotes/\(deal.quote.text)")
        #expect(quote.text.contains(#""status" : "accepted""#) && quote.text.contains(#""discountPercent" : "5.0000""#))
    }
}
