import EventLoop
import FoundationEssentials
import Kafka
import TestKit
import Testing

extension WholeSuite {
    /// What whoever else is on the machine meets: nothing that is open.
    @Suite struct ClosedTests {
        @Test(.timeLimit(.minutes(5))) @Loop func nothingIsOpenToOthers() async throws {
            try await RunningSuite.with(environment: ["SMTP_PASSWORD": "shells-own", "API_SECRET": "shells-own"]) {
                suite in
                let up = try await suite.rapport("up")
                try #require(up.isSuccess, "\(up.text)")
                try folderIsClosed(suite)
                try programsAreNotRoot(suite)
                try databaseKnowsNoSecrets(suite)
                try await strangersAreRefused(suite)
                try await strangersFindNoOpenPort(suite)
                try await servicesWriteTheirOwnTopicsOnly(suite)
                try await outsidersComeAndGo(suite)
                // A second up changes nothing, whoever computes what runs.
                let before = try (services + ["postgres", "broker"]).map { try suite.process($0) }
                let again = try await suite.rapport("up")
                try #require(again.isSuccess, "\(again.text)")
                #expect(try (services + ["postgres", "broker"]).map { try suite.process($0) } == before)
                try folderIsClosed(suite)
            }
        }

        @Loop private func folderIsClosed(_ suite: RunningSuite) throws {
            var paths = [suite.folder]
            paths += try FileManager.default.subpathsOfDirectory(atPath: suite.folder)
                .filter { !$0.hasPrefix("command-") }.map { "\(suite.folder)/\($0)" }
            #expect(paths.count > 50)
            for path in paths {
                var info = stat()
                // What came and went meanwhile is nobody's.
                guard lstat(path, &info) == 0, info.st_mode & S_IFMT != S_IFLNK else { continue }
                #expect(info.st_mode & 0o077 == 0, "\(path) has \(String(info.st_mode & 0o777, radix: 8))")
                #expect(info.st_uid != 0 || getuid() != 0, "\(path) is the superuser's")
            }
        }

        @Loop private func programsAreNotRoot(_ suite: RunningSuite) throws {
            guard getuid() == 0 else { return }
            let marks = try (services + ["postgres", "broker"]).map { try suite.process($0) } + [suite.supervisor()]
            for id in marks.compactMap(\.self) {
                let status = contents(of: "/proc/\(id)/status").split(separator: "\n")
                let words = status.first { $0.hasPrefix("Uid:") }?.split(separator: "\t") ?? []
                #expect(words.count == 5 && !words.contains("0"), "\(id): \(status.first ?? "")")
            }
            for name in services + ["broker"] {
                let id = try #require(try suite.process(name))
                #expect(contents(of: "/proc/\(id)/status").contains("NoNewPrivs:\t1"), "\(name)")
                let limits = contents(of: "/proc/\(id)/limits").split(separator: "\n")
                let core = limits.first { $0.hasPrefix("Max core file size") }?.split(separator: " ") ?? []
                #expect(core.count > 4 && core[4] == "0", "\(name): \(core)")
            }
        }

        @Loop private func databaseKnowsNoSecrets(_ suite: RunningSuite) throws {
            for name in ["postgres", "broker"] {
                let id = try #require(try suite.process(name))
                let environment = contents(of: "/proc/\(id)/environ")
                #expect(!environment.contains("shells-own") && !environment.contains("PASSWORD"), "\(name)")
            }
        }

        /// As another user of the machine, where this one may become one.
        @Loop private func strangersAreRefused(_ suite: RunningSuite) async throws {
            let stranger = getuid() == 0 ? "setpriv --reuid 65534 --regid 65534 --clear-groups " : ""
            let broker = "127.0.0.1:\(try suite.port("broker"))"
            try await suite.shell("! \(stranger)env -u KCAT_CONFIG kcat -b \(broker) -m 3 -L")
            try await suite.shell(
                "! \(stranger)env -u KCAT_CONFIG kcat -b \(broker) -m 3 -L -X security.protocol=SASL_PLAINTEXT"
                    + " -X sasl.mechanism=SCRAM-SHA-256 -X sasl.username=contacts -X sasl.password=contacts")
            guard getuid() == 0 else { return }
            // Each thing that is in the folder, by its whole path.
            try await suite.shell(
                """
                find \(suite.folder) ! -name 'command-*' >/tmp/rapport-$$.list
                found=$(\(stranger)sh -c 'while read -r path; do if [ -r "$path" ] || [ -w "$path" ]; then echo "$path"; fi; done' \
                    </tmp/rapport-$$.list)
                count=$(wc -l </tmp/rapport-$$.list); rm /tmp/rapport-$$.list
                echo "$count looked at: $found"; [ "$count" -gt 50 ] && [ -z "$found" ]
                """)
            let id = try #require(try suite.process("contacts"))
            try await suite.shell("! \(stranger)cat /proc/\(id)/environ")
            // Nor those who have the same user: the process is its own.
            try await suite.shell(
                "! setpriv --reuid $(stat -c %u /proc/\(id)) --clear-groups cat /proc/\(id)/environ")
        }

