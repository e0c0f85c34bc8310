import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Kafka
import Messaging
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

    @Loop private func quote(_ service: TestService, order number: String = "A1") async throws -> UUID {
        let order = LedgerEntry(.order, try .order(number, customer: "12583", at: "2011-01-05T08:00:00Z"))
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

    /// The life before told of the acceptance and was lost before it told of the request, which waited or stood behind it.
    @Test @Loop func whatWasNeverAskedIsHeldForAPerson() async throws {
        let before = try await TestService(SalesService.self)
        defer { before.close() }
        let (first, second) = (try await quote(before), try await quote(before, order: "A3"))
        for id in [first, second] { _ = try await before.make("/v1/quotes/\(id.text)/accept") }
        let told = try await before.told().filter { $0.header("ce_type") != OrderRequested.versionedType }
        let after = try await TestService(SalesService.self)
        defer { after.close() }
        try await after.beginLife("empty", after: told)
        #expect(try await UnaskedRequests.look(after.context) == false)
        #expect(try await after.column("SELECT kind FROM held") == ["order-request", "order-request"])
        // What was offered is in no event.
        await #expect { try await settle(first, after.parts.releases, in: after) } throws: {
            ($0 as? Problem)?.status == .conflict
        }
        #expect(try await after.outboxTypes() == [])
    }

    @Test @Loop func atABackupWhatWasNeverAskedIsAskedOnceReleased() async throws {
        var service = try await TestService(SalesService.self)
        let quotes = [
            try await quote(service), try await quote(service, order: "A3"), try await quote(service, order: "A4"),
        ]
        let url = service.options.url
        service.close()
        let backup = try await TestDatabase.copy(of: url)
        service = try await TestService(SalesService.self, on: url)
        for id in quotes { _ = try await service.make("/v1/quotes/\(id.text)/accept") }
        let told = try await service.told().filter { $0.header("ce_type") != OrderRequested.versionedType }
        service.close()

        let after = try await TestService(SalesService.self, on: backup)
        defer { after.close() }
        try await after.beginLife("restored", after: told)
        // Of one the ERP has made the order.
        let requests = quotes.map { ExternalID.orderRequest(quote: $0, revision: 1) }
        let answer = LedgerEntry(
            .order, try .order("A9", customer: "12583", at: "2011-02-05T08:00:00Z", correlation: requests[2].text))
        try await after.transaction { try await AccountHandlers.apply([answer], $0) }
        _ = try await after.column("DELETE FROM outbox RETURNING 'x'")
        #expect(try await UnaskedRequests.look(after.context) == false)
        #expect(try await after.column("SELECT status || ' ' || order_id FROM order_request") == ["ordered A9"])
        #expect(try await after.outboxTypes() == [OrderConfirmed.versionedType])
        // Looked for once more, nothing is held twice.
        #expect(try await UnaskedRequests.look(after.context) == false)
        #expect(try await after.column("SELECT subject FROM held") == [party.text, party.text])
        try await settle(quotes[0], after.parts.releases, in: after)
        try await settle(quotes[1], after.parts.discards, in: after)
        let asked = try await after.told().filter { $0.header("ce_type") == OrderRequested.versionedType }
        #expect(asked.map(\.origin.topic) == [Topic.sales.name, Topic.orderRequests.name])
        #expect(asked.allSatisfy { $0.key == requests[0].text })
        let states = try await after.column(
            "SELECT q.status || ' ' || o.stage FROM quote q JOIN opportunity o ON o.id = q.opportunity_id ORDER BY q.id"
        )
        #expect(states == ["accepted won", "draft qualification", "accepted won"], "\(states)")
        #expect(try await UnaskedRequests.look(after.context) == false)
        #expect(try await after.column("SELECT kind FROM held").count == 2)
    }

    /// Does with the request of a quote that is held what a person has decided.
    @Loop private func settle(_ quote: UUID, _ deeds: [String: Held.Release], in service: TestService) async throws {
        let key = try await service.column("SELECT key FROM held WHERE key LIKE '\(quote.text)%'")
        let held = Held(id: 1, key: try #require(key.first), subject: party.text, payload: nil, askedAt: Date())
        let deed = try #require(deeds[UnaskedRequests.kind])
        try await service.transaction { try await deed(held, $0) }
    }

    /// An erasure of before takes what was made before it, also in a life that knows already what the person did since.
    @Test @Loop func whatCameBehindAnErasureStaysInANewLife() async throws {
        let before = try await TestService(SalesService.self)
        defer { before.close() }
        let erased = PartyErased(partyId: party, erasureId: UUID())
        func offer(_ name: String) async throws {
            _ = try await before.make("/v1/opportunities", #"{"name":"\#(name)","partyId":"\#(party.text)"}"#)
            let told = #"{"kind":"call","subject":"\#(name)","partyId":"\#(party.text)"}"#
            _ = try await before.make("/v1/activities", told)
        }
        try await offer("Quill")
        // As the topic has it: what waits is blanked by the erasure.
        let first = try await before.told()
        try await Loop.sleep(for: .milliseconds(20))
        try await before.apply([erased])
        try await Loop.sleep(for: .milliseconds(20))
        try await offer("Back")
        let told = first + (try await before.told().dropFirst(first.count))

        let after = try await TestService(SalesService.self)
        defer { after.close() }
        try await after.beginLife("empty", after: told)
        #expect(try await !after.tables(with: "Quill").isEmpty)
        try await after.past(try after.records([erased]))
        for (table, column) in [("opportunity", "name"), ("activity", "subject")] {
            let names = try await after.column("SELECT \(column) FROM \(table) ORDER BY created_at")
            #expect(names == ["erased", "Back"], "\(table): \(names)")
        }
        // One that no life before has done takes all.
        try await after.past(try after.records([PartyErased(partyId: party, erasureId: UUID())]))
        #expect(try await after.tables(with: "Back").filter { $0 != "outbox" } == [])
    }

    /// What was told and is known again is told again whole, but what the ERP was asked for: that is known, and told once.
    @Test @Loop func whatMayHaveBeenHeardOtherwiseIsToldAgain() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let quote = try await quote(service)
        let request = try await service.make("/v1/quotes/\(quote.text)/accept")
        let lead = try await service.make("/v1/leads", #"{"name":"Li Lei"}"#)
        try await service.fire(OrderRequestHandlers.timer)
        let activity = try await service.make(
            "/v1/activities", #"{"kind":"call","subject":"Hello","partyId":"\#(party.text)"}"#)
        let opportunity = try await service.column("SELECT id::text FROM opportunity")[0]
        let task = try await service.column("SELECT id::text FROM task")[0]
        _ = try await service.column("DELETE FROM outbox RETURNING 'x'")
        let keys = [quote.text, request.text, lead.text, opportunity, task, activity.text]
        var known: Set<String> = []
        for tell in service.parts.tellsAgain {
            known.formUnion(try await service.transaction { try await tell(keys + [UUID().text, "no id"], $0) })
        }
        #expect(known == Set(keys))
        let told = try await service.column("SELECT type || ' ' || seq FROM outbox ORDER BY 1")
        #expect(
            told == ["sales.lead.changed.v1 2", "sales.opportunity.changed.v1 3", "sales.task.raised.v1 2"], "\(told)")
        #expect(try await service.faultsOfEvents() == [])
    }

    /// A party that contacts does not know any more is named by its number, and what was merged into it counts for itself.
    @Test @Loop func whatContactsSaidEndsWithItsWord() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let (one, two) = (ExternalID.party(customerNo: "1"), ExternalID.party(customerNo: "2"))
        let order = LedgerEntry(.order, try .order("A1", customer: "1", at: "2011-01-05T08:00:00Z"))
        try await service.transaction { transaction in
            let state = PartyState(partyId: one, kind: "organisation", name: "Teeworks", customerNo: "1")
            try await AccountHandlers.apply(
                [.document(order), .party(state), .redirect(Redirect(one, to: two))], transaction)
        }
        for orphan in service.parts.orphans {
            try await service.transaction { try await orphan("/contacts", [one.text], $0) }
        }
        #expect(
            try await service.column("SELECT name || ' ' || kind FROM account WHERE id = '\(one.text)'") == [
                "1 consumer"
            ])
        #expect(
            try await service.column("SELECT account_id::text FROM account_revenue WHERE orders > 0") == [one.text])
    }
}
