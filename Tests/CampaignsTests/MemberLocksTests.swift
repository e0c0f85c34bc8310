import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Postgres
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import Campaigns

@Suite struct MemberLocksTests {
    private static let waiting = """
        SELECT 1::text FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
        """

    @Loop private func order(_ id: String, _ customer: String) throws -> MemberNews {
        .document(LedgerEntry(.order, try .order(id, customer: customer, at: "2011-01-01T00:00:00Z", lines: [])))
    }

    /// Who hears of orders only waits for a member whom another makes, and holds none meanwhile for whom the other waits.
    @Test @Loop func whoTellsOneKindAndWhoTellsSeveralMeetInNoCircle() async throws {
        let service = try await TestService(CampaignsService.self)
        defer { service.close() }
        let numbers = ["1", "2"].sorted { ExternalID.party(customerNo: $0) < ExternalID.party(customerNo: $1) }
        let parties = numbers.map { ExternalID.party(customerNo: $0) }
        let news = try NewsHandlers(service.context)
        try await service.transaction { try await news.apply([try order("o1", numbers[0])], $0) }
        let other = try await PostgresConnection.open(service.options)
        defer { other.close() }
        let orders = [try order("o2", numbers[0]), try order("o3", numbers[1])]
        var one: Task<Void, any Error>?
        try await other.transaction { transaction in
            _ = try await transaction.query(MemberStore.addMissing, parties)
            one = Task { @Loop in try await service.transaction { try await news.apply(orders, $0) } }
            try await eventually("it waits") { try await service.column(Self.waiting) == ["1"] }
            _ = try await transaction.query(MemberStore.lock, parties)
        }
        try await one?.value
        let counts = try await service.column("SELECT orders::text FROM member ORDER BY party_id")
        #expect(counts == ["2", "1"])
    }
}
