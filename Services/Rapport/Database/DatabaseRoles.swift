import EventLoop
import Postgres

/// The schema and the login role of each service: a role can use its own schema and nothing else.
///
/// The same statements stand in `deploy/database/roles.sql` for those who run them by hand.
@Loop
struct DatabaseRoles {
    /// The administrator's address, as a URL.
    let admin: String
    /// Whether server and database are the suite's own. Where they are not, what others may do there stays as it is,
    /// and so do the passwords of roles that are there.
    let isOwnServer: Bool

    static func role(of service: String) -> String { "rapport_\(service)" }

    /// Makes what is missing; safe to run again. Throws `SuiteError` where a role is there with another password.
    func apply(_ passwords: [String: String]) async throws {
        let connection = try await PostgresConnection.open(
            PostgresSettings(url: admin, applicationName: "rapport", statementTimeout: 60_000))
        defer { connection.close() }
        for (service, password) in passwords.sorted(by: { $0.key < $1.key }) {
            // As the server keeps it: a log of statements must not have the password itself.
            let kept = try connection.encrypted(password, of: Self.role(of: service))
            let statements =
                Self.statements(service, password: kept) + (isOwnServer ? Self.closing(service, kept) : [])
            for (number, sql) in statements.enumerated() {
                let statement = Statement("roles.\(service).\(number)", sql)
                _ = try await connection.transaction { try await $0.query(statement) }
            }
            if !isOwnServer { try await checkLogin(service, password) }
        }
    }

    /// Another installation may have made the role: to set its password would lock that one out.
    private func checkLogin(_ service: String, _ password: String) async throws {
        let settings = PostgresSettings(url: try url(of: service, password: password), applicationName: "rapport")
        do {
            try await PostgresConnection.open(settings).close()
        } catch {
            let role = Self.role(of: service)
            throw SuiteError(
                """
                the role \(role) cannot log in with the password that secrets.json has for \(service) (\(error)). \
                If another installation uses the role, set \(service.uppercased())_DATABASE_URL to the address with its \
                password; if none does, give it this one: ALTER ROLE \(role) PASSWORD '…'
                """)
        }
    }

    /// The statements for one service; names hold letters and underscores only, and what is kept of
    /// passwords no quotes.
    private nonisolated static func statements(_ service: String, password: String) -> [String] {
        let role = "rapport_\(service)"
        return [
            """
            DO $$ BEGIN
                IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '\(role)') THEN
                    CREATE ROLE \(role) LOGIN PASSWORD '\(password)'
                        NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION;
                END IF;
            END $$
            """,
            // An administrator who is no superuser may give a schema only to a role that it is a member of.
            "GRANT \(role) TO CURRENT_USER",
            """
            DO $$ BEGIN
                IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = '\(service)') THEN
                    CREATE SCHEMA \(service) AUTHORIZATION \(role);
                END IF;
                -- Where read models are rebuilt; the role may make no schema itself.
                IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = '\(service)_rebuild') THEN
                    CREATE SCHEMA \(service)_rebuild AUTHORIZATION \(role);
                END IF;
                EXECUTE format('GRANT CONNECT ON DATABASE %I TO \(role)', current_database());
                EXECUTE format('ALTER ROLE \(role) IN DATABASE %I SET search_path = \(service)', current_database());
            END $$
            """,
        ]
    }

    /// What a server of our own gets besides: our password, and nothing for the others.
    private nonisolated static func closing(_ service: String, _ password: String) -> [String] {
        [
            "ALTER ROLE rapport_\(service) PASSWORD '\(password)'",
            "DO $$ BEGIN EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database()); END $$",
            "REVOKE ALL ON SCHEMA public FROM PUBLIC",
            // The databases that every server has besides are nobody's.
            "REVOKE ALL ON DATABASE postgres FROM PUBLIC",
            "REVOKE ALL ON DATABASE template1 FROM PUBLIC",
            // No service may take the connections of the others.
            "ALTER ROLE rapport_\(service) CONNECTION LIMIT \(DatabaseServer.connectionsOfRole)",
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
        // There too a user may stand, who would go before the role.
        let parts = host.split(separator: "?", maxSplits: 1)
        let options = (parts.count == 2 ? parts[1] : "").split(separator: "&").filter {
            !$0.hasPrefix("user=") && !$0.hasPrefix("password=")
        }
        let query = options.isEmpty ? "" : "?" + options.joined(separator: "&")
        return "\(admin[..<scheme.upperBound])\(Self.role(of: service)):\(password)@\(parts[0])\(query)"
    }
}
