import EventLoop
import HTTP
import TestKit
import Testing

extension WholeSuite {
    /// One trace, from a web request to what it causes elsewhere.
    @Suite struct TraceTests {
        @Test(.timeLimit(.minutes(4))) @Loop func aRequestIsFoundInTheLogsOfTheServicesThatItReaches() async throws {
            try await RunningSuite.with(environment: ["LOG_LEVEL": "debug"]) { suite in
                let up = try await suite.rapport("up")
                try #require(up.isSuccess, "\(up.text)")
                let created = "4bf92f3577b34da6a3ce929d0e0e4736"
                struct Made: Decodable { let id: String }
                let party = try await suite.ask(
                    "contacts", .post, "/v1/parties", #"{"name":"Trace","email":"trace@example.com"}"#, as: Made.self,
                    headers: ["traceparent": "00-\(created)-00f067aa0ba902b7-01"])
                for name in ["sales", "tickets", "campaigns"] {
                    try await eventually("the party's trace in \(name)", within: .seconds(60)) {
                        hasTrace(created, "applied", name, suite)
                    }
                }
                #expect(hasTrace(created, "answered", "contacts", suite))
                // Through SQL that writes its events itself, and on to a third service.
                let opened = "5bf92f3577b34da6a3ce929d0e0e4736"
                let ticket = try await suite.ask(
                    "tickets", .post, "/v1/tickets", #"{"subject":"Trace","partyId":"\#(party.id)"}"#, as: Made.self,
                    headers: ["traceparent": "00-\(opened)-00f067aa0ba902b7-01"])
                try await eventually("the ticket's trace in contacts", within: .seconds(60)) {
                    hasTrace(opened, "applied", "contacts", suite)
                }
                let resolved = "6bf92f3577b34da6a3ce929d0e0e4736"
                _ = try await suite.ask(
                    "tickets", .post, "/v1/tickets/\(ticket.id)/resolve",
                    headers: [
                        "traceparent": "00-\(resolved)-00f067aa0ba902b7-01"
                    ])
                for name in ["contacts", "notifications"] {
                    try await eventually("the resolution's trace in \(name)", within: .seconds(60)) {
                        hasTrace(resolved, "applied", name, suite)
                    }
                }
            }
        }

        @Loop private func hasTrace(_ trace: String, _ text: String, _ name: String, _ suite: RunningSuite) -> Bool {
            contents(of: "\(suite.folder)/log/\(name).log").split(separator: "\n").contains {
                $0.contains(trace) && $0.contains("\"\(text)\"")
            }
        }
    }

