import EventLoop
import Postgres
import TestKit
import Testing

extension WholeSuite {
    /// What a service may do in the database that all share.
    @Suite struct PermissionTests {
        @Test(.timeLimit(.minutes(4))) @Loop func aRoleReachesItsOwnSchemaOnly() async throws {
            try await RunningSuite.with { suite in
                let up = try await suite.rapport("up")
                try #require(up.isSuccess, "\(up.text)")
                let port = try suite.port("postgres")
                let secrets = try suite.secrets()
                for name in services {
                    let secret = try #require(secrets[name])
                    let url = "postgresql://rapport_\(name):\(secret)@127.0.0.1:\(port)/rapport"
                    let connection = try await PostgresConnection.open(
                        PostgresSettings(url: url, applicationName: "test"))
                    defer { connection.close() }
                    #expect(await refusal("SELECT 1 FROM consumer_offset", connection) == nil)
                    for other in services where other != name {
                        for sql in ["SELECT 1 FROM \(other).outbox", "CREATE TABLE \(other).mine (a int)"] {
                            #expect(await refusal(sql, connection) == "42501", "\(name): \(sql)")
                        }
                    }
                    for sql in [
                        "UPDATE dead_letter_action SET reason = ''", "DELETE FROM dead_letter_action",
                        "TRUNCATE dead_letter_action",
                    ] {
                        #expect(await refusal(sql, connection) == "42501", "\(name): \(sql)")
                    }
                    // No other database of the server, and not all of its connections.
                    for database in ["postgres", "template1"] {
                        let other = "postgresql://rapport_\(name):\(secret)@127.0.0.1:\(port)/\(database)"
                        let settings = PostgresSettings(url: other, applicationName: "test")
                        await #expect(throws: PostgresError.self, "\(name): \(database)") {
                            try await PostgresConnection.open(settings).close()
                        }
                    }
                    let limit = try await connection.transaction {
                        try await $0.query(
                            Statement("test.limit", "SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user"))
                    }
                    #expect(try limit[0].value(0) as Int == 180)
                    for sql in ["CREATE TABLE public.mine (a int)", "CREATE SCHEMA mine", "CREATE ROLE mine"] {
                        #expect(await refusal(sql, connection) == "42501", "\(name): \(sql)")
                    }
                }
            }
        }

        /// The code with which the server refuses a statement; nil where it does as asked.
        @Loop private func refusal(_ sql: String, _ connection: PostgresConnection) async -> String? {
            do {
                _ = try await connection.transaction { try await $0.query(Statement(sql, sql)) }
                return nil
            } catch let error as PostgresError {
                return error.sqlState
            } catch {
                return "\(error)"
            }
        }
    }
}
