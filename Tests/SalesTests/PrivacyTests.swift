import CRMModel
import EventLoop
import FoundationEssentials
import ServiceKit
import ServiceTestKit
import Testing

@testable import Sales

@Suite struct PrivacyTests {
    @Test @Loop func aPersonLeavesItsSumsOnly() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let party = ExternalID.party(customerNo: "1")
        let state = PartyState(
            partyId: party, kind: "consumer", name: "Ann Quill", email: "quill@a.example", customerNo: "1")
        let entry = LedgerEntry(.order, try .order("A", customer: "1", at: "2011-01-05T08:00:00Z"))
        try await service.transaction { transaction in
            try await AccountHandlers.apply([.party(state)], transaction)
            try await AccountHandlers.apply([entry], transaction)
        }
        _ = try await service.make("/v1/leads", #"{"name":"Quill","email":"Quill@a.example"}"#)
        _ = try await service.make("/v1/leads", #"{"name":"Bob"}"#)
        _ = try await service.make(
            "/v1/opportunities", #"{"name":"Quill","partyId":"\#(party)","lossReason":"Quill moved away"}"#)
        #expect(try await service.faultsOfEvents() == [])
        let lines = try await service.transaction { try await salesPersonalData.erase(party, in: $0) }
        #expect(lines.contains(ErasureLine(table: "lead", rows: 1, action: "removed", reason: nil)))
        let left = try await service.column(
            """
            SELECT t::text FROM account t UNION ALL SELECT t::text FROM lead t UNION ALL SELECT t::text FROM account_revenue t
            UNION ALL SELECT t::text FROM opportunity t
            """)
        #expect(left.count == 4 && !left.joined().lowercased().contains("quill"), "\(left)")
    }
}
