import EventLoop
import FoundationEssentials
import TestKit
import Testing

extension WholeSuite {
    /// The fault rig in its short form, and, on request for it takes minutes, the proof that it can fail.
    @Suite struct ChaosTests {
        @Test(.timeLimit(.minutes(6))) @Loop func nothingIsLostOrDoubledWhateverDies() async throws {
            try await RunningSuite.with { suite in
                let run = try await suite.chaos("--minutes", "0.5", within: .seconds(300))
                #expect(run.isSuccess && run.text.contains("PASS"), "\(run.text.suffix(6000))")
                // The first word of the line that sums up.
                let line = run.text.split(separator: "\n").first { $0.contains(" kills and ") } ?? ""
                let numbers = line.split(separator: " ").compactMap { Int($0) }
                #expect(numbers.count == 2 && numbers.reduce(0, +) >= 15, "\(line)")
            }
        }

        @Test(.enabled(if: getenv("RAPPORT_CHAOS") != nil, "RAPPORT_CHAOS was not set"), .timeLimit(.minutes(6)))
        @Loop func aLossIsNoticed() async throws {
            try await RunningSuite.with(environment: ["RAPPORT_PLANTED_BUG": "offsetFirst"]) { suite in
                // Offsets that are committed before the effects: whoever is killed between the two loses a batch.
                var run: RunningSuite.Run
                var seed = 11
                repeat {
                    run = try await suite.chaos(
                        "--minutes", "0.5", "--seed", "\(seed)", within: .seconds(200))
                    seed += 1
                } while run.isSuccess && seed < 14
                #expect(
                    run.status == 1 && run.text.contains("FAIL") && run.text.contains("documents of"), "\(run.text)")
            }
        }
    }
}
