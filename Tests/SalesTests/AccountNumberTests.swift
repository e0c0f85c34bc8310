import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import ServiceKit
import ServiceTestKit
import Testing

@testable import Sales

/// The ERP's number of an account is its own, never that of an account that is merged into it.
@Suite struct AccountNumberTests {
    private let alpha = PartyState(partyId: UUID.v7(), kind: "consumer", name: "Alpha")
    private let beta = ExternalID.party(customerNo: "C-9")

    @Loop private func number(_ service: TestService) async throws -> [String] {
        try await service.column("SELECT customer_no FROM account WHERE id = '\(alpha.partyId.text)'")
    }

    @Test @Loop func anOrderOfAMergedPartyThatComesFirstGivesTheSurvivorNoNumber() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        try await service.transaction {
            try await AccountHandlers.apply([.redirect(Redirect(beta, to: alpha.partyId))], $0)
        }
        let entry = LedgerEntry(.order, try .order("A", customer: "C-9", at: "2011-01-05T08:00:00Z", total: "10"))
        try await service.transaction { try await AccountHandlers.apply([entry], $0) }
        try await service.transaction { try await AccountHandlers.apply([.party(alpha)], $0) }
        #expect(try await number(service) == ["null"])
    }

    /// Contacts tells parties whole: what it does not say any more is not so.
    @Test @Loop func aNumberThatWasToldWronglyIsTakenBack() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        var wrong = alpha
        wrong.customerNo = "C-9"
        try await service.transaction { try await AccountHandlers.apply([.party(wrong)], $0) }
        try await service.transaction { try await AccountHandlers.apply([.party(alpha)], $0) }
        #expect(try await number(service) == ["null"])
    }
}
