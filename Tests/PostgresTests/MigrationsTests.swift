import EventLoop
import TestKit
import Testing

@testable import Postgres

@Suite struct MigrationsTests {
    private let steps = [
        Migration("m0002_b", "INSERT INTO a VALUES (2); INSERT INTO a VALUES (3)"),
        Migration("m0001_a", "-- A table; of one column.\nCREATE TABLE a (id bigint);\nINSERT INTO a VALUES (1);"),
    ]

    @Test @Loop func stepsAreAppliedOnceInTheOrderOfTheirNames() async throws {
        let url = try await TestDatabase.make("migrations")
        let settings = PostgresSettings(url: url, applicationName: "test", schema: "crm")
        #expect(try await Migrations.apply(steps, to: settings) == ["m0001_a", "m0002_b"])
        #expect(try await Migrations.apply(steps, to: settings).isEmpty)
        let more = steps + [Migration("m0003_c", "INSERT INTO a VALUES (4)")]
        #expect(try await Migrations.apply(more, to: settings) == ["m0003_c"])
    }

    @Test @Loop func aStepBelowWhatIsAppliedIsRefused() async throws {
        let url = try await TestDatabase.make("migrations")
        let settings = PostgresSettings(url: url, applicationName: "test", schema: "crm")
        _ = try await Migrations.apply(steps + [Migration("m202612011430_d", "INSERT INTO a VALUES (5)")], to: settings)
        let late = Migration("m202612011200_c", "INSERT INTO a VALUES (4)")
        let error = await #expect(throws: MigrationFault.self) {
            try await Migrations.apply(steps + [late], to: settings)
        }
        #expect(error?.description.hasPrefix("m202612011200_c is not applied, and m202612011430_d is") == true)
        #expect(try await Migrations.apply(steps, to: settings).isEmpty)
    }

    @Test func twoOfOneNumberAreRefused() throws {
        let two = [Migration("m202612011430_a", "SELECT 1"), Migration("m202612011430_b", "SELECT 2")]
        #expect(throws: MigrationFault.self) { try Migrations.ordered(two) }
        #expect(throws: MigrationFault.self) {
            try Migrations.ordered([Migration("m0001_a", "SELECT 1"), Migration("m0001_a", "SELECT 2")])
        }
        // As two older ones are.
        let old = [Migration("m0037_b", "SELECT 1"), Migration("m0037_a", "SELECT 2")]
        #expect(try Migrations.ordered(old).map(\.name) == ["m0037_a", "m0037_b"])
    }

    @Test @Loop func manyCallersAtOnceApplyThemOnce() async throws {
        let url = try await TestDatabase.make("migrations")
        let settings = PostgresSettings(url: url, applicationName: "test", schema: "crm")
        let steps = self.steps
        let callers = (1...8).map { _ in Task { @Loop in try await Migrations.apply(steps, to: settings) } }
        var applied: [String] = []
        for caller in callers { applied += try await caller.value }
        #expect(applied.sorted() == ["m0001_a", "m0002_b"])
        let connection = try await PostgresConnection.open(settings)
        defer { connection.close() }
        let sum: Int = try await connection.transaction {
            try await $0.query(Statement("test.sum", "SELECT sum(id)::bigint FROM a"))[0].value(0)
        }
        #expect(sum == 6)
    }

    @Test @Loop func aStepThatFailsLeavesNothing() async throws {
        let url = try await TestDatabase.make("migrations")
        let settings = PostgresSettings(url: url, applicationName: "test", schema: "crm")
        let wrong = [Migration("m0001_a", "CREATE TABLE a (id bigint); SELECT nonsense")]
        let error = await #expect(throws: PostgresError.self) { try await Migrations.apply(wrong, to: settings) }
        #expect(error?.statement == "m0001_a.1")
        #expect(try await Migrations.apply(steps, to: settings) == ["m0001_a", "m0002_b"])
        await #expect(throws: PostgresError.self) {
            try await Migrations.apply(steps, to: PostgresSettings(url: url, applicationName: "test"))
        }
    }

    @Test func scriptsAreSplitAtTheirSemicolons() {
        func commands(_ script: String) -> [String] {
            SQLScript.commands(script).map { command in
                command.split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: "|")
            }
        }
        #expect(commands("A; B;\n;C") == ["A", "B", "C"])
        #expect(commands("") == [] && commands(" ;\n-- x;y\n") == [])
        #expect(commands("SELECT ';' , \"a;b\", 'it''s;';B") == ["SELECT ';' , \"a;b\", 'it''s;'", "B"])
        #expect(commands("DO $$ a; b $$; C") == ["DO $$ a; b $$", "C"])
        #expect(commands("DO $x$ a; $$ ; $x$; C") == ["DO $x$ a; $$ ; $x$", "C"])
        #expect(commands("SELECT $1; B") == ["SELECT $1", "B"])
        #expect(commands("A -- no; end\n, b; C") == ["A -- no; end|, b", "C"])
        #expect(commands("A /* no; /* nor; */ here; */ b; C") == ["A /* no; /* nor; */ here; */ b", "C"])
        #expect(commands("A 'open; B").count == 1 && commands("A $$open; B").count == 1)
        #expect(commands("A /* open; B").count == 1)
    }
}
