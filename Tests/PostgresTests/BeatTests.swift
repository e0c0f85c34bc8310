import EventLoop
import FoundationEssentials
import TestKit
import Testing

@testable import Postgres

@Suite struct BeatTests {
    private static let pid = Statement("test.pid", "SELECT pg_backend_pid()::bigint")
    private static let start = Statement(
        "test.start",
        "SELECT extract(epoch FROM query_start)::float8, coalesce(query, '') FROM pg_stat_activity WHERE pid = $1::bigint"
    )

    @Test func aBeatIsDueWhenNothingWasSentForTwoTicksAndNothingIsOwed() {
        var beat = Beat()
        func due(_ ticks: [(sent: Int, isOwed: Bool)]) -> [Bool] {
            ticks.map { beat.isDue(sent: $0.sent, isOwed: $0.isOwed) }
        }
        #expect(
            due([(1, false), (1, false), (1, false), (1, false), (1, false)]) == [false, false, true, false, true])
        #expect(due([(2, false), (3, false), (3, false), (4, false)]) == [false, false, false, false])
        #expect(due([(4, true), (4, true), (4, true), (4, false), (4, false)]) == [false, false, false, false, true])
    }

    /// When the last statement of a session began, at each of some looks half a second apart, and which it was.
    @Loop private static func looks(
        _ count: Int, at pid: Int, _ observer: PostgresConnection
    ) async throws -> [(start: Double, text: String)] {
        var found: [(Double, String)] = []
        for _ in 0..<count {
            try await Loop.sleep(for: .milliseconds(500))
            let row = try await observer.transaction { try await $0.query(start, pid) }[0]
            found.append((try row.value(0), try row.value(1)))
        }
        return found
    }

    @Test @Loop func theServerSeesThatAClientThinks() async throws {
        let settings = PostgresSettings(url: try await TestDatabase.make("beat"), applicationName: "test")
        let (observer, client) = (
            try await PostgresConnection.open(settings), try await PostgresConnection.open(settings)
        )
        defer {
            observer.close()
            client.close()
        }
        // With what was sent answered, and with what lies unsent in the buffer.
        for isAwaited in [true, false] {
            let before = client.sent
            let seen = try await client.transaction { transaction in
                let pid: Int = try await transaction.query(Self.pid)[0].value(0)
                if !isAwaited { transaction.enqueue(Self.pid) }
                return try await Self.looks(6, at: pid, observer)
            }
            #expect(Set(seen.map(\.start)).count >= 3, "\(seen)")
            #expect(client.sent - before == (isAwaited ? 1 : 2))
        }
        // Between transactions only where a lock is held that outlives them.
        let pid: Int = try await client.transaction { try await $0.query(Self.pid)[0].value(0) }
        let idle = try await Self.looks(3, at: pid, observer)
        #expect(Set(idle.map(\.start)).count == 1)
        client.holdsLocks = true
        let held = try await Self.looks(5, at: pid, observer)
        #expect(Set(held.map(\.start)).count >= 2)
        client.holdsLocks = false
        try await Loop.sleep(for: .seconds(1))
        #expect(client.ticking == nil)
    }

    @Test @Loop func aBeatDisturbsNoStatementThatIsOwedAndNoRefusal() async throws {
        let settings = PostgresSettings(url: try await TestDatabase.make("beat"), applicationName: "test")
        let client = try await PostgresConnection.open(settings)
        defer { client.close() }
        let numbers: [Int] = try await client.transaction { transaction in
            let slow = transaction.enqueue(Statement("test.slow", "SELECT 1::bigint FROM pg_sleep(1.7)"))
            let second = transaction.enqueue(Statement("test.second", "SELECT 2::bigint"))
            try await Loop.sleep(for: .milliseconds(1700))
            let third = transaction.enqueue(Statement("test.third", "SELECT 3::bigint"))
            transaction.flush()
            try await Loop.sleep(for: .milliseconds(1700))
            return [
                try await slow.wait()[0].value(0), try await second.wait()[0].value(0),
                try await third.wait()[0].value(0),
            ]
        }
        #expect(numbers == [1, 2, 3])
        let error = await #expect(throws: PostgresError.self) {
            try await client.transaction { transaction in
                _ = try? await transaction.query(Statement("test.wrong", "SELECT 1 / 0"))
                try await Loop.sleep(for: .milliseconds(1700))
            }
        }
        #expect(error?.sqlState == "22012" && client.isOpen)
        #expect(try await client.transaction { try await $0.query(Self.pid).count } == 1)
    }
}
