import EventLoop
import FoundationEssentials
import Postgres
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import Messaging

@Suite(.serialized) struct TimerTests {
    /// What timers did.
    @Loop final class Fired {
        var keys: [String] = []
    }

    /// How far a timer that fired was before its time, as the database's clock has it.
    private static let note = Statement(
        "test.fired",
        "INSERT INTO note (id, kind) SELECT k, CASE WHEN d > clock_timestamp() THEN 'early' ELSE 'due' END"
            + " FROM unnest($1::text[], $2::timestamptz[]) AS n(k, d)")

    @Loop private static func work(_ body: @Loop (TestService) async throws -> Void) async throws {
        let service = try await TestService(DeskService.self)
        do { try await body(service) } catch { Issue.record(error) }
        service.close()
    }

    @Loop private static func runner(_ service: TestService) -> TimerRunner {
        TimerRunner(
            service.context.pool,
            [
                "ring": { due, transaction in
                    transaction.enqueue(note, due.map(\.key), due.map(\.dueAt))
                    if due.contains(where: { $0.key.hasPrefix("refused") }) { throw Refused() }
                }
            ])
    }

    @Loop private static func set(_ service: TestService, _ key: String, in milliseconds: Int) async throws {
        try await service.transaction { transaction in
            Timers.set(
                kind: "ring", key: key, dueAt: Date().addingTimeInterval(Double(milliseconds) / 1000), in: transaction)
        }
    }

    @Test @Loop func eachFiresOnceAndNotEarlyWithTwoAtWork() async throws {
        try await Self.work { service in
            let runners = [Self.runner(service), Self.runner(service)]
            for runner in runners { runner.start() }
            for number in 0..<40 { try await Self.set(service, "t\(number)", in: number * 15) }
            try await Self.set(service, "moved", in: 60_000)
            try await Self.set(service, "moved", in: 50)
            try await Self.set(service, "cancelled", in: 400)
            try await service.transaction { Timers.cancel(kind: "ring", key: "cancelled", in: $0) }
            for runner in runners { runner.wake() }
            try await eventually("all", within: .seconds(20)) {
                try await service.column("SELECT id FROM note").count >= 41
            }
            try await Loop.sleep(for: .milliseconds(300))
            for runner in runners { await runner.stop() }
            #expect(try await service.column("SELECT id FROM note WHERE kind = 'early'") == [])
            let fired = try await service.column("SELECT id FROM note")
            #expect(fired.count == 41 && Set(fired).count == 41 && fired.contains("moved"))
            #expect(runners.reduce(0) { $0 + $1.fired } == 41)
        }
    }

    @Test @Loop func whatWasDueBeforeTheLifeIsPastThoughATwinThatHeldItDies() async throws {
        try await Self.work { service in
            try await Self.set(service, "before", in: -60_000)
            let ways = Ways()
            let runner = TimerRunner(
                service.context.pool,
                ["ring": { due, transaction in for one in due { ways.found[one.key] = transaction.isPast } }])
            runner.life = Life(epoch: 5, cause: .restored, begunAt: Date.now.addingTimeInterval(-1))
            let twin = try await PostgresConnection.open(service.options)
            let taken = Task { @Loop in
                try await twin.transaction { transaction in
                    _ = try await transaction.query(
                        Statement("test.hold", "SELECT 1 FROM timer WHERE key = 'before' FOR UPDATE"))
                    try await Loop.sleep(for: .seconds(60))
                }
            }
            try await Loop.sleep(for: .milliseconds(200))
            runner.start()
            try await Loop.sleep(for: .milliseconds(500))
            try await Self.set(service, "since", in: 0)
            runner.wake()
            try await eventually("the later one") { ways.found["since"] != nil }
            taken.cancel()
            twin.close()
            try await eventually("the earlier one") { ways.found["before"] != nil }
            await runner.stop()
            #expect(ways.found == ["before": true, "since": false])
        }
    }

    /// Which timers fired, and whether each as past.
    @Loop final class Ways { var found: [String: Bool] = [:] }

    @Test @Loop func whatFailsInCompanyAndAloneIsPutAside() async throws {
        try await Self.work { service in
            for key in ["a", "refused", "poison", "b"] { try await Self.set(service, key, in: 0) }
            let runner = Self.runner(service)
            var problems = 0
            runner.onProblem = { _ in problems += 1 }
            runner.start()
            try await eventually("all", within: .seconds(20)) {
                try await service.column("SELECT key FROM timer").isEmpty
            }
            // Nothing will end what they stood for, unless an operator does.
            try await eventually("overdue", within: .seconds(10)) { runner.late == 2 }
            _ = try await service.column("UPDATE dead_letter SET status = 'discarded' RETURNING 'x'")
            try await eventually("dealt with", within: .seconds(10)) { runner.late == 0 }
            await runner.stop()
            #expect(try await service.column("SELECT id FROM note ORDER BY id") == ["a", "b"])
            let dead = "SELECT event_type || ' ' || error_class FROM dead_letter ORDER BY event_type"
            #expect(try await service.column(dead) == ["ring:poison PostgresError", "ring:refused Refused"])
            #expect(runner.buried == 2 && problems == 2)
        }
    }

    @Test @Loop func oneThatFailsMakesTheOthersOfItsBatchFireOnceMoreAndNoOftener() async throws {
        try await Self.work { service in
            try await service.transaction { transaction in
                for number in 0..<100 {
                    Timers.set(
                        kind: "ring", key: number == 99 ? "refused" : "t\(number)",
                        dueAt: Date(timeIntervalSinceNow: Double(number - 200)), in: transaction)
                }
            }
            var tried = 0
            let runner = TimerRunner(
                service.context.pool,
                [
                    "ring": { due, _ in
                        tried += due.count
                        if due.contains(where: { $0.key == "refused" }) { throw Refused() }
                    }
                ])
            runner.start()
            try await eventually("all", within: .seconds(20)) { runner.fired + runner.buried == 100 }
            await runner.stop()
            #expect(tried == 200)
            #expect(runner.buried == 1)
        }
    }

    @Test @Loop func aLostDatabaseIsWaitedFor() async throws {
        try await Self.work { service in
            // Due when all are set: one that was set again after it fired would fire again.
            for number in 0..<20 { try await Self.set(service, "t\(number)", in: 1500 + number * 20) }
            let runner = Self.runner(service)
            runner.start()
            let kill = "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            var cuts = 0
            try await eventually("all", within: .seconds(60)) {
                // A connection that was cut is noticed by whoever uses it next.
                if cuts < 12 {
                    cuts += 1
                    _ = try? await service.column(kill + " AND datname = current_database()")
                    try await Loop.sleep(for: .milliseconds(200))
                }
                return ((try? await service.column("SELECT id FROM note")) ?? []).count >= 20
            }
            await runner.stop()
            try await eventually("a connection", within: .seconds(20)) {
                (try? await service.column("SELECT id FROM note")) != nil
            }
            let fired = try await service.column("SELECT id FROM note")
            #expect(fired.count == 20 && Set(fired).count == 20)
            #expect(try await service.column("SELECT id::text FROM dead_letter") == [])
        }
    }
}
