import Broker
import CRMModel
import EventLoop
import FoundationEssentials
import Kafka
import TestKit
import Testing

@testable import Rapport

/// The program, run against brokers as a person would.
@Loop
private struct Person {
    let brokers: String
    let folder: String
    var extra: [String: String] = [:]

    /// Runs a line of arguments; gives status, standard output and standard error.
    func run(_ line: String, input: String = "") async throws -> (status: Int, output: String, error: String) {
        let program = try TestPaths.program("rapport")
        let settings = extra.map { "\($0.key)='\($0.value)'" }.joined(separator: " ")
        try Array(input.utf8).withUnsafeBytes { try Data($0).write(to: URL(filePath: folder + "/in")) }
        let result = try await runShell(
            "KAFKA_BROKERS=\(brokers) \(settings) \(program) \(line) --run \(folder)/run < \(folder)/in 2> \(folder)/error"
        )
        return (result.status, result.output, TestPaths.contents(folder + "/error"))
    }
}

@Loop
private func withPerson(
    _ change: (inout BrokerSettings) -> Void = { _ in }, _ body: @Loop (Person, Broker) async throws -> Void
) async throws {
    let folder = try TestPaths.temporaryFolder()
    defer { TestPaths.remove(folder) }
    var settings = BrokerSettings(dataDirectory: folder + "/data")
    change(&settings)
    let broker = try Broker(settings)
    try await broker.start()
    do {
        try await body(Person(brokers: "127.0.0.1:\(broker.port)", folder: folder), broker)
    } catch {
        await broker.stop()
        throw error
    }
    await broker.stop()
}

/// What both brokers must give.
@Loop
private func useTopics(_ person: Person) async throws {
    let empty = try await person.run("topics list")
    #expect(empty.status == 0 && empty.output.hasPrefix("no topics"), "\(empty)")
    let created = try await person.run("topics create crm.test --partitions 3 --set retention.ms=86400000")
    #expect(created.status == 0 && created.output == "created crm.test with 3 partitions\n", "\(created)")
    let again = try await person.run("topics create crm.test")
    #expect(again.status == 1 && again.error.contains("is there already"))
    let wrong = try await person.run("topics create other --set no.such.key=1")
    #expect(wrong.status == 1 && wrong.error.contains("no.such.key"), "\(wrong)")
    for number in 1...5 {
        let data = #"{"name":"王小明 \#(number)","amount":1.50,"tags":["a","b"],"none":[]}"#
        let mode = number % 2 == 0 ? "--structured" : ""
        let line = "events publish crm.test --key k\(number) --type crm.test.made.v1 --source /测试 --unchecked \(mode)"
        let published = try await person.run(line + " --id e\(number)", input: data)
        #expect(published.status == 0 && published.output == "published e\(number) to crm.test\n", "\(published)")
    }
    let list = try await person.run("topics")
    let table = list.output.split(separator: "\n").map { $0.split(separator: " ").map { String($0) } }
    #expect(
        table.first == ["topic", "partitions", "records", "next", "offset"]
            && table.last == ["crm.test", "3", "5", "5"])
    let json = try await person.run("topics list --json")
    let topics = try JSONSerialization.list(json.output)
    #expect(topics.count == 1 && topics[0].records == 5 && topics[0].partitions.count == 3)
    let described = try await person.run("topics describe crm.test")
    #expect(described.output.contains("retention.ms"), "\(described)")
    let own = described.output.split(separator: "\n").first { $0.hasPrefix("retention.ms ") }
    #expect(own?.contains("86400000") == true && own?.hasSuffix("topic") == true)
    try await readEvents(person)
    let altered = try await person.run(
        "topics alter crm.test --set cleanup.policy=compact --unset retention.ms --partitions 4")
    #expect(altered.status == 0, "\(altered)")
    let after = try await person.run("topics describe crm.test --json")
    let topic = try #require(try JSONSerialization.list(after.output).first)
    #expect(topic.partitions.count == 4 && topic.settings?["cleanup.policy"]?.value == "compact")
    #expect(topic.settings?["retention.ms"]?.isOwn == false && topic.settings?["cleanup.policy"]?.isOwn == true)
    #expect(try await person.run("topics alter crm.test --partitions 2").status == 1)
    #expect(try await person.run("topics delete crm.test").status == 2)
    #expect(try await person.run("topics delete crm.test --yes").status == 0)
    let gone = try await person.run("topics describe crm.test")
    #expect(gone.status == 1 && gone.error.contains("there is no topic crm.test"))
}

