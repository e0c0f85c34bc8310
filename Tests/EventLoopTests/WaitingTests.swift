import EventLoop
import FoundationEssentials
import TestKit
import Testing

/// Counts of one test, on the loop.
@Loop final class Tally {
    var count = 0
    var sum = 0
    var names: [String] = []
}

@Suite struct WaitingTests {
    @Test @Loop func timersFireInOrderOfTheirDeadlines() async throws {
        let tally = Tally()
        for milliseconds in [30, 10, 20] {
            _ = Loop.after(.milliseconds(milliseconds)) { tally.names.append("\(milliseconds)") }
        }
        Loop.after(.milliseconds(15)) { tally.names.append("cancelled") }.cancel()
        try await eventually { tally.names.count == 3 }
        #expect(tally.names == ["10", "20", "30"])
    }

    @Test @Loop func manyTimersEachFireOnceAndCancelledOnesNever() async throws {
        let tally = Tally()
        var generator = SeededGenerator(seed: 1)
        for number in 0..<2_000 {
            let timer = Loop.after(.microseconds(Int.random(in: 0...50_000, using: &generator))) { tally.count += 1 }
            if number % 4 != 0 { timer.cancel() }
        }
        try await Loop.sleep(for: .milliseconds(60))
        try await eventually { tally.count >= 500 }
        try await Loop.sleep(for: .milliseconds(20))
        #expect(tally.count == 500)
    }

    @Test @Loop func sleepEndsWhenCancelled() async throws {
        let task = Task { @Loop in try await Loop.sleep(for: .seconds(600)) }
        try await Loop.sleep(for: .milliseconds(1))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        let late = Task { @Loop in
            withUnsafeCurrentTask { $0?.cancel() }
            try await Loop.sleep(for: .seconds(600))
        }
        await #expect(throws: CancellationError.self) { try await late.value }
    }

    @Test @Loop func deadlineCancelsItsBody() async throws {
        let tally = Tally()
        await #expect(throws: DeadlineExceeded.self) {
            try await Loop.withDeadline(.milliseconds(5)) {
                do { try await Loop.sleep(for: .seconds(600)) } catch { tally.count += 1 }
            }
        }
        try await eventually { tally.count == 1 }
        #expect(try await Loop.withDeadline(.seconds(60)) { 7 } == 7)
        struct Own: Error {}
        await #expect(throws: Own.self) { try await Loop.withDeadline(.seconds(60)) { throw Own() } }
        let outer = Task { @Loop in
            try await Loop.withDeadline(.seconds(600)) { try await Loop.sleep(for: .seconds(600)) }
        }
        try await Loop.sleep(for: .milliseconds(1))
        outer.cancel()
        await #expect(throws: CancellationError.self) { try await outer.value }
    }

    @Test @Loop func firstToCompleteWins() async throws {
        let completion = Completion<Int>()
        let waiting = (0..<3).map { _ in Task { @Loop in try await completion.wait() } }
        try await Loop.sleep(for: .milliseconds(1))
        completion.succeed(1)
        completion.succeed(2)
        completion.fail(CancellationError())
        for task in waiting { #expect(try await task.value == 1) }
        #expect(try await completion.wait() == 1)
    }

    @Test @Loop func noticeWithATimeLimitSaysWhetherItHolds() async throws {
        let notice = Notice()
        #expect(try await notice.wait(until: { false }, atMost: .milliseconds(5)) == false)
        #expect(try await notice.wait(until: { true }, atMost: .zero))
        let tally = Tally()
        _ = Loop.after(.milliseconds(5)) {
            tally.count = 1
            notice.notify()
        }
        #expect(try await notice.wait(until: { tally.count == 1 }, atMost: .seconds(60)))
    }

    @Test @Loop func offloadLeavesTheLoopAndComesBack() async throws {
        #expect(try await Loop.offload { LoopExecutor.isOnLoop } == false)
        #expect(LoopExecutor.isOnLoop)
        struct Own: Error {}
        await #expect(throws: Own.self) { try await Loop.offload { throw Own() } }
        let many = (0..<100).map { number in Task { @Loop in try await Loop.offload { number } } }
        var sum = 0
        for task in many { sum += try await task.value }
        #expect(sum == 4_950)
    }

    @Test @Loop func holdsAreMeasured() async throws {
        _ = Loop.takeLongestHold()
        try await Loop.sleep(for: .milliseconds(1))
        usleep(20_000)
        try await Loop.sleep(for: .milliseconds(1))
        #expect(Loop.takeLongestHold() >= .milliseconds(15))
    }
}

/// An `await` of a task on the loop never passes through another thread, which once made two changes of thread of it.
@Suite struct ThreadTests {
    @Loop static func ownThread(_ completion: Completion<Void>) async throws -> Bool {
        let before = pthread_self()
        try await completion.wait()
        try await Loop.sleep(for: .zero)
        return pthread_equal(before, pthread_self()) != 0 && LoopExecutor.isOnLoop
    }

    @Test @Loop func resumedTasksStayOnTheLoopsThread() async throws {
        let box = Tally()
        let gate = Completion<Void>()
        let tasks = (0..<100).map { _ in
            Task { @Loop in
                box.count += try await Self.ownThread(gate) ? 1 : 0
            }
        }
        try await Loop.sleep(for: .milliseconds(1))
        gate.succeed(())
        for task in tasks { try await task.value }
        #expect(box.count == 100)
    }

    /// Without the routing, the resumed task goes through the pool and is back only rounds later.
    @Test @Loop func resumedTaskRunsInTheSameRound() async throws {
        let gate = Completion<Void>()
        let tally = Tally()
        let task = Task { @Loop in
            try await gate.wait()
            tally.count = 1
        }
        try await Loop.sleep(for: .milliseconds(1))
        gate.succeed(())
        await Task.yield()
        #expect(tally.count == 1)
        try await task.value
    }

    /// Work of other threads finds the way to the loop.
    @Test func otherThreadsReachTheLoop() async throws {
        let sum = await withTaskGroup(of: Int.self) { group in
            for number in 0..<200 { group.addTask { @concurrent in await Self.onLoop(number) } }
            return await group.reduce(0, +)
        }
        #expect(sum == 19_900)
    }

    @Loop static func onLoop(_ number: Int) async -> Int { LoopExecutor.isOnLoop ? number : -1_000_000 }
}
