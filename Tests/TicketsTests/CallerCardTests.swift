import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit
import ServiceTestKit
import Testing

@testable import Tickets

/// Whoever calls or writes is found by any of his numbers and addresses.
@Suite struct CallerCardTests {
    @Test @Loop func everyNumberAndAddressLeadsToTheCustomer() async throws {
        let fixture = try await TicketsFixture()
        defer { fixture.pool.close() }
        let id = UUID.v7()
        var party = PartyState(
            partyId: id, kind: "consumer", name: "王芳", email: "w@home.example", phone: "+8613800138000")
        party.emails = [PartyMail(address: "w@home.example"), PartyMail(address: "Wang@Work.example", label: "work")]
        party.phones = [PartyPhone(number: "+8613800138000"), PartyPhone(number: "+861012345678", label: "work")]
        try await fixture.service.apply([PartyCreated(party: party)])
        func isFound(_ query: String) async throws -> Bool {
            try await fixture.send(.get, "/v1/caller-card?\(query)").text.contains(id.text)
        }
        for query in ["mail=w@home.example", "mail=wang@work.example", "phone=13800138000", "phone=01012345678"] {
            #expect(try await isFound(query), "\(query)")
        }
        #expect(try await !isFound("mail=x@work.example"))
        // What is not told any more leads nowhere.
        party.emails = nil
        party.phones = [PartyPhone(number: "+8613800138000"), PartyPhone(number: "+861087654321")]
        try await fixture.service.apply([PartyChanged(party: party)])
        for query in ["mail=wang@work.example", "phone=01012345678"] { #expect(try await !isFound(query), "\(query)") }
        for query in ["phone=01087654321", "mail=w@home.example"] { #expect(try await isFound(query), "\(query)") }
        // Merged into another he leads to him.
        let other = UUID.v7()
        try await fixture.service.apply([
            PartyCreated(party: PartyState(partyId: other, kind: "consumer", name: "Wang"))
        ])
        try await fixture.service.apply([PartyMerged(partyId: id, survivorId: other)])
        #expect(try await fixture.send(.get, "/v1/caller-card?phone=01087654321").text.contains(other.text))
        try await fixture.service.apply([PartyUnmerged(partyId: id)])
        try await fixture.service.apply([PartyRemoved(partyId: id)])
        #expect(try await !isFound("phone=01087654321"))
    }
}
