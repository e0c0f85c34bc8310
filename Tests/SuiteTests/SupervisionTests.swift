import EventLoop
import HTTP
import TestKit
import Testing

extension WholeSuite {
    /// What dies comes back by itself, and whoever asks is told.
    @Suite struct SupervisionTests {
        @Test(.timeLimit(.minutes(3))) @Loop func whatDiesComesBackByItself() async throws {
            try await RunningSuite.with { suite in
                let up = try await suite.rapport("up")
                try #require(up.isSuccess, "\(up.text)")
                for name in ["sales", "broker", "postgres"] {
                    let id = try #require(try suite.process(name))
                    kill(id, SIGKILL)
                    try await eventually("\(name)'s return", within: .seconds(20)) {
                        try suite.process(name).map { $0 != id } ?? false
                    }
                }
                // A request that comes while there is no process waits for the next.
                let id = try #require(try suite.process("tickets"))
                kill(id, SIGKILL)
                #expect(try await suite.ask("tickets", .get, "/health/live") == "live\n")
                var status = try await suite.rapport("status")
                try await eventually("all ready", within: .seconds(20)) {
                    status = try await suite.rapport("status")
                    return status.isSuccess
                }
                for name in ["sales", "broker", "postgres", "tickets"] {
                    let row = try #require(line(of: name, status.text))
                    #expect(row.contains("restarted once, last ") && row.contains("killed by SIGKILL"), "\(row)")
                }
                #expect(line(of: "contacts", status.text)?.hasSuffix("ready") == true, "\(status.text)")
                let log = contents(of: "\(suite.folder)/log/supervisor.log")
                #expect(log.contains(#""program":"sales","cause":"killed by SIGKILL","last words":"#), "\(log)")
                try await checkWithoutSupervisor(suite)
            }
        }

        /// Nobody keeps watch: all runs on, status says so, and `up` starts what is missing and nothing else.
        @Loop private func checkWithoutSupervisor(_ suite: RunningSuite) async throws {
            let before = try (services + ["postgres", "broker"]).map { try suite.process($0) }
            let watcher = try #require(try suite.supervisor())
            kill(watcher, SIGSTOP)
            #expect(try await suite.rapport("status").text.contains("the supervisor does not answer"))
            kill(watcher, SIGKILL)
            try await eventually("the end") { try suite.supervisor() == nil }
            let status = try await suite.rapport("status")
            #expect(status.isSuccess && status.text.contains("nobody keeps watch"), "\(status.text)")
            let restart = try await suite.rapport("restart", "sales")
            #expect(!restart.isSuccess && restart.text.contains("rapport up"), "\(restart.text)")
            #expect(try await suite.rapport("up").isSuccess)
            #expect(try suite.supervisor() != nil)
            #expect(try (services + ["postgres", "broker"]).map { try suite.process($0) } == before)
            // One that this supervisor has not started: it takes its place all the same, and its port.
            let again = try await suite.rapport("restart", "sales")
            #expect(again.isSuccess, "\(again.text)")
            let down = try await suite.rapport("down")
            #expect(down.isSuccess, "\(down.text)")
            try await eventually("the end of all") { try suite.processes().isEmpty }
        }

        /// What cannot be started is tried again and again, and what a person mends it then works.
        @Test(.timeLimit(.minutes(3))) @Loop func whatCannotStartIsToldWithItsLastWords() async throws {
            try await RunningSuite.with { suite in
                let up = try await suite.rapport("up")
                try #require(up.isSuccess, "\(up.text)")
                // Whoever rewrites a broker's data is not let in any more.
                try await suite.shell("mv broker broker.away && touch broker")
                kill(try #require(try suite.process("broker")), SIGKILL)
                try await eventually("the words", within: .seconds(20)) {
                    let row = line(of: "broker", try await suite.rapport("status").text) ?? ""
                    return row.contains("restarting ") && row.contains("ended with status 1: ")
                }
                try await suite.shell("rm broker && mv broker.away broker")
                try await eventually("all ready", within: .seconds(30)) { try await suite.rapport("status").isSuccess }
            }
        }

        @Test(.timeLimit(.minutes(1))) @Loop func aDatabaseThatIsAwayIsToldAndNothingIsStarted() async throws {
            let away = ["DATABASE_URL": "postgresql://admin:sekret@127.0.0.1:9/crm"]
            try await RunningSuite.with(environment: away) { suite in
                let up = try await suite.rapport("up")
                #expect(!up.isSuccess && up.text.contains("Nothing was started or stopped"), "\(up.text)")
                #expect(up.text.contains("postgresql://127.0.0.1:9/crm") && !up.text.contains("sekret"), "\(up.text)")
                #expect(try suite.processes().isEmpty)
            }
        }

        private func line(of name: String, _ text: String) -> String? {
            text.split(separator: "\n").first { $0.hasPrefix(name + " ") }.map(String.init)
        }
    }
}
