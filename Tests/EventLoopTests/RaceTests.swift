import EventLoop
import TestKit
import Testing

/// Races of the waiting primitives, over many schedules.
@Suite struct RaceTests {
    @Test func completionReachesEveryWaiterWhateverTheOrder() throws {
        try SimulatedLoop.explore(seeds: 0..<500) { _ in
            let completion = Completion<Int>()
            let waiters = (0..<3).map { _ in Task { @Loop in try await completion.waitOrCancel() } }
            Task { @Loop in completion.succeed(1) }
            Task { @Loop in completion.succeed(2) }
            var answers: Set<Int> = []
            for waiter in waiters { answers.insert(try await waiter.value) }
            try #require(answers.count == 1)
        }
    }

    @Test func cancellationRacesWithTheValue() throws {
        let tally = Outcomes()
        try SimulatedLoop.explore(seeds: 0..<500) { _ in
            let completion = Completion<Int>()
            let waiter = Task { @Loop in try await completion.waitOrCancel() }
            Task { @Loop in completion.succeed(1) }
            Task { @Loop in waiter.cancel() }
            switch await waiter.result {
            case .success: tally.values += 1
            case .failure(let error):
                try #require(error is CancellationError)
                tally.cancelled += 1
            }
        }
        // Both ends must have been seen, or the exploration explores nothing.
        #expect(tally.values > 10 && tally.cancelled > 10)
    }

    /// Producers and consumers over one notice: a lost wake-up would show as a deadlock that names its seed.
    @Test func noticeLosesNoWakeUp() throws {
        try SimulatedLoop.explore(seeds: 0..<500) { _ in
            let notice = Notice()
            let queue = Tally()
            let consumers = (0..<3).map { _ in
                Task { @Loop in
                    for _ in 0..<4 {
                        try await notice.wait(until: { queue.count > 0 })
                        // The condition may have ceased to hold between the wake-up and now: ask again.
                        while queue.count == 0 { try await notice.wait(until: { queue.count > 0 }) }
                        queue.count -= 1
                        queue.sum += 1
                    }
                }
            }
            for _ in 0..<2 {
                Task { @Loop in
                    for _ in 0..<6 {
                        queue.count += 1
                        notice.notify()
                        await Task.yield()
                    }
                }
            }
            for consumer in consumers { try await consumer.value }
            try #require(queue.sum == 12 && queue.count == 0)
        }
    }

    @Test func cancelledWaiterOfANoticeLeavesTheOthers() throws {
        try SimulatedLoop.explore(seeds: 0..<500) { _ in
            let notice = Notice()
            let state = Tally()
            let stays = Task { @Loop in try await notice.wait(until: { state.count == 1 }) }
            let leaves = Task { @Loop in try await notice.wait(until: { state.count == 2 }) }
            Task { @Loop in leaves.cancel() }
            Task { @Loop in
                state.count = 1
                notice.notify()
            }
            try await stays.value
            guard case .failure(let error) = await leaves.result else { throw Unexpected() }
            try #require(error is CancellationError)
        }
    }

    @Test func timeLimitRacesWithTheNotice() throws {
        let tally = Outcomes()
        try SimulatedLoop.explore(seeds: 0..<500) { _ in
            let notice = Notice()
            let state = Tally()
            Task { @Loop in
                try await Loop.sleep(for: .seconds(1))
                state.count = 1
                notice.notify()
            }
            let holds = try await notice.wait(until: { state.count == 1 }, atMost: .seconds(1))
            if holds { tally.values += 1 } else { tally.cancelled += 1 }
            try #require(Loop.now == .seconds(1))
        }
        #expect(tally.values > 10 && tally.cancelled > 10)
    }

    @Test func deadlineRacesWithTheBody() throws {
        let tally = Outcomes()
        try SimulatedLoop.explore(seeds: 0..<500) { _ in
            do {
                let other = Task { @Loop in try await Loop.sleep(for: .seconds(1)) }
                await Task.yield()
                try await Loop.withDeadline(.seconds(1)) { try await other.value }
                tally.values += 1
            } catch is DeadlineExceeded {
                tally.cancelled += 1
            }
        }
        #expect(tally.values > 10 && tally.cancelled > 10)
    }

    struct Unexpected: Error {}

    /// Written in simulations that run one after the other on one thread.
    final class Outcomes: @unchecked Sendable {
        var values = 0
        var cancelled = 0
    }
}
