import EventLoop
import Postgres
import TestKit
import Testing

extension WholeSuite {
    /// What a service may do in the database that all share: each deed is tried with each role's password, and held against this table.
    @Suite struct PermissionTests {
        /// What the role of a service may do, in its own schema and with what PostgreSQL gives to everybody.
        private static let allowed = [
            "SELECT 1 FROM consumer_offset", "CREATE TABLE tried (a int)", "INSERT INTO tried VALUES (1)",
            "DROP TABLE tried", "SET statement_timeout = '1s'", "SELECT pg_notify('tried', '')",
            "SELECT pg_try_advisory_xact_lock(1)",
        ]

        /// What it may not do in the schema of another.
        private static let deniedThere = [
            "SELECT 1 FROM {other}.outbox", "INSERT INTO {other}.consumer_offset DEFAULT VALUES",
            "DELETE FROM {other}.outbox", "CREATE TABLE {other}.mine (a int)", "DROP SCHEMA {other} CASCADE",
            "SET ROLE rapport_{other}", "GRANT rapport_{other} TO CURRENT_USER",
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'rapport_{other}'",
            "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE usename = 'rapport_{other}'",
        ]

        /// What it may not do anywhere: change the record of deeds, come to files and programs, and be more than it is.
        private static let denied = [
            "UPDATE dead_letter_action SET reason = ''", "DELETE FROM dead_letter_action",
            "TRUNCATE dead_letter_action",
            "CREATE TABLE public.mine (a int)", "CREATE SCHEMA mine", "CREATE TEMP TABLE mine (a int)",
            "CREATE ROLE mine", "CREATE PUBLICATION mine FOR ALL TABLES", "CREATE EXTENSION file_fdw",
            "SELECT pg_read_file('/etc/passwd')", "SELECT pg_ls_dir('/')", "SELECT lo_import('/etc/passwd')",
            "COPY consumer_offset TO '/tmp/rapport-copied'", "COPY consumer_offset FROM PROGRAM 'true'",
            "CREATE FUNCTION mine() RETURNS int LANGUAGE c AS 'libc', 'getpid'",
            "SET ROLE postgres", "SET SESSION AUTHORIZATION postgres", "ALTER ROLE CURRENT_USER SUPERUSER",
            "ALTER ROLE CURRENT_USER CREATEROLE", "ALTER ROLE CURRENT_USER CONNECTION LIMIT -1",
            "SELECT rolpassword FROM pg_authid", "SELECT passwd FROM pg_shadow", "SELECT pg_reload_conf()",
            "SET log_statement = 'all'", "SET session_preload_libraries = 'auto_explain'",
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres'",
        ]

        @Test(.timeLimit(.minutes(4))) @Loop func aRoleReachesItsOwnSchemaOnly() async throws {
            try await RunningSuite.with { suite in
                let up = try await suite.rapport("up")
                try #require(up.isSuccess, "\(up.text)")
                var tried = 0
                for name in services {
                    let connection = try await open(name, suite)
                    defer { connection.close() }
                    func expect(_ sql: String, _ code: String?) async {
                        tried += 1
                        let found = await refusal(sql, connection)
                        #expect(found == code, "\(name): \(sql): \(found ?? "done")")
                    }
                    for sql in Self.allowed { await expect(sql, nil) }
                    for sql in Self.denied { await expect(sql, "42501") }
                    for other in services where other != name {
                        for sql in Self.deniedThere { await expect(sql.replacing("{other}", with: other), "42501") }
                    }
                    try await checkRole(name, connection)
                    // No other database of the server.
                    for database in ["postgres", "template1"] {
                        await #expect(throws: PostgresError.self, "\(name): \(database)") {
                            try await open(name, suite, database: database).close()
                        }
                    }
                }
                print("\(tried) deeds were tried")
            }
        }

        /// Nobody is let in without a password, nor with another's.
        @Loop private func open(
            _ name: String, _ suite: RunningSuite, database: String = "rapport"
        ) async throws -> PostgresConnection {
            let secrets = try suite.secrets()
            let port = try suite.port("postgres")
            let secret = try #require(secrets[name])
            for wrong in ["", ":wrong", ":\(name)"] {
                let url = "postgresql://rapport_\(name)\(wrong)@127.0.0.1:\(port)/rapport"
                await #expect(throws: PostgresError.self, "\(name)\(wrong)") {
                    try await PostgresConnection.open(PostgresSettings(url: url, applicationName: "test")).close()
                }
            }
            let url = "postgresql://rapport_\(name):\(secret)@127.0.0.1:\(port)/\(database)"
            return try await PostgresConnection.open(PostgresSettings(url: url, applicationName: "test"))
        }

        /// What the server says of the role, and what it shows the role of others.
        @Loop private func checkRole(_ name: String, _ connection: PostgresConnection) async throws {
            let role = try await connection.transaction {
                try await $0.query(
                    Statement(
                        "test.role",
                        """
                        SELECT rolconnlimit, rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls,
                            (SELECT count(*) FROM pg_stat_activity WHERE usename <> current_user
                                AND query <> '<insufficient privilege>')
                        FROM pg_roles WHERE rolname = current_user
                        """))
            }
            // Not all of the server's connections, no attribute, and no statement of others.
            #expect(try role[0].value(0) as Int == 180 && !(role[0].value(1) as Bool), "\(name)")
            #expect(try role[0].value(2) as Int == 0, "\(name)")
        }

        /// The code with which the server refuses a statement; nil where it does as asked.
        @Loop private func refusal(_ sql: String, _ connection: PostgresConnection) async -> String? {
            do {
                _ = try await connection.transaction { try await $0.query(Statement("tried.\(sql.hashValue)", sql)) }
                return nil
            } catch let error as PostgresError {
                return error.sqlState
            } catch {
                return "\(error)"
            }
        }
    }
}
