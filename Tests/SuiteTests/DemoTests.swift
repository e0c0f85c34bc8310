import EventLoop
import FoundationEssentials
import TestKit
import Testing

extension WholeSuite {
    /// The demo as a person runs it: everything published stands in every service, whatever dies meanwhile.
    @Suite struct DemoTests {
        @Test(.timeLimit(.minutes(6))) @Loop func playsTwiceAndLeavesNothingBehind() async throws {
            try await RunningSuite.with { suite in
                for _ in 1...2 {
                    try expectPass(try await suite.demo("--orders", "3000", within: .seconds(120)))
                }
                let status = try await suite.rapport("status")
                #expect(status.isSuccess, "\(status.text)")
                for name in ["postgres", "broker"] + services { #expect(status.text.contains(name)) }
                let reconcile = try await suite.rapport("reconcile")
                #expect(reconcile.isSuccess && reconcile.text.contains("PASS"), "\(reconcile.text)")
                #expect(try !suite.processes().isEmpty)
                let down = try await suite.rapport("down")
                #expect(down.isSuccess, "\(down.text)")
                try await eventually("the end of all") { try suite.processes().isEmpty }
                #expect(try await !suite.rapport("status").isSuccess)
            }
        }

        /// The whole real file where it is there, and else a made-up shop.
        @Test(.timeLimit(.minutes(10))) @Loop func survivesTheDeathOfEachProgram() async throws {
            let file = TestPaths.sharedData("data/online-retail.csv.gz")
            if file == nil { print("skipped: ../shared/data is not there, so a made-up shop is played") }
            try await RunningSuite.with { suite in
                let up = try await suite.rapport("up")
                try #require(up.isSuccess, "\(up.text)")
                // Slow enough that every death falls into the middle.
                let shop = file.map { ["--file", $0, "--rate", "1500"] } ?? ["--orders", "3000", "--rate", "120"]
                let demo = try suite.startDemo(shop)
                try await Loop.sleep(for: .seconds(2))
                var deaths = 0
                for name in services + ["broker"] {
                    guard let id = try suite.process(name), !demo.process.hasEnded else { break }
                    kill(id, SIGKILL)
                    deaths += 1
                    try await eventually("\(name)'s return", within: .seconds(60)) {
                        demo.process.hasEnded ? true : try suite.process(name).map { $0 != id } ?? false
                    }
                    try await Loop.sleep(for: .milliseconds(500))
                }
                #expect(deaths == services.count + 1)
                let run = try await demo.end(within: .seconds(400))
                try expectPass(run)
                guard file != nil else { return }
                #expect(run.text.contains("22,061 order documents, 10,655,622.484 GBP"))
                #expect(run.text.contains("3,836 credit documents"))
                #expect(run.text.contains("22,061 orders of 4,372 customers, 25,900 documents in all"))
            }
        }

        @Test(.enabled(if: ApacheKafka.path != nil, "there is no ../shared/kafka"), arguments: ApacheKafka.versions)
        @Loop func playsOnApacheKafka(version: String) async throws {
            try await ApacheKafka.with(version) { brokers in
                try await RunningSuite.with(kafka: brokers) { suite in
                    try expectPass(try await suite.demo("--orders", "3000", within: .seconds(180)))
                    #expect(try suite.process("broker") == nil)
                }
            }
        }

        @Loop private func expectPass(_ run: RunningSuite.Run) throws {
            try #require(run.isSuccess && run.text.contains("PASS"), "status \(run.status):\n\(run.text.suffix(4000))")
        }
    }
}

/// The services by name.
let services = ["contacts", "sales", "campaigns", "tickets", "notifications", "console"]
