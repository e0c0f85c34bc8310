import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Kafka
import Postgres
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import Messaging

/// Sessions of clients that stand still are ended, whatever they hold and wherever they stopped, and nobody else's.
@Suite(.serialized) struct SessionWatchTests {
    private static func statement(_ sql: String) -> Statement { Statement("test.\(sql.hashValue)", sql) }

    @Loop private static func pids(_ desk: TestService, like name: String) async throws -> Int {
        try await desk.column("SELECT pid::text FROM pg_stat_activity WHERE application_name LIKE '\(name)'").count
    }

    private static func touch(_ row: String) -> String { "UPDATE locked SET n = n + 1 WHERE id = '\(row)'" }

    /// All at once, as each takes the watch's whole patience.
    @Test @Loop func whoStandsStillIsEndedAndWhoWorksOrWaitsIsNot() async throws {
        let service = try await TestService(DeskService.self)
        defer { service.close() }
        try await service.transaction {
            $0.enqueue(Self.statement("CREATE TABLE locked (id text PRIMARY KEY, n int NOT NULL)"))
            $0.enqueue(
                Self.statement(
                    "INSERT INTO locked SELECT x, 0 FROM unnest(ARRAY['pipeline','midMessage','afterBegin','unreadAnswer',"
                        + "'slow','beating','person','other']) x"))
        }
        @Loop func client(_ name: String) throws -> FrozenClient {
            try FrozenClient(service.options.url, schema: "desk", name: name)
        }
        var frozen: [FrozenClient.Place: FrozenClient] = [:]
        for place in FrozenClient.Place.allCases {
            let one = try client("test 2 (\(place))")
            try one.stop(behind: place == .idle ? "SELECT pg_advisory_lock(7, 7)" : Self.touch("\(place)"), at: place)
            frozen[place] = one
        }
        // Not ours to end: a person, and another service under the same role.
        let (person, other) = (try client("psql"), try client("testament 1 (pool)"))
        try person.stop(behind: Self.touch("person"), at: .afterBegin)
        try other.stop(behind: Self.touch("other"))
        let living = try await Self.living(service.options)
        let watch = SessionWatch(over: "test", postgres: service.options)
        var said: [String] = []
        watch.onProblem = { said.append($0) }
        let begin = Loop.now
        watch.start()
        // Each of the rows is waited for.
        let waiters = try await Self.waiters(
            ["pipeline", "midMessage", "afterBegin", "unreadAnswer"].map(Self.touch) + [
                "SELECT pg_advisory_lock(7, 7)"
            ],
            service.options)
        for (place, waiter) in zip(["pipeline", "midMessage", "afterBegin", "unreadAnswer", "idle"], waiters) {
            let freed = try await waiter.value - begin
            #expect(freed > .seconds(3.9) && freed < .seconds(9), "\(place) after \(freed)")
        }
        for (place, one) in frozen {
            #expect(one.findsItsEnd(), "\(place)")
            one.close()
        }
        for work in living { #expect(try await work.value) }
        #expect(watch.statistics.ended == FrozenClient.Place.allCases.count)
        for name in ["psql", "testament%"] { #expect(try await Self.pids(service, like: name) == 1, "\(name)") }
        watch.stop()
        person.close()
        other.close()
        let ends = said.filter { $0.contains("ended the session") }
        #expect(ends.count == frozen.count && ends.allSatisfy { $0.contains("for it waited test (waiter)") }, "\(said)")
        #expect(ends.contains { $0.contains("test 2 (pipeline)") && $0.contains("a transaction since") })
        #expect(ends.contains { $0.contains("test 2 (idle)") && $0.contains("advisory lock 7") })
        #expect(said.filter { $0.contains("not ours to end") && $0.contains("psql") }.count == 1, "\(said)")
        #expect(said.count == ends.count + 1, "\(said)")
    }

    /// What waits for each of some locks; answers when it had it.
    @Loop private static func waiters(
        _ statements: [String], _ settings: PostgresSettings
    ) async throws -> [Task<Duration, any Error>] {
        var tasks: [Task<Duration, any Error>] = []
        for sql in statements {
            let connection = try await PostgresConnection.open(settings.named("waiter"))
            tasks.append(
                Task { @Loop in
                    defer { connection.close() }
                    _ = try await connection.transaction { try await $0.query(statement(sql)) }
                    return Loop.now
                })
        }
        return tasks
    }

    /// A slow statement, a transaction whose client thinks, and a lock that is held between transactions; each answers whether it was
    /// left alone for ten seconds.
    @Loop private static func living(_ settings: PostgresSettings) async throws -> [Task<Bool, any Error>] {
        let (slow, thinking) = (
            try await PostgresConnection.open(settings.named("slow")),
            try await PostgresConnection.open(settings.named("thinking"))
        )
        let holder = try await PostgresConnection.open(settings.named("holder"))
        return [
            Task { @Loop in
                defer { slow.close() }
                try await slow.transaction { transaction in
                    transaction.enqueue(statement(touch("slow")))
                    _ = try await transaction.query(statement("SELECT pg_sleep(10)"))
                }
                return slow.isOpen
            },
            Task { @Loop in
                defer { thinking.close() }
                try await thinking.transaction { transaction in
                    _ = try await transaction.query(statement(touch("beating")))
                    try await Loop.sleep(for: .seconds(10))
                }
                return thinking.isOpen
            },
            Task { @Loop in
                defer { holder.close() }
                _ = try await holder.transaction { try await $0.query(statement("SELECT pg_advisory_lock(8, 8)")) }
                holder.holdsLocks = true
                try await Loop.sleep(for: .seconds(10))
                let again = try await holder.transaction {
                    try await $0.query(
                        statement("SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND objid = 8"))
                }
                return try again.first?.value(0) as Int? == 1
            },
        ]
    }

    /// What nobody waits for too: timers and queues are passed over, reports, rebuilds and leads are tried again.
    @Test @Loop func everyKindOfWorkGoesOnAfterTheWatchsPatience() async throws {
        try await Desk.work(partitions: 1) { desk in
            try await desk.service.transaction { transaction in
                for key in ["a", "b"] {
                    Timers.set(kind: "bell", key: key, dueAt: Date(timeIntervalSinceNow: -1), in: transaction)
                }
                transaction.enqueue(ConsumerStore.addMissing, "desk", ["desk"], [0])
            }
            let url = desk.settings.url
            var frozen: [FrozenClient] = []
            @Loop func freeze(_ sql: String, _ place: FrozenClient.Place = .pipeline) throws {
                let one = try FrozenClient(url, schema: "desk", name: "test 2 (\(frozen.count))")
                try one.stop(behind: sql, at: place)
                frozen.append(one)
            }
            try freeze("DELETE FROM timer WHERE id IN (SELECT id FROM timer FOR UPDATE SKIP LOCKED)")
            try freeze("SELECT pg_try_advisory_xact_lock(43, hashtext(current_schema() || 'report'))")
            try freeze(RebuildStore.claim.sql, .idle)
            try freeze(RelayStore.lead.sql.replacing("$1::bigint[]", with: "'{}'::bigint[]"), .idle)
            try freeze("UPDATE consumer_offset SET next_offset = next_offset")
            let watch = SessionWatch(over: "test", postgres: desk.settings)
            watch.start()
            let timers = TimerRunner(desk.service.context.pool, ["bell": { _, _ in }])
            timers.start()
            let relay = Relay(source: "/desk", kafka: desk.kafka, postgres: desk.settings)
            relay.start()
            try desk.note("n1")
            try await desk.flush()
            let runner = desk.runner()
            try runner.start()
            let begin = Loop.now
            try await Loop.sleep(for: .seconds(2))
            #expect(timers.fired == 0 && !relay.isLeading && runner.statistics.applied == 0)
            let connection = try await PostgresConnection.open(desk.settings)
            let report = Self.statement("SELECT pg_try_advisory_xact_lock(43, hashtext(current_schema() || 'report'))")
            try await eventually("a report", within: .seconds(10)) {
                try await connection.transaction { try await $0.query(report)[0].value(0) }
            }
            try await eventually("a rebuild's claim", within: .seconds(10)) {
                try await connection.transaction { try await $0.query(RebuildStore.claim)[0].value(0) }
            }
            try await eventually("timers", within: .seconds(10)) { timers.fired == 2 }
            try await eventually("the lead", within: .seconds(10)) { relay.isLeading }
            try await eventually("the consumer", within: .seconds(10)) { try await desk.notes() == ["n1"] }
            #expect(Loop.now - begin < .seconds(10), "\(Loop.now - begin)")
            #expect(watch.statistics.ended == frozen.count)
            await runner.stop()
            await relay.stop()
            await timers.stop()
            watch.stop()
            connection.close()
            for one in frozen {
                #expect(one.findsItsEnd())
                one.close()
            }
        }
    }

    @Test @Loop func looksAreCountedInARowAndAGapBeginsAnew() {
        func one(_ token: String, pid: Int = 1) -> WatchedSession {
            WatchedSession(pid: pid, name: "test", token: token, holds: "a transaction", blocks: "")
        }
        func ended(_ looks: [(at: Double, took: Double, [WatchedSession])]) -> [Int] {
            var standing = StandingSessions()
            return looks.map { at, took, found in
                standing.take(found, asked: .seconds(at), answered: .seconds(at + took), patience: 3).count
            }
        }
        #expect(
            ended([(0, 0, [one("a")]), (1, 0, [one("a")]), (2, 0, [one("a")]), (3, 0, [one("a")])]) == [0, 0, 1, 1])
        // It moves, or is not there, or is another one.
        #expect(
            ended([(0, 0, [one("a")]), (1, 0, [one("a")]), (2, 0, [one("b")]), (3, 0, [one("b")])]) == [0, 0, 0, 0])
        #expect(ended([(0, 0, [one("a")]), (1, 0, [one("a")]), (2, 0, []), (3, 0, [one("a")])]) == [0, 0, 0, 0])
        #expect(ended([(0, 0, [one("a")]), (1, 0, [one("a")]), (2, 0, [one("a", pid: 2)])]) == [0, 0, 0])
        // The watch itself was away, between two looks or in one.
        #expect(
            ended([(0, 0, [one("a")]), (1, 0, [one("a")]), (4, 0, [one("a")]), (5, 0, [one("a")])]) == [0, 0, 0, 0])
        #expect(
            ended([(0, 0, [one("a")]), (1, 0, [one("a")]), (2, 9, [one("a")]), (12, 0, [one("a")])]) == [0, 0, 0, 0])
        // What it read late is no look.
        #expect(ended([(0, 9, [one("a")]), (10, 0, [one("a")]), (11, 0, [one("a")])]) == [0, 0, 0])
    }

    @Test func sessionsSayServiceProcessAndPurpose() throws {
        func name(_ instance: String?, _ purpose: String) throws -> String {
            var given = ["DATABASE_URL": "postgresql:///x", "KAFKA_BROKERS": "b:1"]
            given["INSTANCE"] = instance
            return try ServiceOptions(service: "sales", Settings(given)).postgres.named(purpose).applicationName
        }
        #expect(try name("2", "relay") == "rapport sales 2 (relay)")
        let own = try name(nil, "pool")
        #expect(own.hasPrefix("rapport sales ") && own.hasSuffix("-\(getpid()) (pool)"), "\(own)")
        let long = try name(String(repeating: "x", count: 90), "consumer")
        #expect(long.utf8.count == 63 && long.hasSuffix("x (consumer)"), "\(long)")
    }

    /// A client of the HTTP surface whose session was ended hears that it may try again.
    @Test @Loop func whoseSessionIsEndedMayTryAgain() async throws {
        let service = try await TestService(DeskService.self)
        defer { service.close() }
        let mine = Self.statement("SELECT pg_backend_pid()::bigint")
        let end = Self.statement("SELECT pg_terminate_backend($1::int)")
        let killer = try await PostgresConnection.open(service.options)
        defer { killer.close() }
        // In a statement, and between two, noticed or not.
        for (sleeps, pause) in [(true, Duration.zero), (false, .milliseconds(300)), (false, .zero)] {
            let error = await #expect(throws: PostgresError.self) {
                try await service.transaction { transaction in
                    let pid: Int = try await transaction.query(mine)[0].value(0)
                    if sleeps {
                        let answer = transaction.enqueue(Self.statement("SELECT pg_sleep(20)"))
                        transaction.flush()
                        try await Loop.sleep(for: .milliseconds(200))
                        _ = try await killer.transaction { try await $0.query(end, pid) }
                        _ = try await answer.wait()
                    } else {
                        _ = try await killer.transaction { try await $0.query(end, pid) }
                        try await Loop.sleep(for: pause)
                        _ = try await transaction.query(DeskService.insert, ["x"], "written")
                    }
                }
            }
            #expect(error?.verdict == .retry && error?.problem.status == .unavailable, "\(String(describing: error))")
            #expect(error?.problem.headers["retry-after"] == "1")
        }
        #expect(try await service.column("SELECT id FROM note").isEmpty)
    }
}
