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
    }

    @Test @Loop func aRoleSeesOnlyItsOwnSchema() async throws {
        let admin = try await TestDatabase.make("roles")
        let roles = DatabaseRoles(admin: admin)
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

    @Test func argumentsAreTakenOnce() throws {
        var arguments = Arguments(["--orders", "5", "--fresh", "--rate=7"])
        #expect(try arguments.number("--orders") == 5)
        #expect(try arguments.number("--rate") == 7)
        #expect(arguments.flag("--fresh") && !arguments.flag("--fresh"))
        try arguments.end()
        var wrong = Arguments(["--orders", "none"])
        #expect(throws: UsageError.self) { try wrong.number("--orders") }
    }

    @Test func numbersAreGrouped() {
        #expect(grouped(22_061) == "22,061" && grouped(-1_000) == "-1,000" && grouped(7) == "7")
        #expect(groupedAmount(106_556_224_840) == "10,655,622.484")
    }
}
