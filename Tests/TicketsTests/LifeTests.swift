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
import Testing

@testable import Tickets

/// Tickets behind a life of its own that was lost: no ticket is opened again, and none is open that was resolved.
@Suite struct LifeTests {
    private func shipments(_ numbers: ClosedRange<Int>) throws -> [ShipmentDelayed] {
        try numbers.map { number in
            try ModelJSON.decoder.decode(
                ShipmentDelayed.self,
                from: Data(
                    #"{"shipmentId":"S\#(number)","orderId":"O\#(number)","customerNo":"\#(number)","at":"2026-01-02T08:00:00Z"}"#
                        .utf8))
        }
    }

    @Loop private func states(_ service: TestService) async throws -> [String] {
        try await service.column("SELECT count(*) || ' ' || status FROM ticket GROUP BY status ORDER BY status")
    }

    /// Case 51: 96 tickets stay 96.
    @Test @Loop func atAnEmptyDatabaseEachTicketIsAsItWasTold() async throws {
        let before = try await TestService(TicketsService.self)
        defer { before.close() }
        try await before.apply(try shipments(1...96))
        let ids = try await before.column("SELECT id::text FROM ticket ORDER BY id LIMIT 7")
        for id in ids.prefix(5) {
            #expect(try await before.send(.post, "/v1/tickets/\(id)/resolve").status < 300)
        }
        #expect(
            try await before.send(.post, "/v1/tickets/\(ids[5])/replies", #"{"body":"We look","from":"agent"}"#).status
                == 201)
        #expect(try await states(before) == ["90 open", "1 replied", "5 resolved"])
        let told = try await before.told()

        let after = try await TestService(TicketsService.self)
        defer { after.close() }
        try await after.beginLife("empty", after: told)
        try await after.past(try after.records(try shipments(1...97)))
        #expect(try await states(after) == ["90 open", "1 replied", "5 resolved"])
        #expect(try await after.outboxTypes() == [])
        #expect(try await after.column("SELECT count(*)::text FROM timer") == ["0"])
        let facts = """
            SELECT id::text || ' ' || version || ' ' || subject || ' ' || source || ' ' || (first_responded_at IS NOT NULL)
                || ' ' || (resolved_at IS NOT NULL) FROM ticket ORDER BY id
            """
        #expect(try await after.column(facts) == (try await before.column(facts)))
        // Clocks go on for those that are open, once that is behind it.
        _ = try await after.context.rows(TicketRecoveryStore.wind)
        #expect(
            try await after.column("SELECT count(*) || ' ' || kind FROM timer GROUP BY kind ORDER BY kind")
                == ["90 first-response", "91 resolution"])
        // Told of again behind the beginning of the life, a shipment opens no second ticket.
        try await after.apply(try shipments(1...3))
        #expect(try await states(after) == ["90 open", "1 replied", "5 resolved"])
        // The shipment of which no ticket was told is held; a person lets it be opened.
        #expect(try await after.column("SELECT state FROM held") == ["held"])
        let deed = try #require(after.parts.releases[ShipmentHandlers.kind])
        let payload = try await after.column("SELECT payload FROM held")[0]
        try await after.transaction {
            try await deed(.init(id: 1, key: "", subject: "", payload: payload, askedAt: Date()), $0)
        }
        #expect(try await states(after) == ["91 open", "1 replied", "5 resolved"])
        #expect(try await after.faultsOfEvents() == [])
    }

    /// What was resolved in another life may be asked about under another key only.
    @Test @Loop func aNewLifeAsksUnderItsOwnKey() async throws {
        var keys: [String] = []
        for cause in [nil, "restored"] {
            let service = try await TestService(TicketsService.self)
            defer { service.close() }
            if let cause { try await service.beginLife(cause, after: []) }
            let party = ExternalID.party(customerNo: "1")
            let state = PartyState(partyId: party, kind: "consumer", name: "A", email: "a@example.com")
            try await service.apply([PartyChanged(party: state)])
            let id = try await service.make("/v1/tickets", #"{"subject":"S","partyId":"\#(party.text)"}"#)
            #expect(try await service.send(.post, "/v1/tickets/\(id.text)/resolve").status < 300)
            let asked = try await service.column(
                "SELECT payload FROM outbox WHERE type LIKE 'notifications.message.requested%'")
            let request = try ModelJSON.decoder.decode(MessageRequested.self, from: Data(asked[0].utf8))
            #expect(request.messageId == ExternalID.message(deduplicationKey: request.deduplicationKey))
            keys.append(String(request.deduplicationKey.split(separator: ":").dropFirst(2).joined(separator: ":")))
        }
        #expect(keys == ["2", "2:7"])
    }

    @Test @Loop func ticketsAreToldAgainAndWhatContactsSaidEnds() async throws {
        let service = try await TestService(TicketsService.self)
        defer { service.close() }
        try await service.apply(try shipments(1...2))
        let ids = try await service.column("SELECT id::text FROM ticket ORDER BY id")
        let party = ExternalID.party(customerNo: "1")
        try await service.apply([PartyCreated(party: PartyState(partyId: party, kind: "consumer", name: "Ann"))])
        _ = try await service.column("DELETE FROM outbox RETURNING 'x'")
        var known: Set<String> = []
        for tell in service.parts.tellsAgain {
            known.formUnion(try await service.transaction { try await tell([ids[0], UUID().text], $0) })
        }
        #expect(known == [ids[0]])
        #expect(try await service.outboxTypes() == ["tickets.ticket.changed.v1"])
        for orphan in service.parts.orphans {
            try await service.transaction { try await orphan("/contacts", [party.text], $0) }
        }
        #expect(try await service.column("SELECT name FROM customer") == [])
        #expect(try await service.column("SELECT count(*)::text FROM ticket") == ["2"])
    }
}
