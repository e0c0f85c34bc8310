import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
@testable import Messaging
import Postgres
import ServiceKit
import ServiceTestKit
import Testing

@testable import Tickets

/// Reactions of tickets that wait for what contacts tells of a customer.
@Suite struct WaitingTests {
    private let ann = ExternalID.party(customerNo: "17850"), bob = ExternalID.party(customerNo: "2")

    private func party(_ id: UUID, email: String? = "wang@example.com", language: String? = "zh-CN") -> PartyState {
        PartyState(partyId: id, kind: "consumer", name: "王芳", email: email, language: language)
    }

    /// A party as contacts tells of it, by the handlers that the service has.
    @Loop private func tell(_ parties: [PartyState], _ fixture: TicketsFixture) async throws {
        try await fixture.service.apply(parties.map { PartyChanged(party: $0) })
    }

    @Loop private func look(_ fixture: TicketsFixture) async throws {
        while try await fixture.parts.intents?.look() == true {}
    }

    /// Lets time pass for all that waits.
    @Loop private func pass(_ hours: Int, _ fixture: TicketsFixture) async throws {
        for column in ["look_at", "expires_at", "parked_at"] {
            _ = try await fixture.sql("UPDATE intent SET \(column) = \(column) - interval '\(hours) hours'")
        }
    }

    @Loop private func asked(_ fixture: TicketsFixture) async throws -> [MessageRequested] {
        try await fixture.sql("SELECT payload FROM outbox WHERE topic = 'crm.notification-requests' ORDER BY id").map {
            try ModelJSON.decoder.decode(MessageRequested.self, from: Data((try $0.value(0) as String).utf8))
        }
    }

    @Loop private func resolved(_ party: UUID, _ fixture: TicketsFixture) async throws -> String {
        let id = try await fixture.open("{\"subject\":\"退货\",\"partyId\":\"\(party.text)\"}")
        #expect(try await fixture.send(.post, "/v1/tickets/\(id)/resolve").status < 300)
        return id
    }

    @Loop private func survey(_ id: String, _ fixture: TicketsFixture) async throws -> String {
        let survey = try await fixture.send(.get, "/v1/tickets/\(id)").json["survey"]
        return survey["state"].text + (survey["reason"].isNull ? "" : ": \(survey["reason"].text)")
    }

    @Test @Loop func aSurveyIsAskedWhenTheAddressComesAndOnce() async throws {
        let fixture = try await TicketsFixture()
        defer { fixture.pool.close() }
        let id = try await resolved(ann, fixture)
        try await look(fixture)
        #expect(try await asked(fixture).isEmpty)
        #expect(try await survey(id, fixture) == "waiting")
        // Known by now, and not how to reach her.
        try await tell([party(ann, email: nil)], fixture)
        try await look(fixture)
        #expect(try await survey(id, fixture) == "waiting")
        try await tell([party(bob), party(ann), party(ann)], fixture)
        for _ in 0..<3 { try await look(fixture) }
        try await tell([party(ann, email: "new@example.com")], fixture)
        try await pass(24 * 8, fixture)
        try await look(fixture)
        let messages = try await asked(fixture)
        #expect(messages.map(\.deduplicationKey) == ["survey:\(id):2"])
        #expect(messages.first?.address == "wang@example.com" && messages.first?.language == "zh-CN")
        #expect(messages.first?.recipientId == ann)
        #expect(try await survey(id, fixture) == "asked")
        #expect(try await fixture.sql("SELECT 1 FROM intent").isEmpty)
        #expect(fixture.parts.intents?.expired == ["survey": 0, "ticket-language": 0])
        let token = try #require(messages.first?.data["link"]?.split(separator: "/").last)
        #expect(try await fixture.send(.post, "/v1/surveys/\(token)", #"{"score":4}"#).status == 201)
        #expect(try await fixture.service.faultsOfEvents() == [])
    }

    @Test @Loop func aSurveyIsGivenUpAtItsBoundAndSaysWhy() async throws {
        let fixture = try await TicketsFixture(["SURVEY_WAIT_HOURS": "48"])
        defer { fixture.pool.close() }
        let id = try await resolved(ann, fixture)
        try await pass(47, fixture)
        try await look(fixture)
        #expect(try await survey(id, fixture) == "waiting")
        try await pass(1, fixture)
        // Told too late.
        try await tell([party(ann)], fixture)
        try await look(fixture)
        #expect(try await survey(id, fixture) == "dropped: no mail address of the customer was told in time")
        #expect(try await asked(fixture).isEmpty)
        #expect(try await fixture.sql("SELECT 1 FROM intent").isEmpty)
        #expect(fixture.parts.intents?.expired["survey"] == 1)
    }

    /// What was told in time is asked, however late somebody looks.
    @Test @Loop func aSurveyWhoseAddressCameInTimeIsAskedThoughNobodyLookedInTime() async throws {
        let fixture = try await TicketsFixture()
        defer { fixture.pool.close() }
        let id = try await resolved(ann, fixture)
        try await tell([party(ann)], fixture)
        try await pass(1000, fixture)
        try await look(fixture)
        #expect(try await survey(id, fixture) == "asked")
    }

