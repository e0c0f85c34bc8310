import EventLoop
import FoundationEssentials
import Postgres
import TestKit
import Testing

@testable import Rapport

@Suite struct SuiteTests {
    @Test @Loop func aProcessIsKnownByItsStart() async throws {
        let child = try ChildProcess("/bin/sleep", ["60"])
        let mark = try #require(ProcessMark(child.id))
        #expect(mark.isAlive)
        #expect(try JSONDecoder().decode(ProcessMark.self, from: JSONEncoder().encode(mark)) == mark)
        mark.signal(SIGKILL)
        #expect(try await mark.hasEnded(within: .seconds(10)))
        #expect(ProcessMark(child.id) == nil)
    }

    @Test @Loop func stateAndSecretsAreKept() async throws {
        let path = try TestPaths.temporaryFolder()
        defer { TestPaths.remove(path) }
        let folder = try SuiteFolder(path)
        try await folder.locked { $0.programs["contacts"] = ProgramState(mark: nil, port: 4711) }
        #expect(try folder.readState().programs["contacts"]?.port == 4711)
        let secret = try folder.secret("contacts")
        #expect(try folder.secret("contacts") == secret)
        #expect(try folder.secret("sales") != secret)
        var info = stat()
        stat(path + "/secrets.json", &info)
        #expect(info.st_mode & 0o777 == 0o600)
        // What cannot be read, here by nobody, is not drawn anew.
        TestPaths.remove(path + "/secrets.json")
        try FileManager.default.createDirectory(atPath: path + "/secrets.json", withIntermediateDirectories: true)
        #expect(throws: SuiteError.self) { try folder.secret("contacts") }
    }

