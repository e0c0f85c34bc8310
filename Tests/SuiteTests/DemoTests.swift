import EventLoop
import FoundationEssentials
import HTTP
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
                try await readStory(suite)
                try await signInAsEach(suite)
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
                // Everybody who has bought has a prediction before long, not only those of the first days; 33 of the file's 4,372 customers
                // have only returned what they bought before it begins.
                struct Report: Decodable {
                    struct Expected: Decodable { let customers: Int }
                    struct Data: Decodable { let expected: Expected }
                    let data: Data
                }
                try await eventually("predictions of all customers", within: .seconds(240)) {
                    try await suite.ask(
                        "contacts", .get, "/v1/reports/prospecting?currency=GBP", as: Report.self
                    ).data.expected.customers == 4_339
                }
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

        /// What the story's addresses show, after it was told twice.
        /// What the demo prints lets each of its people in; the administrator's token is taken by a service, and another's is refused what
        /// the role does not allow.
        @Loop private func signInAsEach(_ suite: RunningSuite) async throws {
            struct Begun: Decodable { let token: String }
            var tokens: [String: String] = [:]
            for name in ["admin", "manager", "sales", "marketing", "service", "analyst"] {
                let said = #"{"email":"\#(name)@demo.example","password":"two yellow bicycles"}"#
                tokens[name] = try await suite.ask("console", .post, "/v1/sign-in", said, as: Begun.self).token
            }
            func leads(_ name: String) async throws -> String {
                try await suite.ask(
                    "sales", .get, "/v1/leads", headers: ["authorization": "Bearer \(tokens[name] ?? "")"])
            }
            #expect(try await leads("admin").contains("Clara Weiss"))
            await #expect(throws: SuiteFailure.self) { try await leads("service") }
        }

        @Loop private func readStory(_ suite: RunningSuite) async throws {
            struct List: Decodable {
                struct Item: Decodable {
                    let status: String
                    let earned: String?
                    let name: String?
                }
                let items: [Item]
            }
            struct Quotas: Decodable {
                struct Item: Decodable { let earned: String }
                let items: [Item]
            }
            let leads = try await suite.ask("sales", .get, "/v1/leads?owner=Mei%20Lin", as: List.self).items
            #expect(leads.map(\.status) == ["converted"])
            let quotas = try await suite.ask("sales", .get, "/v1/quotas?owner=Mei%20Lin", as: Quotas.self).items
            #expect(quotas.map(\.earned) == ["2400.0000"])
            let card = try await suite.ask("tickets", .get, "/v1/caller-card?mail=office@weiss.example")
            #expect(card.contains("VSTORY-1") && card.contains("2400.0000"), "\(card)")
            let campaigns = try await suite.ask("campaigns", .get, "/v1/campaigns", as: List.self).items
            #expect(campaigns.map(\.name) == ["An evening among friends"] && campaigns[0].status == "completed")
            let mails = try suite.mails().filter { $0.contains("guests.example") }
            #expect(mails.count == 2, "\(mails)")
        }

        @Loop private func expectPass(_ run: RunningSuite.Run) throws {
            try #require(run.isSuccess && run.text.contains("PASS"), "status \(run.status):\n\(run.text.suffix(4000))")
        }
    }
}

/// The services by name.
let services = holders + ["console"]

/// Those that hold something of customers.
let holders = ["contacts", "sales", "campaigns", "tickets", "notifications"]
