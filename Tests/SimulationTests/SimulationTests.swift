import EventLoop
import FoundationEssentials
import Messaging
import Simulation
import TestKit
import Testing

@Suite(.serialized) struct SimulationTests {
    @Test func schedulesBreakNoInvariant() throws {
        let report = try Simulation.run(seeds: 0..<300)
        #expect(report.schedules == 300)
    }

    @Test func aSeedReplaysExactly() throws {
        for seed in 0..<30 as Range<UInt64> {
            let first = try Simulation.run(seed: seed)
            let second = try Simulation.run(seed: seed)
            #expect(first.schedule == second.schedule && first.steps == second.steps && first.time == second.time)
        }
    }
}
