import EventLoop
import FoundationEssentials

/// The programs of PostgreSQL on this machine and the user that may run the server.
public enum PostgresTools {
    struct User: Sendable {
        let user: UInt32
        let group: UInt32
    }

    /// The folder that holds `initdb`, `postgres` and `psql`: the newest that Debian has, else one of `PATH`.
    public static func find() throws -> String {
        let base = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: base)) ?? []
        let debian = versions.compactMap(Int.init).sorted(by: >).map { "\(base)/\($0)/bin" }
        let path = getenv("PATH").map { String(cString: $0).split(separator: ":").map(String.init) } ?? []
        let found = (debian + path).first { folder in
            ["initdb", "postgres", "psql", "pg_isready"].allSatisfy { access("\(folder)/\($0)", X_OK) == 0 }
        }
        guard let found else {
            throw TestSetupError(
                "PostgreSQL 15 is needed (initdb, postgres, psql): apt-get install postgresql, or set TEST_DATABASE_URL"
            )
        }
        return found
    }

    /// The user to run the server as: nil for this one, another for root, whom PostgreSQL refuses.
    static func user() throws -> User? {
        guard getuid() == 0 else { return nil }
        guard let entry = getpwnam("postgres") else {
            throw TestSetupError("the server cannot run as root and there is no user postgres")
        }
        return User(user: entry.pointee.pw_uid, group: entry.pointee.pw_gid)
    }
}
