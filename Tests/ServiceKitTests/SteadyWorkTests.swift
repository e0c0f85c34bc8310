import EventLoop
import ServiceKit
import Synchronization
import Telemetry
import Testing

@Suite struct SteadyWorkTests {
    private struct Failure: Error {}

    /// What a log was told.
    private final class Said: Sendable {
        private let lines = Mutex("")
        var text: String { lines.withLock { $0 } }
        var log: Log {
            Log(service: "test", level: .info, style: .json) { [self] line in lines.withLock { $0 += line } }
        }
    }

    @Test @Loop func whatFailsIsToldAndTriedAgainAndAWakeUpCutsThePauseShort() async throws {
        let said = Said()
        let troubles = Troubles(said.log, Metrics())
        let work = SteadyWork(said.log, every: .seconds(600), failing: "the shelf was not filled")
        var steps = 0
        let stepped = Notice()
        let task = Task { @Loop in
            await Troubles.$current.withValue(troubles) {
                await work.run {
                    steps += 1
                    stepped.notify()
                    if steps == 1 { throw Failure() }
                    return steps < 4
                }
            }
        }
        #expect(try await stepped.wait(until: { steps == 1 }, atMost: .seconds(10)))
        try await Loop.sleep(for: .milliseconds(3200))
        troubles.look()
        #expect(said.text.contains("Failure()") && said.text.contains("the shelf was not filled"), "\(said.text)")
        work.wake()
        // All there is to do, without a pause between the steps.
        #expect(try await stepped.wait(until: { steps == 4 }, atMost: .seconds(10)))
        task.cancel()
        await task.value
        #expect(steps == 4 && said.text.contains("background work goes on again"), "\(said.text)")
    }

    @Test @Loop func whatIsDearIsDoneForItsShareOfTheTimeOnly() async throws {
        let work = SteadyWork(Said().log, every: .zero, resting: 20, failing: "x")
        var starts: [Duration] = []
        let started = Notice()
        let task = Task { @Loop in
            await work.run {
                starts.append(Loop.now)
                started.notify()
                try await Loop.sleep(for: .milliseconds(10))
                return false
            }
        }
        #expect(try await started.wait(until: { starts.count == 2 }, atMost: .seconds(20)))
        task.cancel()
        await task.value
        #expect(starts[1] - starts[0] >= .milliseconds(200))
    }
}