    /// What operators do with the whole suite, by its command line.
    @Suite struct OperationsTests {
        @Test(.timeLimit(.minutes(4))) @Loop func deadLettersAreListedReplayedAndDiscarded() async throws {
            try await RunningSuite.with { suite in
                let up = try await suite.rapport("up")
                try #require(up.isSuccess, "\(up.text)")
                try await suite.publish("erp.orders", key: "K1", "erp.order.placed.v1", "{}")
                try await suite.publish("erp.orders", key: "K2", "erp.order.placed.v1", "{")
                for name in ["contacts", "sales", "campaigns", "tickets"] {
                    try await eventually("the dead letters of \(name)", within: .seconds(60)) {
                        try await suite.figure(name, "crm_dead_letters") == 2
                    }
                }
                let list = try await suite.rapport("dead-letters", "list", "sales")
                #expect(
                    list.isSuccess && list.text.contains("decode") && list.text.contains("erp.orders"), "\(list.text)")
                let each = try await suite.rapport("dead-letters", "list", "sales", "--each", "--topic", "erp.orders")
                #expect(each.text.split(separator: "\n").count == 3, "\(each.text)")
                let row = try #require(each.text.split(separator: "\n").last).split(separator: " ")
                let id = try #require(row.count > 1 ? String(row[1]) : nil)
                let show = try await suite.rapport("dead-letters", "show", "sales", id)
                #expect(show.isSuccess && show.text.contains(#""payload": "{"#), "\(show.text)")
                // What is mended is applied everywhere at its place, and reconcile knows it; how it came stays beside it.
                let mended =
                    #"{"orderId":"O2","customerNo":"K2","placedAt":"2026-01-01T00:00:00Z","currency":"EUR","lines":[],"total":"5"}"#
                let refused = try await suite.rapport(
                    "dead-letters", "mend", "sales", id, "--data", "{}", "--reason", "a try")
                #expect(!refused.isSuccess && refused.text.contains("put aside again"), "\(refused.text)")
                let mend = try await suite.rapport(
                    "dead-letters", "mend", "sales", id, "--data", mended, "--reason", "cut off on its way",
                    "--everywhere",
                    "--replay")
                #expect(mend.isSuccess, "\(mend.text)")
                for name in ["contacts", "sales", "campaigns", "tickets"] {
                    #expect(mend.text.contains("\(name): ") && mend.text.contains("mended and applied"), "\(mend.text)")
                }
                // Still unreadable: they stay, and the command says so.
                let replay = try await suite.rapport("dead-letters", "replay", "sales", "--class", "decode")
                #expect(replay.status == 1 && replay.text.contains("1 failed again"), "\(replay.text)")
                #expect(try await suite.rapport("dead-letters", "discard", "sales", "--all").status == 2)
                let discard = try await suite.rapport("dead-letters", "discard", "sales", "--all", "--reason", "noise")
                #expect(discard.isSuccess && discard.text.contains("1 discarded"), "\(discard.text)")
                let audit = try await suite.rapport("dead-letters", "audit", "sales")
                #expect(
                    ["noise", "replay", "mend", "cut off on its way"].allSatisfy(audit.text.contains), "\(audit.text)")
                try await eventually("no dead letters in sales", within: .seconds(20)) {
                    try await suite.figure("sales", "crm_dead_letters") == 0
                }
                let order =
                    #"{"orderId":"O3","customerNo":"K3","placedAt":"2026-01-01T00:00:00Z","currency":"EUR","lines":[],"total":"7"}"#
                try await suite.publish("erp.orders", key: "K3", "erp.order.placed.v1", order)
                try await eventually("the order in contacts", within: .seconds(60)) {
                    try await suite.figure("contacts", "crm_events_applied_total") ?? 0 >= 1
                }
                for name in ["contacts", "sales", "campaigns"] {
                    try await eventually("the order in \(name)", within: .seconds(60)) {
                        try await suite.ask(name, .get, "/v1/ledger/totals").contains("120000")
                    }
                    let rebuild = try await suite.rapport("rebuild", name)
                    #expect(
                        rebuild.isSuccess && rebuild.text.contains("rebuild of \(name): equal, swapped")
                            && rebuild.text.contains(" a second"), "\(rebuild.text)")
                    try await compareOverHTTP(name, suite)
                    try await checkFigures(of: name, suite)
                }
                for (name, table) in [("tickets", "customer_order"), ("notifications", "withdrawal")] {
                    let rebuild = try await suite.rapport("rebuild", name)
                    #expect(
                        rebuild.isSuccess && rebuild.text.contains("rebuild of \(name): equal, swapped")
                            && rebuild.text.contains(table), "\(rebuild.text)")
                }
                // Everything that others tell, in all services.
                let reconcile = try await suite.rapport("reconcile")
                #expect(reconcile.isSuccess && reconcile.text.contains("PASS"), "\(reconcile.text)")
                for part in ["2 documents", "2 customers", "2 orders", "0 consents", "0 shipments", "0 redirects"] {
                    #expect(reconcile.text.contains(part), "\(part) in \(reconcile.text)")
                }
                let lag = try await suite.rapport("lag")
                let line = lag.text.split(separator: "\n").first { $0.contains("sales") && $0.contains("erp.orders") }
                #expect(lag.isSuccess && line?.split(separator: " ").last == "0", "\(lag.text)")
            }
        }

        /// A command from another shell knows nothing of what the suite was started with.
        @Test(.timeLimit(.minutes(4))) @Loop func whatIsRestartedKeepsItsSettings() async throws {
            try await RunningSuite.with(environment: ["API_TOKEN": "sekret", "MAIL_FROM": "a@example.com"]) { suite in
                let up = try await suite.rapport("up")
                try #require(up.isSuccess, "\(up.text)")
                @Loop func ids() throws -> [Int32?] {
                    try (services + ["postgres", "broker"]).map { try suite.process($0) }
                }
                let before = try ids()
                let names: Set = ["API_TOKEN", "MAIL_FROM"]
                let restart = try await suite.rapport("restart", "contacts", without: names)
                #expect(restart.isSuccess, "\(restart.text)")
                let after = try ids()
                #expect(before[0] != after[0] && after[0] != nil && before.dropFirst() == after.dropFirst())
                await #expect(throws: SuiteFailure.self) { try await suite.ask("contacts", .get, "/v1/ops/lag") }
                let mine = ["authorization": "Bearer sekret"]
                #expect(try await suite.ask("contacts", .get, "/v1/ops/lag", headers: mine).contains("items"))
                // Whoever may look at the processes may ask them.
                let lag = try await suite.rapport("lag", without: names)
                #expect(lag.isSuccess && lag.text.contains("erp.orders"), "\(lag.text)")
                // With the settings of the beginning there is nothing to do.
                #expect(try await suite.rapport("up").isSuccess)
                #expect(try ids() == after)
            }
        }

        /// What the service holds is what the topic says, and what is not is named.
        @Loop private func compareOverHTTP(_ name: String, _ suite: RunningSuite) async throws {
            let path = "/v1/ops/reconciliation?rounds=2&every=1"
            let lines = try await suite.ask(name, .get, path).split(separator: "\n").filter { $0.contains("lasting") }
            #expect(lines.count == 2, "\(lines)")
            for line in lines {
                #expect(line.contains(#""equal":2"#) && !line.contains(#""different":1"#), "\(name): \(line)")
            }
        }

        /// The names of the operators' guide, each with its help and type, and its labels where it has some.
        private static let figures = [
            ("crm_outbox_rows", "gauge", ""), ("crm_outbox_oldest_age_seconds", "gauge", ""),
            ("crm_outbox_published_total", "counter", ""),
            ("crm_consumer_lag_messages", "gauge", #"{topic="erp.orders",partition="0"}"#),
            ("crm_consumer_last_applied_timestamp_seconds", "gauge", ""),
            ("crm_apply_batch_seconds", "histogram", #"_bucket{le="+Inf"}"#),
            ("crm_duplicates_dropped_total", "counter", ""), ("crm_sequence_gaps_total", "counter", ""),
            ("crm_cas_conflicts_total", "counter", ""), ("crm_parked_keys", "gauge", ""),
            ("crm_dead_letters", "gauge", #"{fingerprint_class="decode"}"#),
            ("crm_timer_overdue_seconds", "gauge", ""), ("crm_saga_overdue", "gauge", ""),
        ]

        @Loop private func checkFigures(of name: String, _ suite: RunningSuite) async throws {
            let lines = try await suite.ask(name, .get, "/metrics").split(separator: "\n")
            for (figure, kind, labels) in Self.figures {
                #expect(lines.contains("# TYPE \(figure) \(kind)"), "\(name): \(figure)")
                #expect(lines.contains { $0.hasPrefix("# HELP \(figure) ") }, "\(name): \(figure)")
                let sample = lines.first { $0.hasPrefix("\(figure)\(labels) ") }
                let value = sample?.split(separator: " ").last.flatMap { Double($0) }
                #expect(value != nil, "\(name): \(figure)\(labels)")
            }
        }
    }
}
