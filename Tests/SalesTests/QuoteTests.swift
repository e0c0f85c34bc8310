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

@Suite struct QuoteTests {
    private let party = ExternalID.party(customerNo: "12583")

    @Test func pricesAreExact() throws {
        func line(_ quantity: String, _ price: String, _ discount: String?) throws -> QuoteLine {
            let json = """
                {"sku":"X","quantity":"\(quantity)","unitPrice":"\(price)"\(discount.map { ",\"discountPercent\":\"\($0)\"" } ?? "")}
                """
            return try QuoteLine(
                ModelJSON.decoder.decode(QuoteInput.Line.self, from: Data(json.utf8)), in: "GBP", "lines[0]")
        }
        #expect(try line("3", "0.10", nil).total == Amount("0.30"))
        let third = try line("7", "19.99", "33.33")
        #expect(third.netPrice == Amount("13.3273") && third.total == Amount("93.29"))
        #expect(try line("2.5", "1.0001", "100").total == .zero)
        #expect(throws: Problem.self) { try line("1", "1", "100.01") }
        #expect(throws: Problem.self) { try line("1", "1", "0.001") }
        #expect(throws: Problem.self) { try line("0", "1", nil) }
        #expect(throws: Problem.self) { try line("900000000000", "900000000000", nil) }
    }

