import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import TestKit
import Testing

extension WholeSuite {
    /// What is left of a person after an erasure, looked for byte by byte.
    @Suite struct ErasureTests {
        private static let environment = ["LOG_LEVEL": "debug", "BROKER_CLEAN_MS": "500"]
        /// By what the person is known, and nobody else here.
        private static let traces = ["Quillfeather", "奎尔菲瑟", "ann@quill.example", "15112345678"]
        private static let compacted = [Topic.erpCustomers.name, Topic.subjectKeys.name]

        @Test(.timeLimit(.minutes(8))) @Loop func nothingOfThePersonIsInDumpsTopicsOrLogs() async throws {
            try await RunningSuite.with(environment: Self.environment) { suite in
                let up = try await suite.rapport("up")
                try #require(up.isSuccess, "\(up.text)")
                let party = ExternalID.party(customerNo: "K500").uuidString.lowercased()
                try await aLife(of: party, suite)
                // The search finds what is there, and our own topics have shown nothing at any time.
                for trace in Self.traces {
                    #expect(try await !inDumps(trace, suite).isEmpty, "\(trace)")
                    #expect(try inTopics(trace, suite) == ["erp.customers"], "\(trace)")
                }
                try await theArchiveHasThePartOfEachService(party, suite)
                // One of each service: all have delivered their parts of the archive under the party's id.
                let held = try await keys(of: party, suite)
                #expect(held == holders.map { _ in "a key" })
                let erasure = try await suite.ask(
                    "contacts", .post, "/v1/parties/\(party)/erasures", #"{"by":"privacy desk"}"#, as: Made.self)
                struct Receipt: Decodable { let isComplete: Bool }
                try await eventually("receipts of all services", within: .seconds(60)) {
                    try await suite.ask("contacts", .get, "/v1/erasures/\(erasure.id)", as: Receipt.self).isComplete
                }
                try await closeFiles(suite)
                for trace in Self.traces {
                    try await eventually("\(trace) to leave the topics", within: .seconds(60)) {
                        try inTopics(trace, suite).isEmpty
                    }
                    let left = try await inDumps(trace, suite)
                    #expect(left.isEmpty, "\(trace)")
                    #expect(try inFiles(trace, "log", suite).isEmpty, "\(trace)")
                }
                // The keys are gone from their topic too, so that what is sealed stays so.
                let receipt = try await suite.ask("contacts", .get, "/v1/erasures/\(erasure.id)")
                #expect(receipt.contains("\"subject_key\"") && receipt.contains("topic erp.customers"), "\(receipt)")
                try await eventually("the keys to leave their topic", within: .seconds(60)) {
                    try await keys(of: party, suite) == held.map { _ in "gone" }
                }
                // Others are as they were.
                #expect(
                    try await suite.ask("contacts", .get, "/v1/parties?search=Bystander").contains("bob@other.example"))
            }
        }

        private struct Made: Decodable { let id: String }