    @Test @Loop func onlyTheResolutionThatStandsIsAskedAbout() async throws {
        let fixture = try await TicketsFixture()
        defer { fixture.pool.close() }
        let again = try await resolved(ann, fixture)
        let open = try await resolved(ann, fixture)
        let nobody = try await fixture.open()
        _ = try await fixture.send(.post, "/v1/tickets/\(nobody)/resolve")
        for id in [again, open] { _ = try await fixture.send(.post, "/v1/tickets/\(id)/reopen") }
        #expect(try await fixture.send(.post, "/v1/tickets/\(again)/resolve").status < 300)
        try await tell([party(ann)], fixture)
        try await look(fixture)
        #expect(try await asked(fixture).map(\.deduplicationKey) == ["survey:\(again):4"])
        #expect(try await survey(again, fixture) == "asked")
        #expect(try await survey(open, fixture).hasPrefix("dropped: the ticket was opened again"))
        #expect(try await survey(nobody, fixture) == "dropped: the ticket has no customer")
        #expect(try await fixture.sql("SELECT 1 FROM intent").isEmpty)
    }

    /// The address is the survivor's, of whom contacts has told long before.
    @Test @Loop func aMergeBringsTheAddress() async throws {
        let fixture = try await TicketsFixture()
        defer { fixture.pool.close() }
        try await tell([party(bob, email: "bob@b.example")], fixture)
        _ = try await resolved(ann, fixture)
        try await fixture.service.apply([PartyMerged(partyId: ann, survivorId: bob)])
        try await look(fixture)
        #expect(try await asked(fixture).map(\.address) == ["bob@b.example"])
    }

    @Test @Loop func ofAnErasedPersonNothingWaits() async throws {
        let fixture = try await TicketsFixture()
        defer { fixture.pool.close() }
        let id = try await resolved(ann, fixture)
        let other = try await resolved(bob, fixture)
        let lines = try await fixture.service.transaction { try await ticketsPersonalData.erase(ann, in: $0) }
        #expect(lines.contains(ErasureLine(table: "intent", rows: 1, action: "removed", reason: nil)))
        #expect(try await survey(id, fixture) == "dropped: customer erased")
        #expect(try await survey(other, fixture) == "waiting")
        try await tell([party(ann), party(bob)], fixture)
        try await look(fixture)
        #expect(try await asked(fixture).map(\.recipientId) == [bob])
    }

    @Test @Loop func aTicketThatOpenedItselfSaysInChineseWhatItIsAboutOnceItsCustomerIsKnown() async throws {
        let fixture = try await TicketsFixture()
        defer { fixture.pool.close() }
        let json = { (id: String, customer: String) in
            #"{"shipmentId":"\#(id)","orderId":"536365","customerNo":"\#(customer)","at":"2010-12-03T10:00:00Z"}"#
        }
        let late = try [json("s1", "17850"), json("s2", "2"), json("s3", "3")].map {
            try ModelJSON.decoder.decode(Shipment.self, from: Data($0.utf8))
        }
        try await tell([party(ExternalID.party(customerNo: "3"))], fixture)
        for _ in 0..<2 { try await fixture.pool.transaction { try ShipmentHandlers.delayed(late, $0) } }
        #expect(try await fixture.sql("SELECT 1 FROM intent").count == 2)
        try await tell([party(ann), party(bob, language: nil)], fixture)
        try await look(fixture)
        let subjects = try await fixture.sql("SELECT subject, version FROM ticket ORDER BY subject").map {
            "\(try $0.value(0) as String) \(try $0.value(1) as Int)"
        }
        #expect(
            subjects == [
                "Shipment of order 536365 is late 1", "订单 536365 的货物延误 1", "订单 536365 的货物延误 2",
            ])
        #expect(try await fixture.news().filter { $0 == "tickets.ticket.changed.v1 2" }.count == 1)
        #expect(try await fixture.sql("SELECT 1 FROM intent").isEmpty)
        #expect(try await fixture.service.faultsOfEvents() == [])
    }

    /// A ticket that somebody changes at the moment is not waited for, as he may wait for the intent.
    @Test @Loop func whatSomebodyChangesNowIsLookedAtLater() async throws {
        let fixture = try await TicketsFixture()
        defer { fixture.pool.close() }
        let shipment = try ModelJSON.decoder.decode(
            Shipment.self,
            from: Data(#"{"shipmentId":"s1","orderId":"1","customerNo":"17850","at":"2010-12-03T10:00:00Z"}"#.utf8))
        try await fixture.pool.transaction { try ShipmentHandlers.delayed([shipment], $0) }
        try await tell([party(ann)], fixture)
        try await fixture.pool.transaction { holder in
            _ = try await holder.query(Statement("test.hold", "SELECT 1 FROM ticket FOR UPDATE"))
            try await look(fixture)
        }
        #expect(try await fixture.sql("SELECT 1 FROM intent").count == 1)
        try await pass(1, fixture)
        try await look(fixture)
        #expect(try await fixture.sql("SELECT 1 FROM intent").isEmpty)
        #expect(try await fixture.sql("SELECT 1 FROM ticket WHERE subject LIKE '订单%'").count == 1)
    }
}
