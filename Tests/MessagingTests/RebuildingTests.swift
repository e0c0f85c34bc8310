import CRMModel
import EventLoop
import Kafka
import Postgres
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import Messaging

@Suite(.serialized) struct RebuildingTests {
    /// What happens once while the new tables are made.
    @Loop final class Meanwhile {
        var act: (@Loop () async throws -> Void)?
    }

    /// The handlers of the desk; what is to happen meanwhile happens when the first events of the new build are applied.
    @Loop private static func rebuild(_ desk: Desk, _ meanwhile: Meanwhile) -> Rebuild {
        var subscriptions = Subscriptions([Desk.topic])
        subscriptions.on(NoteWritten.self) { events, transaction in
            let act = meanwhile.act.take()
            try await act?()
            transaction.enqueue(DeskService.insert, events.map(\.data.id), "written")
        }
        return Rebuild(
            RebuildPlan([ReadModel("note", equal: "SELECT id || kind FROM note")]), subscriptions, service: "desk",
            migrations: DeskService.migrations, kafka: desk.kafka, postgres: desk.settings)
    }

    @Test @Loop func whatTheServiceAppliesMeanwhileIsFollowedBeforeItsWritersWait() async throws {
        try await Desk.work(partitions: 2) { desk in
            let runner = desk.runner()
            try runner.start()
            for number in 0..<200 { try desk.note("a\(number)", key: "\(number)") }
            try await desk.flush()
            try await eventually("200 notes", within: .seconds(30)) { runner.statistics.applied == 200 }
            let meanwhile = Meanwhile()
            meanwhile.act = {
                for number in 0..<3000 { try desk.note("b\(number)", key: "\(number)") }
                try await desk.flush()
                try await eventually("3000 more", within: .seconds(30)) { runner.statistics.applied == 3200 }
            }
            let outcome = try await Self.rebuild(desk, meanwhile).run(isSwapping: true, isForced: false)
            await runner.stop()
            #expect(outcome.isEqual && outcome.isSwapped && outcome.messages == 3200)
            #expect(outcome.messagesWaitedFor == 0)
            #expect(try await desk.notes().count == 3200)
        }
    }

    /// Whoever writes for long keeps a rebuild waiting, which all others would wait behind; and a process that ends waits for neither.
    @Test @Loop func aLockThatDoesNotComeIsGivenUpAndSoIsARebuildWhoseProcessEnds() async throws {
        try await Desk.work(partitions: 1) { desk in
            let runner = desk.runner()
            try runner.start()
            try desk.note("a")
            try await desk.flush()
            try await eventually("the note", within: .seconds(30)) { runner.statistics.applied == 1 }
            let writer = try await PostgresConnection.open(desk.settings)
            defer { writer.close() }
            let lock = Statement("test.lock", "UPDATE note SET kind = kind")
            let waiting =
                "SELECT query_start::text FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%LOCK TABLE%'"
            func begin() -> Task<Rebuild.Outcome, any Error> {
                Task { @Loop in try await Self.rebuild(desk, Meanwhile()).run(isSwapping: true, isForced: false) }
            }
            try await writer.transaction { transaction in
                _ = try await transaction.query(lock)
                let rebuild = begin()
                try await eventually("that it waits", within: .seconds(20)) {
                    try await !desk.service.column(waiting).isEmpty
                }
                let cancelled = Loop.now
                rebuild.cancel()
                await #expect(throws: (any Error).self) { try await rebuild.value }
                #expect(Loop.now - cancelled < .seconds(3))
            }
            var rebuild: Task<Rebuild.Outcome, any Error>?
            try await writer.transaction { transaction in
                _ = try await transaction.query(lock)
                rebuild = begin()
                try await eventually("that it waits", within: .seconds(20)) {
                    try await !desk.service.column(waiting).isEmpty
                }
                let first = try await desk.service.column(waiting)
                try await eventually("that it gives up", within: .seconds(20)) {
                    try await desk.service.column(waiting) != first
                }
            }
            let outcome = try await rebuild?.value
            await runner.stop()
            #expect(outcome?.isSwapped == true)
        }
    }

    /// Much may have come since that the service has not applied, and so is not to be applied here either.
    @Test @Loop func whatLiesBehindTheEndIsPassedOverWithoutHoldingTheLoop() async throws {
        try await Desk.work(partitions: 1) { desk in
            let text = String(repeating: "x", count: 500)
            for number in 0..<40_000 { try desk.note("n\(number)", text: text) }
            try await desk.flush()
            let partition = TopicPartition(topic: Desk.topic.name, partition: 0)
            let reader = try BoundedReader(desk.kafka, to: [partition: 10])
            var isReady = true
            let ready = Notice()
            reader.onReady = {
                isReady = true
                ready.notify()
            }
            var end: Int64 = -1
            reader.onEnd = { end = $1 }
            try reader.assign([partition: 0])
            var found = 0
            var polls = 0
            let deadline = Loop.now + .seconds(30)
            // Until nothing has come for a while.
            while Loop.now < deadline, try await ready.wait(until: { isReady }, atMost: .seconds(2)) {
                isReady = false
                let records = reader.poll(limit: 500, byteLimit: 1 << 20)
                isReady = isReady || !records.isEmpty
                found += records.count
                polls += 1
            }
            await reader.close(within: .seconds(5))
            #expect(found == 10 && end == 10)
            // No call has read on by itself for as long as there was something.
            #expect(polls > 40_000 / 500)
        }
    }

    /// A server frees the claim of one that has ended only once it has noticed that: whoever comes right behind it waits so long.
    @Test @Loop func whoComesRightBehindAnotherWaitsUntilItsClaimIsFree() async throws {
        try await Desk.work(partitions: 1) { desk in
            let runner = desk.runner()
            try runner.start()
            try desk.note("a")
            try await desk.flush()
            try await eventually("the note", within: .seconds(30)) { runner.statistics.applied == 1 }
            await runner.stop()
            let before = try await PostgresConnection.open(desk.settings.named("rebuild"))
            _ = try await before.transaction { try await $0.query(RebuildStore.claim) }
            _ = Loop.after(.milliseconds(800)) { before.close() }
            let outcome = try await Self.rebuild(desk, Meanwhile()).run(isSwapping: false, isForced: false)
            #expect(outcome.isEqual)
        }
    }
}
