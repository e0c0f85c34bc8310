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
}
