import EventLoop
import TestKit
import Testing

/// The test kit itself: a private server, databases apart from each other, programs and folders found.
@Suite struct TestKitTests {
    @Test @Loop func databasesAreFreshAndApart() async throws {
        let first = try await TestDatabase.make("kit")
        let second = try await TestDatabase.make("kit")
        #expect(first != second)
        let psql = try ChildProcess("psql", ["-X", "-q", "-d", first, "-c", "CREATE TABLE t (id int)"])
        #expect(try await psql.exit().isSuccess)
        let other = try ChildProcess("psql", ["-X", "-q", "-d", second, "-c", "CREATE TABLE t (id int)"])
        #expect(try await other.exit().isSuccess)
    }

    @Test func pathsAreThoseOfThePackage() throws {
        #expect(access(TestPaths.package + "/Package.swift", R_OK) == 0)
        #expect(TestPaths.products.contains(".build"))
        #expect(throws: TestSetupError.self) { try TestPaths.program("no-such-program") }
    }

    @Test @Loop func eventuallyGivesUp() async throws {
        try await eventually { true }
        await #expect(throws: NotInTime.self) { try await eventually("never", within: .milliseconds(20)) { false } }
    }
}
