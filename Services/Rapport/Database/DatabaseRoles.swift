import EventLoop
import Postgres

/// The schema and the login role of each service: a role can use its own schema and nothing else.
///
/// The same statements stand in `deploy/database/roles.sql` for those who run them by hand.
@Loop
struct DatabaseRoles {
    /// The administrator's address, as a URL.
    let admin: String

    static func role(of service: String) -> String { "rapport_\(service)" }

    /// Makes what is missing and sets the passwords; safe to run again.
    func apply(_ passwords: [String: String]) async throws {
        let connection = try await PostgresConnection.open(
            PostgresSettings(url: admin, applicationName: "rapport", statementTimeout: 60_000))
        defer { connection.close() }
        for (service, password) in passwords.sorted(by: { $0.key < $1.key }) {
            for (number, sql) in Self.statements(service, password: password).enumerated() {
                let statement = Statement("roles.\(service).\(number)", sql)
                _ = try await connection.transaction { try await $0.query(statement) }
            }
        }
    }

    /// The statements for one service; names and passwords hold letters, digits and underscores only.
    nonisolated static func statements(_ service: String, password: String) -> [String] {
        let role = "rapport_\(service)"
        return [
            """
            DO $$ BEGIN
                IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '\(role)') THEN CREATE ROLE \(role); END IF;
            END $$
            """,
            "ALTER ROLE \(role) LOGIN PASSWORD '\(password)' NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION",
            // An administrator who is no superuser may give a schema only to a role that it is a member of.
            "GRANT \(role) TO CURRENT_USER",
            """
            DO $$ BEGIN
                IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = '\(service)') THEN
                    CREATE SCHEMA \(service) AUTHORIZATION \(role);
                END IF;
                EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
                EXECUTE format('GRANT CONNECT ON DATABASE %I TO \(role)', current_database());
                EXECUTE format('ALTER ROLE \(role) IN DATABASE %I SET search_path = \(service)', current_database());
            END $$
            """,
            "REVOKE ALL ON SCHEMA public FROM PUBLIC",
            "REVOKE ALL ON SCHEMA \(service) FROM PUBLIC",
        ]
    }

    /// The address by which a service's role reaches the same database.
    func url(of service: String, password: String) throws -> String {
        guard let scheme = admin.firstRange(of: "://") else {
            throw SuiteError("DATABASE_URL must look like postgresql://user:secret@host:port/name")
        }
        let rest = admin[scheme.upperBound...]
        let end = rest.firstIndex(where: { $0 == "/" || $0 == "?" }) ?? rest.endIndex
        let host = rest[..<end].lastIndex(of: "@").map { rest[rest.index(after: $0)...] } ?? rest
        return "\(admin[..<scheme.upperBound])\(Self.role(of: service)):\(password)@\(host)"
    }
}
