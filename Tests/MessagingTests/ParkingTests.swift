import CRMModel
import EventLoop
import Kafka
import Postgres
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import Messaging

@Suite(.serialized) struct ParkingTests {
    /// Keys whose notes are sent back.
    @Loop final class Gate {
        var closed: Set<String> = []
        var namesKeys = true
    }

    @Loop static func runner(_ desk: Desk, _ gate: Gate, batchLimit: Int = 500) -> ConsumerRunner {
        var subscriptions = Subscriptions([Desk.topic])
        subscriptions.on(NoteWritten.self) { events, transaction in
            transaction.enqueue(DeskService.insert, events.map(\.data.id), "written")
            let early = Set(events.map(\.event.key)).intersection(gate.closed)
            if !early.isEmpty { throw NotYet("not known yet", keys: gate.namesKeys ? early : []) }
        }
        let runner = ConsumerRunner(
            subscriptions, group: "desk", kafka: desk.kafka, postgres: desk.settings, batchLimit: batchLimit)
        runner.parking.firstPause = .milliseconds(20)
        runner.parking.longestPause = .milliseconds(100)
        return runner
    }

    @Test(arguments: [true, false]) @Loop func aParkedKeyKeepsItsOrderAndTheOthersFlow(namesKeys: Bool) async throws {
        try await Desk.work(partitions: 2) { desk in
            let gate = Gate()
            gate.closed = ["k1"]
            gate.namesKeys = namesKeys
            let runner = Self.runner(desk, gate, batchLimit: 20)
            try runner.start()
            for number in 0..<60 { try desk.note("n\(number)", key: "k\(number % 3)") }
            try await desk.flush()
            try await eventually("the others", within: .seconds(30)) { try await desk.notes().count == 40 }
            try await eventually("all of the key is parked", within: .seconds(10)) {
                try await desk.service.column("SELECT count(*)::text FROM parked_message") == ["20"]
            }
            #expect(try await desk.service.column("SELECT key || attempt::text FROM parked_key") != [])
            gate.closed = []
            try await eventually("the parked key", within: .seconds(20)) { try await desk.notes().count == 60 }
            try await eventually("the key is free", within: .seconds(10)) { runner.statistics.parkedKeys == 0 }
            for number in 60..<66 { try desk.note("n\(number)", key: "k1") }
            try await desk.flush()
            try await eventually("the key flows", within: .seconds(10)) { try await desk.notes().count == 66 }
            await runner.stop()
            let own = try await desk.notes().compactMap { Int($0.dropFirst()) }.filter { $0 % 3 == 1 || $0 >= 60 }
            #expect(own == own.sorted() && own.count == 26)
            #expect(
                try await desk.service.column("SELECT key FROM parked_key UNION SELECT key FROM parked_message") == [])
            #expect(try await desk.service.column("SELECT id::text FROM dead_letter") == [])
        }
    }

    /// A batch that fits behind another process's is refused where that one has parked something of which this knows nothing.
    @Test @Loop func whoKnowsOfNothingParkedMovesNoOffsetBehindIt() async throws {
        let service = try await TestService(DeskService.self)
        defer { service.close() }
        @Loop func move(_ statement: Statement, _ part: Int, from: Int) async throws {
            _ = try await service.transaction { $0.enqueue(statement, "desk", ["t"], [part], [from], [from + 1]) }
        }
        _ = try await service.transaction { transaction in
            transaction.enqueue(ConsumerStore.addMissing, "desk", ["t", "t"], [0, 1])
            transaction.enqueue(ConsumerStore.addMissing, "other", ["t"], [1])
            transaction.enqueue(ParkingStore.parkKeys, "desk", ["t"], [1], ["k"], ["not known yet"], 1000)
            transaction.enqueue(ParkingStore.parkKeys, "other", ["t"], [0], ["k"], ["not known yet"], 1000)
        }
        try await move(ConsumerStore.moveUnparked, 0, from: -1)
        let error = await #expect(throws: PostgresError.self) {
            try await move(ConsumerStore.moveUnparked, 1, from: -1)
        }
        #expect(error?.isMovedOffset == true)
        try await move(ConsumerStore.move, 1, from: -1)
        #expect(
            try await service.column("SELECT next_offset::text FROM consumer_offset WHERE grp = 'desk' ORDER BY part")
                == ["0", "0"])
    }

    @Test @Loop func anotherProcessGoesOnWithWhatIsParked() async throws {
        try await Desk.work(partitions: 1) { desk in
            let gate = Gate()
            gate.closed = ["灯"]
            let first = Self.runner(desk, gate)
            try first.start()
            for number in 0..<5 { try desk.note("n\(number)", key: "灯") }
            try desk.note("other", key: "x")
            try await desk.flush()
            try await eventually("the other", within: .seconds(30)) { try await desk.notes() == ["other"] }
            await first.stop()
            gate.closed = []
            let second = Self.runner(desk, gate)
            try second.start()
            try await eventually("the key", within: .seconds(30)) { try await desk.notes().count == 6 }
            await second.stop()
            #expect(try await desk.notes() == ["other", "n0", "n1", "n2", "n3", "n4"])
        }
    }

    @Test @Loop func whatIsRefusedForEverBecomesADeadLetterAndTheKeyGoesOn() async throws {
        try await Desk.work(partitions: 1) { desk in
            let gate = Gate()
            gate.closed = ["k"]
            let runner = Self.runner(desk, gate)
            runner.parking.attempts = 3
            try runner.start()
            try desk.note("n0", key: "k")
            try await desk.flush()
            try await eventually("the dead letter", within: .seconds(30)) { runner.statistics.dead == 1 }
            try desk.note("poison1", key: "k")
            try desk.note("n2", key: "k")
            gate.closed = []
            try await desk.flush()
            try await eventually("the next", within: .seconds(30)) { try await desk.notes() == ["n2"] }
            await runner.stop()
            let dead = "SELECT off || ' ' || error_class FROM dead_letter ORDER BY off"
            #expect(try await desk.service.column(dead) == ["0 parked", "1 sql-23514"])
            #expect(runner.statistics.deadByClass == ["parked": 1, "sql-23514": 1])
        }
    }

    @Test @Loop func tooMuchParkedStopsTheReading() async throws {
        try await Desk.work(partitions: 1) { desk in
            let gate = Gate()
            gate.closed = ["k"]
            let runner = Self.runner(desk, gate, batchLimit: 10)
            runner.parking.messageLimit = 20
            try runner.start()
            for number in 0..<100 { try desk.note("n\(number)", key: "k") }
            try await desk.flush()
            try await eventually("the limit", within: .seconds(30)) { runner.statistics.parkedMessages >= 20 }
            try await Loop.sleep(for: .milliseconds(300))
            let parked = try await desk.service.column("SELECT count(*)::text FROM parked_message")
            #expect(parked.first.flatMap { Int($0) }.map { $0 <= 40 } == true, "\(parked)")
            gate.closed = []
            try await eventually("all", within: .seconds(60)) { try await desk.notes().count == 100 }
            await runner.stop()
            #expect(try await desk.notes() == (0..<100).map { "n\($0)" })
        }
    }

    @Test func headersComeBackAsTheyWere() {
        let headers: [(name: String, value: [UInt8])] = [("a", []), ("", [0, 255]), ("灯", Array("x".utf8))]
        let back = RawHeaders.decode(RawHeaders.encode(headers))
        #expect(back.map(\.name) == headers.map(\.name) && back.map(\.value) == headers.map(\.value))
        #expect(RawHeaders.decode([]).isEmpty && RawHeaders.decode([0, 0, 0, 9, 1]).isEmpty)
    }

    @Test func pausesGrowToTheirBound() {
        let policy = ParkingPolicy()
        #expect(
            (0...40).map { policy.pause(after: $0) { $0.upperBound } }.prefix(10) == [
                1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 128_000, 256_000, 300_000,
            ])
        #expect(policy.pause(after: 60) { $0.upperBound } == 300_000)
        #expect(policy.pause(after: 3) { $0.lowerBound } == 1)
    }
}
