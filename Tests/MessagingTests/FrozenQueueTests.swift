import EventLoop
import Postgres
import ServiceTestKit
import TestKit
import Testing

@testable import Messaging

/// Several sessions of one process wait for one lock, and the one that has it stands still.
@Suite(.serialized) struct FrozenQueueTests {
    private static func statement(_ sql: String) -> Statement { Statement("test.\(sql.hashValue)", sql) }

    private static func touch(_ row: String) -> Statement {
        statement("UPDATE locked SET n = n + 1 WHERE id = '\(row)'")
    }

    @Loop private static func work(_ body: (TestService, SessionWatch) async throws -> Void) async throws {
        let service = try await TestService(DeskService.self)
        defer { service.close() }
        try await service.transaction {
            $0.enqueue(Self.statement("CREATE TABLE locked (id text PRIMARY KEY, n int NOT NULL)"))
            $0.enqueue(Self.statement("INSERT INTO locked VALUES ('a', 0), ('b', 0)"))
        }
        let watch = SessionWatch(over: "test", postgres: service.options)
        defer { watch.stop() }
        try await body(service, watch)
    }

    /// Raises a row once a session has its turn at it, and answers when.
    @Loop private static func waiter(
        for row: String, _ settings: PostgresSettings
    ) async throws -> Task<Duration, any Error> {
        let connection = try await PostgresConnection.open(settings)
        return Task { @Loop in
            defer { connection.close() }
            _ = try await connection.transaction { try await $0.query(touch(row)) }
            return Loop.now
        }
    }

    @Loop private static func waiting(_ service: TestService) async throws -> [String] {
        try await service.column(
            "SELECT pid::text FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
    }

    /// Each would have the lock only to stand still in its turn, for five looks more.
    @Test @Loop func aFrozenProcessLosesItsWholeQueueAtOnce() async throws {
        try await Self.work { service, watch in
            var frozen: [FrozenClient] = []
            for number in 0..<4 {
                let one = try FrozenClient(service.options.url, schema: "desk", name: "test 2 (pool \(number))")
                try one.stop(behind: Self.touch("a").sql)
                frozen.append(one)
                try await eventually("it waits") { try await Self.waiting(service).count == number }
            }
            // Works on the server, in the same process: it is left alone until it waits for its client.
            let slow = try FrozenClient(service.options.url, schema: "desk", name: "test 2 (slow)")
            try slow.stop(behind: "SELECT pg_sleep(8)")
            let twin = try await Self.waiter(for: "a", service.options.named("twin"))
            var said: [String] = []
            watch.onProblem = { said.append($0) }
            let begin = Loop.now
            watch.start()
            let waited = try await twin.value - begin
            #expect(waited > .seconds(3.9) && waited < .seconds(9), "\(waited)")
            #expect(watch.statistics.ended == 4)
            #expect(said.count == 4 && said.filter { $0.contains("what waited for a lock") }.count == 3, "\(said)")
            for one in frozen { #expect(one.findsItsEnd()) }
            #expect(try await service.column("SELECT n::text FROM locked WHERE id = 'a'") == ["1"])
            let left = "SELECT application_name FROM pg_stat_activity WHERE application_name LIKE 'test 2%'"
            #expect(try await service.column(left) == ["test 2 (slow)"])
            for one in frozen + [slow] { one.close() }
        }
    }

    /// One connection of a process that lives is gone: what waits in that process has its turn, and loses nothing.
    @Test @Loop func aProcessThatLivesKeepsItsQueue() async throws {
        try await Self.work { service, watch in
            let lost = try FrozenClient(service.options.url, schema: "desk", name: "test (lost)")
            try lost.stop(behind: Self.touch("b").sql)
            // The watch is of the same process, and its looks are the sign that this lives.
            var queue: [Task<Duration, any Error>] = []
            for number in 0..<3 {
                queue.append(try await Self.waiter(for: "b", service.options.named("pool \(number)")))
            }
            try await eventually("they wait") { try await Self.waiting(service).count == queue.count }
            watch.start()
            for one in queue { _ = try await one.value }
            #expect(watch.statistics.ended == 1)
            #expect(lost.findsItsEnd())
            #expect(try await service.column("SELECT n::text FROM locked WHERE id = 'b'") == ["3"])
            lost.close()
        }
    }
}