@Loop
private func readEvents(_ person: Person) async throws {
    let all = try await person.run("events tail crm.test --from beginning --until-end")
    #expect(all.status == 0, "\(all)")
    for number in 1...5 { #expect(all.output.contains("\"name\": \"王小明 \(number)\"")) }
    #expect(
        all.output.contains("  \"amount\": 1.50,\n") || all.output.contains("    \"amount\": 1.50,\n"), "\(all.output)")
    #expect(all.output.components(of: "crm.test.made.v1").count == 6 && all.output.contains("source /测试"))
    let one = try await person.run("events crm.test --from beginning --until-end --key k4 --json")
    #expect(one.output.split(separator: "\n").count == 1)
    #expect(
        one.output.contains(#""id":"e4","source":"/测试""#)
            && one.output.contains(#""data":{"name":"王小明 4","amount":1.50,"#))
    let typed = try await person.run("events crm.test --from beginning --until-end --type 'crm.test.*' --json --max 3")
    #expect(typed.output.split(separator: "\n").count == 3)
    #expect(
        try await person.run("events crm.test --from 1h --until-end --type crm.test.made --json").output.split(
            separator: "\n"
        ).count == 5)
    #expect(try await person.run("events crm.test --from 1h --until-end --type crm.other").output.isEmpty)
    #expect(try await person.run("events crm.test --from 2099-01-01T00:00:00Z --until-end").output.isEmpty)
    #expect(try await person.run("events crm.test --until-end").output.isEmpty)
    // A tail shows what comes after it began.
    async let tail = person.run("events tail crm.test --max 1 --json")
    var shown = false
    for round in 0..<40 where !shown {
        try await Loop.sleep(for: .milliseconds(250))
        let late = try await Person(brokers: person.brokers, folder: person.folder + "/second", extra: person.extra)
            .made()
            .run(
                "events publish crm.test --key late --type crm.test.late.v1 --source /t --unchecked --data '{\"n\":\(round)}'"
            )
        #expect(late.status == 0, "\(late)")
        shown = round >= 8
    }
    let seen = try await tail
    #expect(seen.status == 0 && seen.output.contains("crm.test.late.v1"), "\(seen)")
}

extension Person {
    fileprivate func made() throws -> Person {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return self
    }
}

/// What `--json` prints of topics.
private struct ToldTopic: Decodable {
    struct Partition: Decodable { let partition: Int }
    struct Setting: Decodable {
        let value: String?
        let isOwn: Bool
    }
    let name: String
    let records: Int
    let partitions: [Partition]
    let settings: [String: Setting]?
}

private enum JSONSerialization {
    static func list(_ text: String) throws -> [ToldTopic] {
        try JSONDecoder().decode([ToldTopic].self, from: Data(text.utf8))
    }
}

extension String {
    fileprivate func components(of part: String) -> [String] {
        var (rest, parts) = (self[...], [String]())
        while let range = rest.firstRange(of: part) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }
}

@Suite struct PeopleToolsTests {
    @Test @Loop func topicsAndEventsOnTheBroker() async throws {
        try await withPerson { person, _ in try await useTopics(person) }
    }

    @Test @Loop func topicsAndEventsOnApacheKafka() async throws {
        guard ApacheKafka.path != nil else { return print("skipped: there is no ../shared/kafka") }
        try await ApacheKafka.with("4.3.1") { address in
            let folder = try TestPaths.temporaryFolder()
            defer { TestPaths.remove(folder) }
            try await useTopics(Person(brokers: address, folder: folder))
        }
    }

    @Test @Loop func signInAndTLSArePassedOn() async throws {
        let files = try await TestCertificates()
        defer { files.remove() }
        let users = files.folder + "/users"
        let broker = try TestPaths.program("rapport-broker")
        #expect(try await runShell("echo 密码 | BROKER_USERS=\(users) \(broker) add-user 店长").status == 0)
        try await withPerson { settings in
            settings.listeners = [ListenerSettings(.tlsAndSignIn, address: "127.0.0.1", port: 0)]
            (settings.tlsCertificate, settings.tlsKey, settings.usersFile) = (files.certificate, files.key, users)
        } _: { person, _ in
            var person = person
            person.extra = [
                "KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "KAFKA_SSL_CA_LOCATION": files.authority,
                "KAFKA_SASL_MECHANISM": "SCRAM-SHA-256", "KAFKA_SASL_USERNAME": "店长", "KAFKA_SASL_PASSWORD": "密码",
            ]
            #expect(try await person.run("topics create t --partitions 1").status == 0)
            let publish = "events publish t --key 键 --type a.b.v1 --source s --unchecked --data '{}'"
            #expect(try await person.run(publish).status == 0)
            let seen = try await person.run("events t --from beginning --max 1")
            #expect(seen.output.contains("a.b.v1  键"), "\(seen)")
            person.extra["KAFKA_SASL_PASSWORD"] = "wrong"
            let refused = try await person.run("topics list")
            #expect(refused.status == 1 && refused.error.contains("Authentication failed"), "\(refused)")
        }
    }

    @Test @Loop func misuseIsExplained() async throws {
        try await withPerson { person, _ in
            for (line, word) in [
                ("topics rename a", "rename"), ("topics create", "name of a topic"),
                ("topics alter t", "what to alter"),
                ("events publish t --type a --source b", "--key"), ("events --from yesterday", "yesterday"),
                ("topics list --jsno", "--jsno"), ("events --max 0", "--max"), ("topics create t --set a", "KEY=VALUE"),
            ] {
                let run = try await person.run(line)
                #expect(run.status == 2 && run.error.contains(word), "\(line): \(run)")
            }
            for line in [
                "events nowhere", "events publish nowhere --key a --type b --source c --data '{}'",
                "topics describe nowhere",
            ] {
                let run = try await person.run(line)
                #expect(run.status == 1 && run.error.contains("there is no topic nowhere"), "\(line): \(run)")
            }
            let bad = try await person.run("events publish t --key a --type b --source c --data '{\"a\":'")
            #expect(bad.status == 1 && bad.error.contains("not JSON"))
            for name in ["topics", "events"] {
                let help = try await person.run("\(name) --help")
                #expect(help.status == 0 && help.output.hasPrefix("rapport \(name)"))
            }
        }
        let folder = try TestPaths.temporaryFolder()
        defer { TestPaths.remove(folder) }
        let nobody = try await Person(brokers: "", folder: folder).run("topics list")
        #expect(nobody.status == 1 && nobody.error.contains("rapport up"), "\(nobody)")
    }

    @Test @Loop func whatServicesWouldPutAsideIsRefused() async throws {
        try await withPerson { person, _ in
            for topic in ["erp.orders", "erp.products"] {
                #expect(try await person.run("topics create \(topic) --partitions 1").status == 0)
            }
            let order = #"{"orderId":"1","placedAt":"2026-01-01T00:00:00Z","currency":"EUR","lines":[],"total":"7"}"#
            let publish = "events publish erp.orders --key C --source /erp"
            let good = "\(publish) --type erp.order.placed.v1"
            #expect(try await person.run(good, input: order).status == 0)
            #expect(try await person.run("\(good) --structured", input: order).status == 0)
            for (line, input, words) in [
                (
                    "\(publish) --type erp.order.placd.v1", order,
                    ["erp.order.placd.v1", "is erp.order.placed.v1 meant?"]
                ),
                ("\(publish) --type nobody.knows.this", order, ["no contract knows"]),
                ("\(publish) --type erp.order.placed.v2", order, ["--type", "version 1"]),
                (good, order.replacing("EUR", with: "eur"), ["currency", "ISO 4217", "--unchecked"]),
                (good, order.replacing(#""lines":[],"#, with: ""), ["lines", "missing"]),
                (good, order.replacing(#""1""#, with: #""\u0000""#), ["orderId", "NUL"]),
                ("\(good) --id \(String(repeating: "x", count: 501))", order, ["--id", "500"]),
                ("\(good) --header ce_time=now", order, ["--time"]),
                (good.replacing("erp.orders", with: "erp.products"), order, ["--type", "on the topic erp.orders"]),
            ] {
                let refused = try await person.run(line, input: input)
                #expect(refused.status == 1 && words.allSatisfy { refused.error.contains($0) }, "\(line): \(refused)")
                #expect(try await person.run("\(line) --unchecked", input: input).status == 0)
            }
            let told = try await person.run("events erp.orders --from beginning --until-end --json")
            #expect(told.output.split(separator: "\n").count == 10, "\(told)")
        }
    }

    @Test func startsAreRead() throws {
        #expect(
            try EventStart("end") == .end && EventStart("beginning") == .beginning && EventStart("42") == .offset(42))
        #expect(try EventStart("1970-01-01T00:00:02Z") == .time(2000))
        #expect(try EventStart("2m", now: Date(timeIntervalSince1970: 1000)) == .time(880_000))
        for text in ["", "-1", "m", "5x", "-3h", "2026-13-01T00:00:00Z"] {
            #expect(throws: UsageError.self) { try EventStart(text) }
        }
    }

    @Test func jsonKeepsWhatWasWritten() {
        #expect(JSONShape.isValid(Array(#"{"a":"\u0000"}"#.utf8)))
        let text = #" {"b" : 1.00, "a":[ ], "c":{"\"x{":"，：{}","d":[1,2e9]}} "#
        #expect(
            JSONShape.compact(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
                == #"{"b":1.00,"a":[],"c":{"\"x{":"，：{}","d":[1,2e9]}}"#)
        let pretty = JSONShape.pretty(Array(text.utf8), indent: "")
        #expect(
            pretty
                == "{\n  \"b\": 1.00,\n  \"a\": [],\n  \"c\": {\n    \"\\\"x{\": \"，：{}\",\n    \"d\": [\n      1,\n      2e9\n    ]\n  }\n}"
        )
        for bad in ["", "{", "{} x", "\u{1B}[31m"] { #expect(JSONShape.pretty(Array(bad.utf8), indent: "") == nil) }
        #expect("a\u{1B}[31m\u{9B}2J王".printable == "a\\u{1b}[31m\\u{9b}2J王" && "王a\u{1B}[31m小".columns == 5)
    }
}