        /// Everything that a person leaves in the services.
        @Loop private func aLife(of party: String, _ suite: RunningSuite) async throws {
            let ann = """
                {"customerNo":"K500","name":"Ann Quillfeather 奎尔菲瑟","email":"ann@quill.example","phone":"+4915112345678",\
                "language":"en","marketingConsent":true}
                """
            let bob = #"{"customerNo":"K501","name":"Bob Bystander","email":"bob@other.example"}"#
            try await suite.publish("erp.customers", key: "K500", "erp.customer.upserted.v1", ann)
            try await suite.publish("erp.customers", key: "K501", "erp.customer.upserted.v1", bob)
            try await eventually("the customer in sales", within: .seconds(60)) {
                try await suite.ask("sales", .get, "/v1/accounts?name=Ann").contains("Quillfeather")
            }
            try await eventually("the customer in tickets", within: .seconds(60)) {
                try await suite.ask("tickets", .get, "/v1/caller-card?mail=ann@quill.example").contains(party)
            }
            let lead = try await suite.ask(
                "sales", .post, "/v1/leads", #"{"name":"Ann Quillfeather","email":"ann@quill.example"}"#, as: Made.self)
            try await suite.ask(
                "sales", .post, "/v1/leads/\(lead.id)/convert", #"{"accountId":"\#(party)"}"#)
            let known = #"{"name":"Mrs Quillfeather","phone":"+4915112345678","partyId":"\#(party)"}"#
            try await suite.ask("sales", .post, "/v1/leads", known)
            let ticket = try await suite.ask(
                "tickets", .post, "/v1/tickets",
                #"{"subject":"奎尔菲瑟 asks","description":"call 015112345678","partyId":"\#(party)"}"#, as: Made.self)
            try await suite.ask(
                "tickets", .post, "/v1/tickets/\(ticket.id)/replies",
                #"{"body":"Dear Mrs Quillfeather","author":"agent"}"#)
            try await suite.ask("tickets", .post, "/v1/tickets/\(ticket.id)/resolve")
            try await eventually("the survey's mail", within: .seconds(60)) {
                try suite.mails().contains { $0.contains("ann@quill.example") }
            }
            // A dead letter of each who reads customers or orders.
            try await suite.publish(
                "erp.customers", key: "K500", "erp.customer.upserted.v1", #"{"email":"ann@quill.example"}"#)
            try await suite.publish(
                "erp.orders", key: "K502", "erp.order.placed.v1", #"{"customerNo":7,"note":"for K500"}"#)
            try await eventually("the dead letters", within: .seconds(60)) {
                try await suite.figure("contacts", "crm_dead_letters") == 2
            }
        }

        /// One archive over all services, made by events; its form is judged by somebody else's reader, where there is one.
        @Loop private func theArchiveHasThePartOfEachService(_ party: String, _ suite: RunningSuite) async throws {
            let archive = try await suite.ask(
                "contacts", .post, "/v1/parties/\(party)/archives", #"{"by":"privacy desk"}"#, as: Made.self
            ).id
            struct State: Decodable { let isComplete: Bool }
            try await eventually("the parts of all services", within: .seconds(60)) {
                try await suite.ask("contacts", .get, "/v1/archives/\(archive)", as: State.self).isComplete
            }
            let file = try await suite.ask("contacts", .get, "/v1/archives/\(archive)/file")
            for name in holders { #expect(file.contains("\(name)/\(party).json"), "\(name)") }
            // Each service's part shows what it alone knows.
            for text in ["Mrs Quillfeather", "Dear Mrs Quillfeather", "奎尔菲瑟 asks", "\"segment_member\"", "survey:"] {
                #expect(file.contains(text), "\(text)")
            }
            guard access("/usr/bin/python3", X_OK) == 0 else { return print("skipped: no python3 to read the archive") }
            let place = "http://127.0.0.1:\(try suite.port("contacts"))/v1/archives/\(archive)/file"
            try await suite.shell(
                """
                curl -sf \(place) >archive.zip; python3 -m zipfile -t archive.zip; python3 -m zipfile -e archive.zip archive
                for file in archive/*/*.json; do python3 -m json.tool $file >/dev/null; done
                """)
            let own = contents(of: "\(suite.folder)/archive/contacts/\(party).json")
            #expect(own.contains("Ann Quillfeather 奎尔菲瑟"))
        }

        /// Lets the files of the compacted topics be closed and compacted now, and not after a day: the next record of each partition
        /// closes them.
        @Loop private func closeFiles(_ suite: RunningSuite) async throws {
            for topic in Self.compacted {
                let altered = try await suite.rapport(
                    "topics", "alter", topic, "--set", "segment.ms=1", "--set", "max.compaction.lag.ms=1", "--set",
                    "min.cleanable.dirty.ratio=0.0")
                try #require(altered.isSuccess, "\(altered.text)")
                try await suite.shell(
                    """
                    for partition in 0 1 2 3 4 5 6 7 8 9 10 11; do
                    echo noise | kcat -P -b $BROKER -t \(topic) -p $partition -k noise$partition -H ce_specversion=1.0 \
                    -H ce_id=n$partition -H ce_source=/kcat -H ce_type=test.noise.v1
                    done
                    """)
            }
        }

        // MARK: Looking

        /// The lines of the dumps of all schemas in which a text stands, as text or as bytes.
        @Loop private func inDumps(_ text: String, _ suite: RunningSuite) async throws -> [String] {
            var found: [String] = []
            let (port, secrets) = (try suite.port("postgres"), try suite.secrets())
            let program = try PostgresTools.find() + "/pg_dump"
            let hex = text.utf8.map { String(Int($0) + 256, radix: 16).suffix(2) }.joined()
            for name in services {
                let url = "postgresql://rapport_\(name):\(secrets[name] ?? "")@127.0.0.1:\(port)/rapport"
                try await suite.shell("\(program) --schema=\(name) '\(url)' >dump-\(name).sql")
                let dump = contents(of: "\(suite.folder)/dump-\(name).sql")
                try #require(dump.contains("CREATE TABLE"))
                let lines = dump.split(separator: "\n").filter { $0.contains(text) || $0.contains(hex) }
                found += lines.map { "\(name): \($0.prefix(500))" }
            }
            return found
        }

        /// The topics in whose files a text stands.
        private func inTopics(_ text: String, _ suite: RunningSuite) throws -> Set<String> {
            let files = try inFiles(text, "broker", suite)
            return Set(
                files.map { file in
                    Topic.all.first { file.contains("/\($0.name).") }?.name ?? file
                })
        }

        /// The files of a folder of the suite in which a text stands.
        private func inFiles(_ text: String, _ place: String, _ suite: RunningSuite) throws -> [String] {
            try ByteSearch.files(with: text, in: "\(suite.folder)/\(place)")
        }

        /// What the topic of keys still says of a party's: a line for each message.
        @Loop private func keys(of party: String, _ suite: RunningSuite) async throws -> [String] {
            try await suite.shell(
                "kcat -C -e -q -o beginning -b $BROKER -t crm.subject-keys -f '%k %s\\n' >keys; grep '\(party)' keys >party"
            )
            return contents(of: suite.folder + "/party").split(separator: "\n").map { line in
                line.contains("\"key\"") ? "a key" : "gone"
            }
        }
    }
}
