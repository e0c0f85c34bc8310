import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Notifications
import Postgres
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

/// A database that an earlier version made is as good as a new one after its migrations, and loses nothing.
@Suite struct MigrationFixtureTests {
    /// Tables whose rows migrations add or take away on purpose.
    private let changing: Set = ["schema_migration", "duplicate_check"]

    @Test func everyServiceHasAFixture() { #expect(Fixture.all.count >= 5) }

    @Test(arguments: Fixture.all) @Loop func anEarlierDatabaseMigratesForward(_ fixture: Fixture) async throws {
        let database = try await fixture.restored()
        let settings = PostgresSettings(url: database, applicationName: "test", schema: fixture.definition.name)
        let before = try await Catalogue(of: settings).counts()
        let service = try await TestService(fixture.definition, on: database)
        defer { service.close() }
        try await equalsANewOne(settings, fixture.definition)
        try await service.prepareAll(of: fixture.definition)
        keepsRows(before, try await Catalogue(of: settings).counts())
        // It goes on in the life that it had before there were lives.
        #expect(try await service.column("SELECT epoch || ' ' || cause || ' ' || state FROM life") == ["0 first whole"])
        try await answersTheSame(service, try fixture.answers())
    }

    @Loop private func equalsANewOne(
        _ settings: PostgresSettings, _ definition: any ServiceDefinition.Type
    ) async throws {
        let fresh = try await newDatabase(definition)
        let differences = Catalogue.differences(
            migrated: try await Catalogue(of: settings).definitions(),
            fresh: try await Catalogue(of: fresh).definitions())
        #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
    }

    private func keepsRows(_ before: [String: Int], _ after: [String: Int]) {
        #expect(before.values.contains { $0 > 0 })
        let changed = before.filter { name, count in
            !changing.contains(name) && after[name] != nil && after[name] != count
        }.map { name, count in "\(name) has \(after[name] ?? 0) rows, had \(count)" }
        #expect(changed.isEmpty, "\(changed.sorted().joined(separator: "\n"))")
    }

    @Loop private func answersTheSame(_ service: TestService, _ shown: [String: ShownJSON]) async throws {
        #expect(!shown.isEmpty)
        for (path, old) in shown.sorted(by: { $0.key < $1.key }) {
            let answer = try await service.send(.get, path)
            #expect(answer.status == 200, "\(path): \(answer.text)")
            guard answer.status == 200 else { continue }
            let lost = old.lost(in: try answer.json(ShownJSON.self), at: path)
            #expect(lost.isEmpty, "\(lost.joined(separator: "\n"))")
        }
    }

    @Loop private func newDatabase(_ definition: any ServiceDefinition.Type) async throws -> PostgresSettings {
        let settings = PostgresSettings(
            url: try await TestDatabase.make(definition.name), applicationName: "test", schema: definition.name)
        _ = try await Migrations.apply(MessagingSchema.migrations + definition.migrations, to: settings)
        return settings
    }

    // MARK: What the comparisons see

    @Test @Loop func aSchemaThatDiffersIsTold() async throws {
        let settings = try await newDatabase(NotificationsService.self)
        let before = try await Catalogue(of: settings).definitions()
        let steps = [
            "ALTER TABLE message ALTER reason SET NOT NULL", "ALTER TABLE message ALTER version SET DEFAULT 1",
            "ALTER TABLE message ADD seen boolean", "DROP INDEX message_due",
            "ALTER TABLE suppression SET (fillfactor = 70)", "ALTER TABLE withdrawal DROP CONSTRAINT withdrawal_pkey",
            "CREATE VIEW sent AS SELECT id FROM message", "CREATE SEQUENCE number",
            "CREATE FUNCTION one() RETURNS integer LANGUAGE sql AS 'SELECT 1'", "CREATE TYPE mood AS ENUM ('good')",
        ]
        _ = try await Migrations.apply(
            steps.enumerated().map { Migration("m2030010100\($0 + 10)_step", $1) }, to: settings)
        let told = Catalogue.differences(
            migrated: try await Catalogue(of: settings).definitions(), fresh: before)
        let starts = [
            "only migrated: column message.reason text not null", "only new: column message.reason text storage",
            "only migrated: column message.version bigint not null default 1",
            "only migrated: column message.seen boolean", "only new: index CREATE INDEX message_due",
            "only migrated: relation suppression r p fillfactor=70", "only new: constraint withdrawal withdrawal_pkey",
            "only new: index CREATE UNIQUE INDEX withdrawal_pkey", "only migrated: view sent",
            "only migrated: sequence number", "only migrated: function CREATE OR REPLACE FUNCTION notifications.one()",
            "only migrated: type mood good",
        ]
        for start in starts {
            #expect(told.contains { $0.hasPrefix(start) }, "\(start) is not in\n\(told.joined(separator: "\n"))")
        }
    }

    @Test func anAnswerThatDiffersIsTold() throws {
        func json(_ text: String) throws -> ShownJSON {
            try JSONDecoder().decode(ShownJSON.self, from: Data(text.utf8))
        }
        let old = try json(#"{"a":1,"b":{"c":null},"items":[true,"x"]}"#)
        #expect(old.lost(in: try json(#"{"items":[true,"x"],"b":{"c":null,"d":1},"a":1.0}"#), at: "/").isEmpty)
        #expect(
            old.lost(in: try json(#"{"a":"1","b":{},"items":[true]}"#), at: "/") == [
                "/.a is \"1\", was 1.0", "/.b.c is gone, was null", "/.items[1] is gone, was \"x\"",
            ])
        #expect(
            old.lost(in: try json(#"{"a":1,"b":{"c":0},"items":[true,"x","y"]}"#), at: "/") == [
                "/.b.c is 0.0, was null", "/.items has 3 items, had 2",
            ])
    }
}
