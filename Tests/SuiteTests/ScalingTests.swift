import EventLoop
import TestKit
import Testing

extension WholeSuite {
    /// Processes of services come, go and are replaced while events flow.
    @Suite struct ScalingTests {
        @Test(.timeLimit(.minutes(4))) @Loop func processesComeAndGoAndNothingIsLost() async throws {
            // With pools so large that the database has no room for twelve processes.
            try await RunningSuite.with(environment: ["POOL_SIZE": "20"]) { suite in
                let up = try await suite.rapport("up")
                try #require(up.isSuccess, "\(up.text)")
                let stream = try OrderStream(suite, orders: 50, requests: 0)
                let more = try await suite.rapport("scale", "campaigns", "3")
                #expect(more.isSuccess && more.text.contains("campaigns has 3 processes"), "\(more.text)")
                let status = try await suite.rapport("status")
                let rows = status.text.split(separator: "\n").map(String.init)
                #expect(rows.contains { $0.hasPrefix("campaigns ") && $0.hasSuffix("3 of 3 ready") }, "\(status.text)")
                for name in ["campaigns", "campaigns-2", "campaigns-3"] {
                    #expect(rows.contains { $0.hasPrefix("  \(name) ") && $0.hasSuffix("ready") }, "\(status.text)")
                }
                // It is remembered, and any of them answers.
                kill(try #require(try suite.process("campaigns")), SIGKILL)
                #expect(try await suite.rapport("dead-letters", "list", "campaigns").isSuccess)
                let second = try suite.process("campaigns-2")
                #expect(try await suite.rapport("up").isSuccess)
                #expect(try second != nil && suite.process("campaigns-2") == second)
                let fewer = try await suite.rapport("scale", "campaigns", "1")
                #expect(fewer.isSuccess && fewer.text.contains("campaigns-3, campaigns-2"), "\(fewer.text)")
                #expect(try suite.programs().keys.filter { $0.hasPrefix("campaigns") } == ["campaigns"])
                try await stream.end()
                let reconcile = try await suite.rapport("reconcile")
                #expect(
                    reconcile.isSuccess && reconcile.text.contains("\(stream.count) order documents"),
                    "\(reconcile.text)")
                print("scaling: \(stream.count) orders, at the latest \(stream.latest)")
                try await checkRefusals(suite)
            }
        }

        @Loop private func checkRefusals(_ suite: RunningSuite) async throws {
            for (words, part) in [
                (["postgres", "2"], "cannot be scaled"), (["nobody", "2"], "there is no service nobody"),
                (["sales", "0"], "1 to 12"), (["sales", "13"], "12 partitions"), (["sales", "two"], "no number"),
                (["sales", "12"], "connections for"),
            ] {
                let run = try await suite.rapport("scale", words[0], words[1])
                #expect(!run.isSuccess && run.text.contains(part), "\(words): \(run.text)")
            }
            #expect(try suite.programs().keys.allSatisfy { !$0.contains("-") })
        }

        @Test(.timeLimit(.minutes(4))) @Loop func servicesAreRestartedWithoutAGap() async throws {
            try await RunningSuite.with { suite in
                let up = try await suite.rapport("up")
                try #require(up.isSuccess, "\(up.text)")
                let before = try services.map { try suite.process($0) }
                let stream = try OrderStream(suite, orders: 100, requests: 20)
                try await Loop.sleep(for: .seconds(1))
                let restart = try await suite.rapport("restart")
                #expect(restart.isSuccess, "\(restart.text)")
                try await Loop.sleep(for: .seconds(1))
                try await stream.end()
                let after = try services.map { try suite.process($0) }
                #expect(zip(before, after).allSatisfy { $0 != $1 && $1 != nil })
                #expect(stream.requests.failed.isEmpty, "\(stream.requests)")
                #expect(stream.requests.answered > 50)
                #expect(stream.latest.values.allSatisfy { $0 < .seconds(5) }, "\(stream.latest)")
                print(
                    "rolling restart: \(stream.count) orders, at the latest \(stream.latest);"
                        + " requests: \(stream.requests)\n\(restart.text)")
                #expect(try await suite.rapport("reconcile").isSuccess)
                try await checkThatNothingIsStoppedInVain(suite)
            }
        }

        /// Where the broker is away, nothing is stopped.
        @Loop private func checkThatNothingIsStoppedInVain(_ suite: RunningSuite) async throws {
            let before = try services.map { try suite.process($0) }
            let broker = try #require(try suite.process("broker"))
            kill(broker, SIGSTOP)
            let restart = try await suite.rapport("restart", "sales")
            #expect(!restart.isSuccess && restart.text.contains("Nothing was stopped"), "\(restart.text)")
            kill(broker, SIGCONT)
            #expect(try services.map { try suite.process($0) } == before)
        }
    }
}
