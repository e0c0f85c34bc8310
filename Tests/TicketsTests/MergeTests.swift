import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import ServiceKit
import ServiceTestKit
import Testing

@testable import Tickets

@Suite struct MergeTests {
    @Test @Loop func whoeverCallsIsShownAsTheSurvivorWithTheTicketsOfBoth() async throws {
        let service = try await TestService(TicketsService.self)
        defer { service.close() }
        try await service.prepareAll(of: TicketsService.self)
        let ann = ExternalID.party(customerNo: "1"), lee = ExternalID.party(customerNo: "2")
        let parties = [
            PartyState(partyId: ann, kind: "consumer", name: "Ann"),
            PartyState(partyId: lee, kind: "consumer", name: "Lee", email: "lee@b.example"),
        ]
        try await service.transaction { CustomerHandlers.known(parties, $0) }
        for party in [ann, lee] {
            _ = try await service.make("/v1/tickets", #"{"subject":"of \#(party.text)","partyId":"\#(party.text)"}"#)
        }
        func card() async throws -> String {
            try await service.send(.get, "/v1/caller-card?mail=lee@b.example").text
        }
        func follow(_ redirect: Redirect) async throws {
            try await service.transaction { Redirects.follow([redirect], in: $0) }
        }
        #expect(try await !card().contains("of \(ann.text)"))
        try await follow(Redirect(lee, to: ann))
        let merged = try await card()
        #expect(merged.contains(#""name" : "Ann""#) && merged.contains("of \(ann.text)"), "\(merged)")
        #expect(merged.contains("of \(lee.text)"))
        let list = try await service.send(.get, "/v1/tickets?party=\(ann.text)").text
        #expect(list.contains("of \(ann.text)") && list.contains("of \(lee.text)"))
        try await follow(Redirect(lee, to: lee))
        let apart = try await card()
        #expect(apart.contains(#""name" : "Lee""#) && !apart.contains("of \(ann.text)"))
        #expect(try await service.faultsOfEvents() == [])
    }
}
