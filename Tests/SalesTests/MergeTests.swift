import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import ServiceKit
import ServiceTestKit
import Testing

@testable import Sales

@Suite struct MergeTests {
    private let ann = ExternalID.party(customerNo: "1")
    private let lee = ExternalID.party(customerNo: "2")

    @Test @Loop func mergesOrdersAndUndosCommute() async throws {
        typealias Step = @Loop (TestService) async throws -> Void
        func order(_ id: String, _ customer: String, _ total: String, _ day: String) -> Step {
            { service in
                let entry = LedgerEntry(
                    .order, try .order(id, customer: customer, at: "\(day)T08:00:00Z", total: total))
                try await service.transaction { try await AccountHandlers.apply([entry], $0) }
            }
        }
        let merge: Step = { service in
            try await service.transaction { try await AccountHandlers.apply([.redirect(Redirect(lee, to: ann))], $0) }
        }
        let undo: Step = { service in
            try await service.transaction { try await AccountHandlers.apply([.redirect(Redirect(lee, to: lee))], $0) }
        }
        let first = order("A", "1", "10", "2011-01-05"), second = order("B", "2", "5", "2011-03-05")
        func end(_ steps: [Step]) async throws -> [String] {
            let service = try await TestService(SalesService.self)
            defer { service.close() }
            for step in steps { try await step(service) }
            return try await service.column(
                """
                SELECT concat_ws(' ', account_id, orders, revenue, last_order_at::date) FROM account_revenue
                WHERE orders > 0 ORDER BY 1
                """)
        }
        let merged = ["\(ann.text) 2 150000 2011-03-05"]
        #expect(try await end([first, second, merge]) == merged)
        #expect(try await end([merge, first, second]) == merged)
        #expect(try await end([second, merge, merge, first]) == merged)
        let apart = ["\(ann.text) 1 100000 2011-01-05", "\(lee.text) 1 50000 2011-03-05"].sorted()
        #expect(try await end([first, merge, second, undo]) == apart)
        #expect(try await end([merge, undo, first, second]) == apart)
    }

    @Test @Loop func theSurvivorStandsForBothInLists() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let parties = [(ann, "Ann"), (lee, "Lee")].map { PartyState(partyId: $0, kind: "consumer", name: $1) }
        try await service.transaction { try await AccountHandlers.apply(parties.map(AccountNews.party), $0) }
        for party in [ann, lee] {
            _ = try await service.make("/v1/opportunities", #"{"name":"of \#(party.text)","partyId":"\#(party.text)"}"#)
        }
        try await service.transaction { try await AccountHandlers.apply([.redirect(Redirect(lee, to: ann))], $0) }
        let accounts = try await service.send(.get, "/v1/accounts").text
        #expect(accounts.contains("Ann") && !accounts.contains("Lee"))
        let one = try await service.send(.get, "/v1/accounts/\(lee.text)").text
        #expect(one.contains(#""mergedInto" : "\#(ann.text)""#), "\(one)")
        let deals = try await service.send(.get, "/v1/opportunities?party=\(ann.text)").text
        #expect(deals.contains("of \(ann.text)") && deals.contains("of \(lee.text)"), "\(deals)")
        #expect(try await service.faultsOfEvents() == [])
    }
}
