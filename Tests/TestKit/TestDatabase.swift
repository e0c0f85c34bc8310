import Crypto
import EventLoop
import FoundationEssentials

/// Fresh databases for tests, on a PostgreSQL server of the test process's own that ends with it.
///
/// `TEST_DATABASE_URL` names a server to use instead, by an address of a role that may create databases; what was
/// created there is dropped when the process has ended.
@Loop
public enum TestDatabase {
    private static var server: Completion<TestServer>?
    private static var made = 0

    /// Creates an empty database and gives its libpq address.
    public static func make(_ prefix: String = "test") async throws -> String {
        let server = try await startedServer()
        made += 1
        let plain = prefix.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        let name = "\(plain)_t\(getpid())_\(made)"
        try await server.execute("CREATE DATABASE \(name) TEMPLATE template0")
        return server.url(database: name)
    }

    /// Copies a database, which nobody may use meanwhile: a backup, or a restored one.
    public static func copy(of url: String) async throws -> String {
        let server = try await startedServer()
        let from = url[(url.lastIndex(of: "/") ?? url.startIndex)...].dropFirst().prefix { $0 != "?" }
        made += 1
        let name = "copy_t\(getpid())_\(made)"
        try await server.execute("CREATE DATABASE \(name) TEMPLATE \(from)")
        return server.url(database: name)
    }

    /// Has psql run a file of SQL, such as a dump, on a database that was made here.
    public static func run(_ file: String, on url: String) async throws {
        try await startedServer().run(["-f", file], on: url)
    }

    /// What the server has written into its log; nil of one that is not the test process's own.
    public static func serverLog() async throws -> String? { try await startedServer().log.map(TestPaths.contents) }

    private static func startedServer() async throws -> TestServer {
        if let server { return try await server.wait() }
        let starting = Completion<TestServer>()
        server = starting
        do {
            starting.succeed(try await TestServer.start())
        } catch {
            starting.fail(error)
        }
        return try await starting.wait()
    }
}

/// A running server and the tools that belong to it.
struct TestServer: Sendable {
    private let psql: String
    private let base: Address
    /// The file of its log.
    let log: String?

    /// Uses the server that the environment names, or starts one.
    @Loop static func start() async throws -> TestServer {
        let tools = try PostgresTools.find()
        if let given = getenv("TEST_DATABASE_URL") {
            let server = TestServer(psql: tools + "/psql", base: try Address(String(cString: given)), log: nil)
            try EndWatch.start(
                EndWatch.dropDatabases, [server.psql, server.base.text, "%\\_t\(getpid())\\_%"], in: nil, as: nil)
            return server
        }
        for attempt in 1... {
            do {
                return try await startPrivate(tools)
            } catch let error as TestSetupError {
                // The free port may have been taken between the finding and the start.
                if attempt == 3 { throw error }
            }
        }
        throw TestSetupError("no PostgreSQL server")
    }

    @Loop private static func startPrivate(_ tools: String) async throws -> TestServer {
        let user = try PostgresTools.user()
        let folder = try TestPaths.temporaryFolder()
        let password = Hex.encode(SecureRandom.bytes(16))
        try Data(password.utf8).write(to: URL(filePath: folder + "/password"))
        let log = folder + "/log"
        let port = try freePort()
        if let user {
            for path in [folder, folder + "/password"] { chown(path, user.user, user.group) }
        }
        let watch = try EndWatch.start(EndWatch.server, [tools, folder, String(port)], in: folder, as: user)
        let base = try Address("postgresql://postgres:\(password)@127.0.0.1:\(port)/postgres")
        let server = TestServer(psql: tools + "/psql", base: base, log: log)
        do {
            try await eventually("PostgreSQL's start", within: .seconds(60)) {
                if watch.hasEnded { throw TestSetupError("PostgreSQL did not start") }
                let probe = try ChildProcess(
                    tools + "/pg_isready", ["-q", "-h", "127.0.0.1", "-p", String(port)], output: "/dev/null")
                return try await probe.exit().isSuccess
            }
            // Another server may have answered; only ours knows the password.
            try await server.execute("SELECT 1")
            return server
        } catch {
            watch.kill(SIGTERM)
            let said = (try? String(contentsOf: URL(filePath: log), encoding: .utf8)) ?? ""
            _ = try await watch.exit()
            TestPaths.remove(folder)
            throw TestSetupError("\(error):\n\(said.suffix(2000))")
        }
    }

    @Loop private static func freePort() throws -> Int {
        let listener = try Listener(address: "127.0.0.1", port: 0) { $0.close() }
        defer { listener.close() }
        return listener.port
    }

    func url(database: String) -> String { base.with(database: database) }

    /// Runs a statement outside any transaction.
    @Loop func execute(_ sql: String) async throws { try await run(["-c", sql], on: base.text) }

    /// Runs psql, which ends at the first error.
    @Loop func run(_ arguments: [String], on url: String) async throws {
        let folder = try TestPaths.temporaryFolder()
        defer { TestPaths.remove(folder) }
        let said = folder + "/output"
        let run = try ChildProcess(
            psql, ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url] + arguments, output: said)
        guard try await run.exit().isSuccess else {
            throw TestSetupError("\(arguments.joined(separator: " ")): \(TestPaths.contents(said))")
        }
    }

    /// A libpq address of the form `postgresql://user:password@host:port/database?settings`.
    struct Address: Sendable {
        let text: String
        private let server: Substring
        private let settings: Substring

        init(_ text: String) throws {
            self.text = text
            let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            settings = parts.count > 1 ? "?" + parts[1] : ""
            guard let scheme = parts[0].firstRange(of: "://") else {
                throw TestSetupError("TEST_DATABASE_URL must look like postgresql://user:password@host:port/database")
            }
            let end = parts[0][scheme.upperBound...].firstIndex(of: "/") ?? parts[0].endIndex
            server = parts[0][..<end]
        }

        func with(database: String) -> String { "\(server)/\(database)\(settings)" }
    }
}
