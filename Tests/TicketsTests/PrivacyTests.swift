import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import ServiceKit
import ServiceTestKit
import Testing

@testable import Tickets

@Suite struct PrivacyTests {
    @Test @Loop func aPersonLeavesTicketsWithoutWords() async throws {
        let service = try await TestService(TicketsService.self)
        defer { service.close() }
        let ann = ExternalID.party(customerNo: "1"), bob = ExternalID.party(customerNo: "2")
        let parties = [
            PartyState(
                partyId: ann, kind: "consumer", name: "Ann Quill 奎尔", email: "quill@a.example", phone: "+4915112345678",
                customerNo: "K-1"),
            PartyState(partyId: bob, kind: "consumer", name: "Bob", email: "bob@b.example"),
        ]
        try await service.transaction { CustomerHandlers.known(parties, $0) }
        let ticket = try await service.make(
            "/v1/tickets", #"{"subject":"Quill asks","description":"奎尔, 4915112345678","partyId":"\#(ann.text)"}"#)
        let other = try await service.make("/v1/tickets", #"{"subject":"Bob asks","partyId":"\#(bob.text)"}"#)
        let words = ["agent": "Dear Mrs Quill", "customer": "write to quill@a.example"]
        for (sender, body) in words {
            let reply =
                #"{"body":"\#(body)","from":"\#(sender)","author":"\#(sender == "agent" ? "Smith" : "Ann Quill")"}"#
            #expect(try await service.send(.post, "/v1/tickets/\(ticket.text)/replies", reply).status == 201)
        }
        // Asks for an opinion by mail.
        #expect(try await service.send(.post, "/v1/tickets/\(ticket.text)/resolve").status < 300)
        let terms = ["Quill", "奎尔", "quill@a.example", "4915112345678"]
        for term in terms { #expect(try await !service.tables(with: term).isEmpty, "\(term)") }
        #expect(try await service.faultsOfEvents() == [])
        let lines = try await service.transaction { try await ticketsPersonalData.erase(ann, in: $0) }
        let replies = lines.first { $0.table == "reply" }
        #expect(replies?.rows == 2 && replies?.action == "blanked")
        for term in terms {
            let left = try await service.tables(with: term)
            #expect(left.isEmpty, "\(term): \(left)")
        }
        #expect(try await service.column("SELECT body FROM reply") == ["erased", "erased"])
        let shown = try await service.send(.get, "/v1/tickets/\(ticket.text)")
        #expect(shown.status == 200 && shown.text.contains("erased"))
        #expect(try await service.send(.get, "/v1/tickets/\(other.text)").text.contains("Bob asks"))
        #expect(try await service.tables(with: "bob@b.example") == ["customer"])
        // What waited to be published of the person goes out empty.
        let open =
            "SELECT count(*)::text FROM outbox WHERE key IN ('\(ticket.text)', '\(ann.text)') AND payload IS NOT NULL"
        #expect(try await service.column(open) == ["0"])
    }
}
