import EventLoop
import FoundationEssentials
import Postgres
import TestKit
import Testing

extension WholeSuite {
    /// A process that is frozen or killed at any instruction: its twin goes on within seconds, and what wakes up changes nothing.
    @Suite struct TakeOverTests {
        /// `RAPPORT_TRIALS` are made, one where it is not set; the times are printed.
        @Test(.timeLimit(.minutes(30)), arguments: [SIGSTOP, SIGKILL]) @Loop
        func theTwinGoesOnWithinSeconds(_ signal: Int32) async throws {
            let trials = getenv("RAPPORT_TRIALS").flatMap { Int(String(cString: $0)) } ?? 1
            var (applied, published): ([Double], [Double]) = ([], [])
            try await Twins.with { twins in
                for _ in 0..<trials {
                    let leads = try await twins.figure(1, "crm_outbox_leading") ? 1 : 2
                    let times = try await trial(twins, leads, signal)
                    applied.append(times.applied)
                    published.append(times.published)
                }
                let totals = try await twins.settle()
                #expect(totals.contains("\(twins.orders * 70_000)"), "\(totals)")
            }
            for (name, times) in [("applied", applied), ("published", published)] {
                let sorted = times.sorted()
                print("take-over after \(signal), \(name): \(sorted.map { ($0 * 10).rounded() / 10 })")
                #expect(sorted.last ?? 0 < 15)
            }
        }

        /// Stops the process that publishes, and times its twin's first effect in all partitions and its first event.
        @Loop private func trial(
            _ twins: Twins, _ number: Int, _ signal: Int32
        ) async throws -> (applied: Double, published: Double) {
            try await Loop.sleep(for: .milliseconds(Int.random(in: 0...1000)))
            twins.signal(number, signal)
            let begin = Loop.now
            try await Loop.sleep(for: .milliseconds(500))
            let before = try await twins.positions()
            let event = try await twins.tell()
            var (applied, published): (Double?, Double?)
            try await eventually("the twin goes on", within: .seconds(40)) {
                let now = try await twins.positions()
                if applied == nil, before.allSatisfy({ now[$0.key] ?? 0 > $0.value }) {
                    applied = (Loop.now - begin).seconds
                }
                if published == nil, try await twins.query("SELECT 1 FROM outbox WHERE id = \(event)").isEmpty {
                    published = (Loop.now - begin).seconds
                }
                return applied != nil && published != nil
            }
            try await twins.wake(number, signal)
            return (applied ?? 99, published ?? 99)
        }
    }
}