    @Test @Loop func aQuoteBecomesAnOrder() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let order = LedgerEntry(.order, try .order("A1", customer: "12583", at: "2011-01-05T08:00:00Z"))
        try await service.transaction { try await AccountHandlers.apply([order], $0) }
        let request = try await acceptedQuote(service)
        #expect(
            try await service.outboxTypes().suffix(4) == [
                "sales.quote.accepted.v1", "sales.opportunity.won.v1", "sales.order.requested.v1",
                "sales.order.requested.v1",
            ])
        let payload = try await service.column("SELECT payload FROM outbox WHERE type = 'sales.order.requested.v1'")[0]
        let asked = try ModelJSON.decoder.decode(OrderRequested.self, from: Data(payload.utf8))
        #expect(asked.customerNo == "12583" && asked.partyId == party && asked.total == Amount("33.90"))
        #expect(asked.lines.map(\.name) == ["中国茶杯", "T1"] && asked.lines[0].unitPrice == Amount("1.80"))
        #expect(try await service.column("SELECT key FROM timer") == [request.uuidString.lowercased()])
        let end = try await service.column("SELECT payload FROM outbox WHERE type = 'sales.opportunity.won.v1'")[0]
        let won = try ModelJSON.decoder.decode(OpportunityWon.self, from: Data(end.utf8)).opportunity
        let (kept, _) = try await service.transaction {
            try await OpportunityState.record.locked(won.opportunityId, OpportunityStore.lock, in: $0)
        }
        #expect(won.amount == Amount("33.90") && OpportunityState.record.isSame(kept, won))

        // The ERP's order repeats the request's id.
        let answer = LedgerEntry(
            .order, try .order("A2", customer: "12583", at: "2011-02-05T08:00:00Z", correlation: request.uuidString))
        for _ in 1...2 { try await service.transaction { try await AccountHandlers.apply([answer], $0) } }
        #expect(try await service.column("SELECT status || ' ' || order_id FROM order_request") == ["ordered A2"])
        #expect(try await service.column("SELECT key FROM timer") == [])
        let confirmed = "sales.order.confirmed.v1 \(request.uuidString.lowercased()) 2"
        #expect(try await service.outbox().filter { $0.contains("confirmed") } == [confirmed])
        let shown = try await service.send(.get, "/v1/order-requests/\(request)")
        #expect(shown.status == 200 && shown.text.contains(#""orderId" : "A2""#))
        #expect(try await service.faultsOfEvents() == [])
    }

    @Test @Loop func silenceOfTheERPRaisesATaskUntilItAnswers() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let request = try await acceptedQuote(service)
        try await service.fire("order-answer")
        #expect(try await service.outboxTypes().last == "sales.task.raised.v1")
        let task = try await service.column("SELECT id::text FROM task WHERE status = 'open'")[0]
        let payload = try await service.column("SELECT payload FROM outbox ORDER BY id DESC LIMIT 1")[0]
        let told = try ModelJSON.decoder.decode(TaskRaised.self, from: Data(payload.utf8)).task
        let (kept, _) = try await service.transaction {
            try await TaskState.record.locked(told.taskId, TaskStore.lock, in: $0)
        }
        #expect(told.partyId == party && told.reference == request.text && TaskState.record.isSame(kept, told))
        let answer = LedgerEntry(
            .order, try .order("A2", customer: "12583", at: "2011-02-05T08:00:00Z", correlation: request.uuidString))
        try await service.transaction { try await AccountHandlers.apply([answer], $0) }
        #expect(
            try await service.outbox().filter { !$0.hasPrefix("sales.order-request") }.suffix(2) == [
                "sales.order.confirmed.v1 \(request.uuidString.lowercased()) 2", "sales.task.closed.v1 \(task) 2",
            ])
        let late = try await service.send(
            .patch, "/v1/tasks/\(task)", #"{"status":"done"}"#, headers: ["if-match": "\"2\""])
        #expect(late.status == 409)
        #expect(try await service.faultsOfEvents() == [])
    }

    @Test @Loop func anAnswerBeforeItsRequestIsKept() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let request = UUID()
        let answer = LedgerEntry(
            .order, try .order("A2", customer: "12583", at: "2011-02-05T08:00:00Z", correlation: request.uuidString))
        try await service.transaction { try await AccountHandlers.apply([answer], $0) }
        let opportunity = try await service.make("/v1/opportunities", #"{"name":"Cups","partyId":"\#(party)"}"#)
        let quote = try await service.make("/v1/opportunities/\(opportunity)/quotes", lines)
        try await service.transaction { transaction in
            transaction.enqueue(OrderRequestStore.insert, request, quote, party, nil as String?)
        }
        #expect(try await service.column("SELECT status || ' ' || order_id FROM order_request") == ["ordered A2"])
    }

    @Test @Loop func acceptingIsDoneOnce() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let opportunity = try await service.make("/v1/opportunities", #"{"name":"Cups"}"#)
        let quote = try await service.make("/v1/opportunities/\(opportunity)/quotes", lines)
        #expect(try await service.send(.post, "/v1/quotes/\(quote)/accept").status == 409)
        let path = "/v1/opportunities/\(opportunity)"
        let change = #"{"partyId":"\#(party)","stage":"negotiation"}"#
        #expect(try await service.send(.patch, path, change, headers: ["if-match": "\"1\""]).status == 200)
        let key = ["idempotency-key": "once"]
        let first = try await service.send(.post, "/v1/quotes/\(quote)/accept", headers: key)
        let second = try await service.send(.post, "/v1/quotes/\(quote)/accept", headers: key)
        #expect(first.status == 201 && second.text == first.text)
        #expect(try await service.send(.post, "/v1/quotes/\(quote)/accept").status == 409)
        #expect(try await service.column("SELECT count(*)::text FROM order_request") == ["1"])
        #expect(
            try await service.column("SELECT stage FROM opportunity_stage ORDER BY version")
                == ["qualification", "negotiation", "won"])
    }

    private let lines = """
        {"currency":"GBP","lines":[{"sku":"85123A","name":"中国茶杯","quantity":"3","unitPrice":"2.00","discountPercent":"10"},
        {"sku":"T1","quantity":"5","unitPrice":"5.70"}]}
        """

    @Loop private func acceptedQuote(_ service: TestService) async throws -> UUID {
        let opportunity = try await service.make("/v1/opportunities", #"{"name":"茶杯订单","partyId":"\#(party)"}"#)
        let quote = try await service.make("/v1/opportunities/\(opportunity)/quotes", lines)
        return try await service.make("/v1/quotes/\(quote)/accept")
    }
}
