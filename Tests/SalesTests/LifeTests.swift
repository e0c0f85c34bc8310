import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Kafka
import Postgres
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import Sales

/// Sales at a backup or behind a life of its own that was lost: the ERP is asked once.
@Suite struct LifeTests {
    private let party = ExternalID.party(customerNo: "12583")
    private let lines = #"{"currency":"GBP","lines":[{"sku":"T1","quantity":"3","unitPrice":"2.00"}]}"#

    @Loop private func quote(_ service: TestService) async throws -> UUID {
        let order = LedgerEntry(.order, try .order("A1", customer: "12583", at: "2011-01-05T08:00:00Z"))
        try await service.transaction { try await AccountHandlers.apply([order], $0) }
        let opportunity = try await service.make("/v1/opportunities", #"{"name":"Cups","partyId":"\#(party.text)"}"#)
        return try await service.make("/v1/opportunities/\(opportunity.text)/quotes", lines)
    }

    /// Case 55: a quote that was accepted behind the backup is a draft there; it is not ordered twice.
    @Test @Loop func atABackupAnAcceptedQuoteOrdersOnce() async throws {
        var service = try await TestService(SalesService.self)
        let quote = try await quote(service)
        let url = service.options.url
        service.close()
        let backup = try await TestDatabase.copy(of: url), forgetful = try await TestDatabase.copy(of: url)
        service = try await TestService(SalesService.self, on: url)
        let request = try await service.make("/v1/quotes/\(quote.text)/accept")
        #expect(request == ExternalID.orderRequest(quote: quote, revision: 1))
        let answer = LedgerEntry(
            .order, try .order("A2", customer: "12583", at: "2011-02-05T08:00:00Z", correlation: request.text))
        try await service.transaction { try await AccountHandlers.apply([answer], $0) }
        let told = try await service.told()
        service.close()

        let after = try await TestService(SalesService.self, on: backup)
        defer { after.close() }
        #expect(try await after.column("SELECT status FROM quote") == ["draft"])
        try await after.beginLife("restored", after: told)
        #expect(try await after.column("SELECT status || version FROM quote") == ["accepted2"])
        #expect(
            try await after.column("SELECT id || ' ' || status || ' ' || order_id FROM order_request")
                == ["\(request.text) ordered A2"])
        #expect(try await after.send(.post, "/v1/quotes/\(quote.text)/accept").status == 409)
        _ = try await after.context.rows(OrderRequestStore.wind, OrderRequestHandlers.timer, 60)
        #expect(try await after.column("SELECT key FROM timer") == [])

        // Where nothing of it was told, the ERP is asked under the same id, and knows it again.
        let again = try await TestService(SalesService.self, on: forgetful)
        defer { again.close() }
        #expect(try await again.make("/v1/quotes/\(quote.text)/accept") == request)
    }

    @Test @Loop func atAnEmptyDatabaseWhatWasToldIsKnown() async throws {
        let before = try await TestService(SalesService.self)
        defer { before.close() }
        let quote = try await quote(before)
        let request = try await before.make("/v1/quotes/\(quote.text)/accept")
        let lead = try await before.make("/v1/leads", #"{"name":"Li Lei","company":"Teeworks","notes":"calls back"}"#)
        let body = #"{"name":"Tea"}"#
        let made = try await before.make("/v1/leads/\(lead.text)/convert", body)
        try await before.fire(OrderRequestHandlers.timer)
        _ = try await before.make(
            "/v1/activities", #"{"kind":"call","subject":"Hello","partyId":"\#(party.text)"}"#)
        let told = try await before.told()

        let after = try await TestService(SalesService.self)
        defer { after.close() }
        // Whatever comes first.
        try await after.beginLife("empty", after: told.reversed())
        #expect(try await after.outboxTypes() == [])
        for path in ["leads/\(lead.text)", "opportunities/\(made.text)", "order-requests/\(request.text)"] {
            let (then, now) = (
                try await before.send(.get, "/v1/\(path)"), try await after.send(.get, "/v1/\(path)")
            )
            #expect(now.status == 200 && now.headers["etag"] == then.headers["etag"], "\(path): \(now.text)")
        }
        let shown = try await after.send(.get, "/v1/quotes/\(quote.text)")
        #expect(shown.text.contains(#""status" : "accepted""#) && shown.text.contains(#""sku" : "T1""#))
        #expect(try await after.send(.post, "/v1/quotes/\(quote.text)/accept").status == 409)
        #expect(try await after.column("SELECT subject FROM task WHERE status = 'open'").count == 1)
        #expect(try await after.column("SELECT subject FROM activity") == ["Hello"])
        // The task was raised; nobody waits once more.
        _ = try await after.context.rows(OrderRequestStore.wind, OrderRequestHandlers.timer, 60)
        #expect(try await after.column("SELECT key FROM timer") == [])
        #expect(try await after.send(.get, "/v1/order-requests").text.contains(request.text))
    }
}