        /// What listens, met by a program that has no password, no key and no secret.
        @Loop private func strangersFindNoOpenPort(_ suite: RunningSuite) async throws {
            struct Watch: Decodable { let port: Int }
            let watch = try JSONDecoder().decode(
                Watch.self, from: Data(contents(of: suite.folder + "/watch.json").utf8))
            for path in ["environment", "programs/1/readiness"] {
                try await suite.shell("[ $(\(Self.curl) http://127.0.0.1:\(watch.port)/\(path)) = 401 ]")
            }
            // Programs of this machine are let in until the first key is made, and then nobody without one.
            let paths = ["/metrics", "/openapi.json", "/v1/ops/dead-letters"]
            for name in services where name != "console" {
                let at = "http://127.0.0.1:\(try suite.port(name))"
                for path in paths { try await suite.shell("[ $(\(Self.curl) \(at)\(path)) = 200 ]") }
                for path in paths {
                    try await suite.shell("[ $(\(Self.curl) -H 'Host: evil.example' \(at)\(path)) = 403 ]")
                }
            }
            let added = try await suite.rapport("keys", "add", "shop", "--right", "leads.read")
            try #require(added.isSuccess, "\(added.text)")
            try await Loop.sleep(for: .seconds(3))
            for name in services {
                let at = "http://127.0.0.1:\(try suite.port(name))"
                for path in paths { try await suite.shell("[ $(\(Self.curl) \(at)\(path)) = 401 ]") }
                try await suite.shell("[ $(\(Self.curl) \(at)/health/live) = 200 ]")
            }
        }

        private static let curl = "curl -s -o /dev/null --max-time 10 -w '%{http_code}'"

        @Loop private func servicesWriteTheirOwnTopicsOnly(_ suite: RunningSuite) async throws {
            #expect(try await write("erp.orders", as: "contacts", suite) == 29)
            #expect(try await write("crm.contacts", as: "sales", suite) == 29)
            #expect(try await write("others", as: "operator", suite) == 0)
            let kafka = try suite.kafka(as: "sales")
            let partitions = [TopicPartition(topic: "crm.tickets", partition: 0)]
            // It may know that the topic is there, and read nothing of it.
            #expect(try await KafkaAdmin.bounds(of: partitions, kafka).count == 1)
            await #expect(throws: KafkaError.self) { try await KafkaAdmin.deleteTopics(["crm.sales"], kafka) }
            await #expect(throws: KafkaError.self) {
                try await KafkaAdmin.setTopicSettings(["retention.ms": "1"], of: "crm.sales", kafka)
            }
        }

        /// The code with which a record is refused; 0 for none.
        @Loop private func write(_ topic: String, as user: String, _ suite: RunningSuite) async throws -> Int32 {
            let producer = try KafkaProducer(try suite.kafka(as: user), properties: ["message.timeout.ms": "10000"])
            defer { producer.close() }
            var code: Int32 = -99
            producer.onDeliveries = { for delivery in $0 { code = delivery.error?.code ?? 0 } }
            try producer.produce(topic: topic, key: "k", value: [1], headers: [], id: 1)
            _ = await producer.flush(within: .seconds(15))
            return code
        }

        @Loop private func outsidersComeAndGo(_ suite: RunningSuite) async throws {
            for words in [["--write", "crm.contacts"], ["--write", "erp orders"], []] {
                let refused = try await suite.rapport(["users", "add", "erp"] + words)
                #expect(refused.status == 2, "\(refused.text)")
            }
            let added = try await suite.rapport("users", "add", "erp", "--write", "erp.orders,erp.customers")
            try #require(added.isSuccess, "\(added.text)")
            let line = try #require(added.text.split(separator: "\n").first { $0.hasPrefix("kcat ") })
            let send = "env -u KCAT_CONFIG \(line.replacing(" -t erp.orders", with: ""))"
            try await suite.shell("echo x | \(send) -P -t erp.customers -k C-1")
            try await suite.shell("! (echo x | \(send) -P -t crm.contacts -k C-1 -X message.timeout.ms=3000)")
            try await suite.shell("! \(send) -C -e -t erp.customers -o beginning -m 5")
            let listed = try await suite.rapport("users")
            #expect(listed.text.contains("erp") && listed.text.contains("write topic erp.orders"), "\(listed.text)")
            let ended = try await suite.rapport("users", "end", "erp")
            #expect(ended.isSuccess, "\(ended.text)")
            try await suite.shell("! (echo x | \(send) -P -t erp.customers -k C-1 -X message.timeout.ms=3000)")
            #expect(try await suite.rapport("users", "end", "erp").status == 1)
            let acls = try await suite.rapport("users", "acls")
            #expect(
                acls.text.contains(
                    "--allow-principal 'User:sales' --operation Create --operation Describe --operation Read"
                        + " --operation Write --topic 'crm.sales'"), "\(acls.text)")
        }
    }
}
