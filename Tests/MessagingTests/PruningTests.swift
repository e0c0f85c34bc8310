import EventLoop
import Postgres
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import Messaging

@Suite(.serialized) struct PruningTests {
    @Test @Loop func allStatementsFitTheSchema() async throws {
        let service = try await TestService(DeskService.self)
        defer { service.close() }
        try await service.prepareAll(of: DeskService.self)
    }

    @Test @Loop func onlyWhatIsOldGoesAndInSmallSteps() async throws {
        let service = try await TestService(DeskService.self)
        defer { service.close() }
        _ = try await service.column(
            """
            INSERT INTO inbox (id, source, grp, received_at)
            SELECT n, '/x', 'desk', now() - n * interval '1 day' FROM generate_series(1, 60) AS n RETURNING id
            """)
        _ = try await service.column(
            """
            INSERT INTO idempotency_key (key, fingerprint, status, content_type, body, created_at)
            SELECT n, '', 200, '', '', now() - n * interval '1 day' + interval '1 hour' FROM generate_series(1, 20) AS n
            RETURNING key
            """)
        let pruner = Pruner(service.context.pool, step: 7)
        try await pruner.prune()
        #expect(try await service.column("SELECT max(id::int)::text FROM inbox") == ["29"])
        #expect(try await service.column("SELECT max(key::int)::text FROM idempotency_key") == ["7"])
        #expect(pruner.pruned == 31 + 13)
        try await pruner.prune()
        #expect(pruner.pruned == 44)
    }

    @Test @Loop func aLargeInboxIsWalkedThroughByPages() async throws {
        let service = try await TestService(DeskService.self)
        defer { service.close() }
        _ = try await service.column(
            """
            INSERT INTO inbox (id, source, grp, received_at)
            SELECT n, '/x', 'desk', now() - (n % 2) * interval '31 days' FROM generate_series(1, 20000) AS n RETURNING ''
            """)
        let pages = try #require(
            Int(try await service.column("SELECT (pg_relation_size('inbox') / 8192)::text").first ?? ""))
        let pruner = Pruner(service.context.pool)
        try await pruner.prune()
        #expect(pages > 64 && pruner.pruned > 0 && pruner.pruned < 10_000)
        for _ in 0..<(pages / 64) { try await pruner.prune() }
        #expect(try await service.column("SELECT count(*)::text FROM inbox") == ["10000"])
        let statement = PruningStore.inbox.sql.replacing("$1", with: "1").replacing("$2", with: "5")
        let plan = try await service.column("EXPLAIN " + statement.replacing("$3", with: "9"))
        #expect(plan.contains { $0.contains("Tid Range Scan on inbox") }, "\(plan)")
    }
}