    @Test @Loop func settingsAreKeptWithTheRunAndChangesAreSaidAloud() async throws {
        let first = RunSettings(
            ["SMTP_URL": "smtp://me:pass@a.example:25", "API_TOKEN": "t1", "HOME": "/root", "KAFKA_BROKERS": "x"],
            kept: nil)
        #expect(first.kept == ["SMTP_URL": "smtp://me:pass@a.example:25", "API_TOKEN": "t1"] && first.words.isEmpty)
        // From a shell that does not know them.
        let second = RunSettings(["HOME": "/root", "FIRM_ZONE": "Asia/Shanghai"], kept: first.kept)
        #expect(second.merged["SMTP_URL"] == "smtp://me:pass@a.example:25" && second.merged["API_TOKEN"] == "t1")
        #expect(second.words.count == 3 && second.kept["FIRM_ZONE"] == "Asia/Shanghai")
        #expect(second.words.contains { $0.contains("SMTP_URL is smtp://…@a.example:25 as before") }, "\(second.words)")
        #expect(!second.words.contains { $0.contains("pass") || $0.contains("t1") })
        let third = RunSettings(["SMTP_URL": "", "FIRM_ZONE": "UTC", "API_TOKEN": "t2"], kept: second.kept)
        #expect(third.kept == ["FIRM_ZONE": "UTC", "API_TOKEN": "t2"] && third.merged["SMTP_URL"] == "")
        #expect(
            third.words == [
                "API_TOKEN changes from (a secret) to (a secret)", "FIRM_ZONE changes from Asia/Shanghai to UTC",
                "SMTP_URL is taken away; it was smtp://…@a.example:25",
            ])
        let path = try TestPaths.temporaryFolder()
        defer { TestPaths.remove(path) }
        let folder = try SuiteFolder(path)
        let terminal = Terminal()
        #expect(try folder.settle(["SMTP_URL": "smtp://a.example"], terminal)["SMTP_URL"] == "smtp://a.example")
        #expect(try folder.settle([:], terminal)["SMTP_URL"] == "smtp://a.example")
        var info = stat()
        stat(path + "/settings.json", &info)
        #expect(info.st_mode & 0o777 == 0o600)
    }

    @Test func processesOfServicesHaveNames() {
        #expect(Member("contacts") == Member("contacts", 1) && Member("contacts-2") == Member("contacts", 2))
        for name in ["postgres", "contacts-1", "contacts-0", "contacts-02", "contacts-", "contacts-x", ""] {
            #expect(Member(name) == nil, "\(name)")
        }
        #expect(Member("sales", 3).name == "sales-3" && Member("sales", 1).name == "sales")
        var state = SuiteState()
        state.counts = ["sales": 2]
        #expect(state.members(of: "sales").map(\.name) == ["sales", "sales-2"])
        #expect(state.members(of: "contacts").map(\.name) == ["contacts"])
        for name in ["sales", "sales-2", "sales-3", "sales-4", "postgres"] {
            state.programs[name] = ProgramState(mark: nil, port: 1)
        }
        #expect(state.others(of: "sales").map(\.name) == ["sales-4", "sales-3"])
    }

    @Test func whatDiesAgainAndAgainIsStartedLessOften() {
        var backoff = Backoff()
        let waits = (1...10).map { _ in backoff.wait(after: .seconds(1)).seconds }
        #expect(waits == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30])
        #expect(backoff.wait(after: .seconds(61)) == .milliseconds(200))
        #expect(backoff.wait(after: .zero) == .milliseconds(400))
    }

    @Test @Loop func deathsAreToldInWords() async throws {
        for (line, words) in [
            ("kill -9 $$", "killed by SIGKILL"), ("kill -63 $$", "killed by signal 63"),
            ("exit 3", "ended with status 3"),
        ] {
            #expect(try await ChildProcess("/bin/sh", ["-c", line]).exit().words == words)
        }
        var deaths = WatchRecord.Deaths(
            restarts: 2, last: 1_000_000, cause: "ended with status 1", lastWords: "no room", next: 1_000_007.5)
        #expect(deaths.text(now: 1_000_000) == "restarting in 8 s, ended with status 1: no room")
        #expect(deaths.text(now: 1_000_008) == "restarting now, ended with status 1: no room")
        deaths.next = nil
        deaths.restarts = 3
        let text = deaths.text(now: 1_000_008)
        #expect(text.hasPrefix("restarted 3 times, last ") && text.hasSuffix(":46, ended with status 1"), "\(text)")
    }

    @Test @Loop func theLastWordsOfAProgramAreShownAsSaid() async throws {
        let path = try TestPaths.temporaryFolder()
        defer { TestPaths.remove(path) }
        let folder = try SuiteFolder(path)
        #expect(folder.lastWords(of: "sales") == "")
        let line =
            #"{"ts":"2026-11-30T14:02:00.000Z","level":"critical","service":"sales","msg":"the schema lacks a table"}"#
        try Data("begun\n\(line)\n".utf8).write(to: URL(filePath: folder.log(of: "sales")))
        #expect(folder.lastWords(of: "sales") == "the schema lacks a table")
        let much = [UInt8](repeating: 0x78, count: 1 << 20)
        try Data(much + Array("\nthe end\n".utf8)).write(to: URL(filePath: folder.log(of: "sales")))
        #expect(folder.lastWords(of: "sales") == "the end")
        try Data("begun\nFATAL: \u{1b}[31mno\n".utf8).write(to: URL(filePath: folder.log(of: "sales")))
        #expect(folder.lastWords(of: "sales") == #"FATAL: \u{1b}[31mno"#)
    }

    @Test @Loop func onlyOneRestartsAtATime() async throws {
        let path = try TestPaths.temporaryFolder()
        defer { TestPaths.remove(path) }
        let folder = try SuiteFolder(path)
        try await folder.alone("restart") {
            await #expect(throws: SuiteError.self) { try await folder.alone("restart") {} }
        }
        try await folder.alone("restart") {}
    }

    @Test func aChangedSettingIsSeen() throws {
        var program = Program(name: "notifications", path: "/bin/true", environment: ["HTTP_PORT": "1"])
        program.reads = Services.settings
        let before = program.settings(inheriting: ["API_TOKEN": "one", "KAFKA_SASL_USERNAME": "a", "PWD": "/a"])
        #expect(before == program.settings(inheriting: ["API_TOKEN": "one", "KAFKA_SASL_USERNAME": "a", "PWD": "/b"]))
        #expect(before != program.settings(inheriting: ["API_TOKEN": "two", "KAFKA_SASL_USERNAME": "a"]))
        #expect(before != program.settings(inheriting: ["API_TOKEN": "one", "KAFKA_SASL_USERNAME": "b"]))
        #expect(before != program.settings(inheriting: ["KAFKA_SASL_USERNAME": "a"]))
        // What the suite gives goes before what is inherited, and a file of settings counts by what it says.
        let folder = try TestPaths.temporaryFolder()
        defer { TestPaths.remove(folder) }
        let file = folder + "/settings"
        func settings(_ text: String) throws -> String {
            try Data(text.utf8).write(to: URL(filePath: file))
            return program.settings(inheriting: ["RAPPORT_SETTINGS": file, "HTTP_PORT": text])
        }
        let first = try settings("POOL_SIZE=4")
        #expect(try settings("POOL_SIZE=4") == first)
        #expect(try settings("POOL_SIZE=5") != first)
    }

    @Test func everySettingOfTheServicesCounts() throws {
        // Given to each service by the suite; a service's own *_DATABASE_URL is given as DATABASE_URL.
        let given: Set = ["DATABASE_URL", "HTTP_ADDRESS", "HTTP_PORT", "INSTANCE", "KAFKA_BROKERS"]
        var names: Set<String> = []
        for folder in ["Services", "Shared"] {
            let root = "\(TestPaths.package)/\(folder)"
            for path in try FileManager.default.subpathsOfDirectory(atPath: root) where path.hasSuffix(".swift") {
                let code = try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)
                // Setting<Int>("POOL_SIZE", …)
                for part in code.split(separator: "Setting<").dropFirst() {
                    let words = part.split(separator: "\"", maxSplits: 2)
                    guard words.count > 1, words[0].filter({ !$0.isWhitespace }).hasSuffix(">(") else { continue }
                    if !words[1].contains("\\") { names.insert(String(words[1])) }
                }
            }
        }
        #expect(names.count > 15 && names.contains("SMTP_URL"))
        for name in names.subtracting(given) {
            let isRead = Services.settings.contains { $0.last == "_" ? name.hasPrefix($0) : name == $0 }
            #expect(isRead, "\(name) is read by a service, and a change of it is not seen")
        }
    }

    @Test @Loop func aRoleSeesOnlyItsOwnSchema() async throws {
        let admin = try await TestDatabase.make("roles")
        let roles = DatabaseRoles(admin: admin, isOwnServer: true)
        try await roles.apply(["contacts": "one", "sales": "two"])
        // Safe to run again, and a new password counts.
        try await roles.apply(["contacts": "one", "sales": "three"])
        func run(_ service: String, _ password: String, _ sql: String) async throws {
            let url = try roles.url(of: service, password: password)
            let connection = try await PostgresConnection.open(
                PostgresSettings(url: url, applicationName: "test", schema: service))
            defer { connection.close() }
            _ = try await connection.transaction { try await $0.query(Statement("test", sql)) }
        }
        try await run("contacts", "one", "CREATE TABLE secret (a int)")
        try await run("contacts", "one", "SELECT * FROM secret")
        for sql in [
            "SELECT * FROM contacts.secret", "CREATE TABLE contacts.mine (a int)", "CREATE TABLE public.a (a int)",
        ] {
            await #expect(throws: PostgresError.self) { try await run("sales", "three", sql) }
        }
        await #expect(throws: PostgresError.self) { try await run("sales", "two", "SELECT 1") }
    }

    @Test @Loop func aForeignServerKeepsItsPrivilegesAndPasswords() async throws {
        let admin = try await TestDatabase.make("foreign")
        // Roles belong to the whole server, so this service has a name of its own.
        let service = "visitor\(getpid())"
        let roles = DatabaseRoles(admin: admin, isOwnServer: false)
        try await roles.apply([service: "one"])
        try await roles.apply([service: "one"])
        let connection = try await PostgresConnection.open(PostgresSettings(url: admin, applicationName: "test"))
        defer { connection.close() }
        let statement = Statement(
            "test.privileges",
            """
            SELECT has_database_privilege('public', current_database(), 'CONNECT'),
                has_schema_privilege('public', 'public', 'USAGE'), has_schema_privilege('public', $1, 'USAGE')
            """)
        let row = try #require(try await connection.transaction { try await $0.query(statement, service) }.first)
        #expect(try row.value(0) as Bool)
        #expect(try row.value(1) as Bool)
        #expect(try row.value(2) as Bool == false)
        // Another installation has drawn another password: it is told, and the first one goes on.
        let error = await #expect(throws: SuiteError.self) { try await roles.apply([service: "two"]) }
        #expect(error?.description.contains("\(service.uppercased())_DATABASE_URL") == true)
        let own = PostgresSettings(url: try roles.url(of: service, password: "one"), applicationName: "test")
        try await PostgresConnection.open(own).close()
    }

    @Test func argumentsAreTakenOnce() throws {
        var arguments = Arguments(["--orders", "5", "--fresh", "--rate=7"])
        #expect(try arguments.number("--orders") == 5)
        #expect(try arguments.number("--rate") == 7)
        #expect(arguments.flag("--fresh") && !arguments.flag("--fresh"))
        try arguments.end()
        // A value may begin with a mark that joins the sign before it.
        var marked = Arguments(["--note=\u{301}x", "--set", "a=\u{301}y"])
        #expect(try marked.value("--note") == "\u{301}x")
        #expect(try marked.pairs("--set").map(\.1) == ["\u{301}y"])
        var wrong = Arguments(["--orders", "none"])
        #expect(throws: UsageError.self) { try wrong.number("--orders") }
    }

    @Test func numbersAreGrouped() {
        #expect(grouped(22_061) == "22,061" && grouped(-1_000) == "-1,000" && grouped(7) == "7")
        #expect(groupedAmount(106_556_224_840) == "10,655,622.484")
    }
}
