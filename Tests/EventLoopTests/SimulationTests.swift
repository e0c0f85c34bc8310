import EventLoop
import TestKit
import Testing

@Suite struct SimulationTests {
    /// What tasks note, in order.
    @Loop final class Notes {
        var numbers: [Int] = []
    }

    /// Three tasks note each of their steps; the order of the notes is the schedule.
    @Loop static func race() async throws -> [Int] {
        let notes = Notes()
        let tasks = (0..<3).map { number in
            Task { @Loop in
                for _ in 0..<4 {
                    notes.numbers.append(number)
                    try await Loop.sleep(for: .milliseconds(1))
                }
            }
        }
        for task in tasks { try await task.value }
        return notes.numbers
    }

    @Test func seedRepeatsItsSchedule() throws {
        var schedules: Set<UInt64> = []
        var results: Set<[Int]> = []
        for seed in 0..<50 as Range<UInt64> {
            let first = try SimulatedLoop.trace(seed: seed, Self.race)
            let second = try SimulatedLoop.trace(seed: seed, Self.race)
            #expect(first.schedule == second.schedule)
            #expect(first.value == second.value)
            #expect(first.steps == second.steps)
            #expect(first.time == .milliseconds(4))
            schedules.insert(first.schedule)
            results.insert(first.value)
        }
        #expect(schedules.count > 45)
        #expect(results.count > 20)
    }

    @Test func timeIsVirtual() throws {
        let passed = try SimulatedLoop.run(seed: 1) {
            let begin = Loop.now
            try await Loop.sleep(for: .seconds(86_400))
            return Loop.now - begin
        }
        #expect(passed == .seconds(86_400))
    }

    @Test func deadlockNamesTheSeed() throws {
        let failure = #expect(throws: SimulationFailure.self) {
            try SimulatedLoop.run(seed: 77) { try await Completion<Void>().wait() }
        }
        #expect(failure?.seed == 77)
        #expect(failure?.description.contains("deadlock") == true)
    }

    @Test func endlessRunIsStopped() throws {
        let failure = #expect(throws: SimulationFailure.self) {
            try SimulatedLoop.run(seed: 78, stepLimit: 1_000) {
                while true { try await Loop.sleep(for: .zero) }
            }
        }
        #expect(failure?.seed == 78)
        #expect(failure?.description.contains("1000 steps") == true)
    }

    struct Own: Error {}

    @Test func errorsComeOutAsTheyAre() throws {
        #expect(throws: Own.self) { try SimulatedLoop.run(seed: 1) { throw Own() } }
        let failure = #expect(throws: SimulationFailure.self) {
            try SimulatedLoop.explore(seeds: 5..<8) { if $0 == 6 { throw Own() } }
        }
        #expect(failure?.seed == 6)
    }

    @Test func childrenStayOnTheLoop() throws {
        let sum = try SimulatedLoop.run(seed: 3) {
            async let one = Self.later(1)
            async let two = Self.later(2)
            return try await one + two
        }
        #expect(sum == 3)
    }

    @Loop static func later(_ number: Int) async throws -> Int {
        try await Loop.sleep(for: .seconds(number))
        return number
    }

    /// A simulation inside the loop's own thread leaves that loop as it was.
    @Test @Loop func runsInsideTheRealLoop() async throws {
        let inside = try SimulatedLoop.run(seed: 1) {
            try await Loop.sleep(for: .seconds(100))
            return 1
        }
        #expect(inside == 1)
        try await Loop.sleep(for: .milliseconds(1))
        #expect(LoopExecutor.isOnLoop)
    }
}
