import EventLoop
import FoundationEssentials
import Telemetry

/// The suite's own PostgreSQL server: where its programs and data are, and how it is set up.
@Loop
struct DatabaseServer {
    /// The version of PostgreSQL that the data is made for is whatever initdb was found first; it stays with the data.
    let tools: String
    let user: SystemUser?
    let data: String

    /// Finds the programs, the user and a place for the data that this user can reach; `note` is told of choices.
    init(_ folder: SuiteFolder, remembered: String?, note: (String) -> Void) throws {
        tools = try Self.findTools(["initdb", "postgres"])
        user = folder.user
        if getuid() == 0, user == nil {
            throw SuiteError(
                "PostgreSQL refuses to run as root, and there is no user rapport or postgres: apt-get install postgresql-15"
            )
        }
        if let remembered {
            data = remembered
        } else if let user, !user.canReach(folder.path + "/postgres") {
            data = "/var/tmp/rapport-\(StableHash(folder.path).hexadecimal)"
            note("the user \(user.name) cannot reach \(folder.path), so the database is in \(data)")
        } else {
            data = folder.path + "/postgres"
        }
    }

    /// The folder of the newest programs of these names that Debian has, else what is in `PATH`.
    static func findTools(_ names: [String]) throws -> String {
        let base = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: base)) ?? []
        let debian = versions.compactMap(Int.init).sorted(by: >).map { "\(base)/\($0)/bin" }
        let path = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":").map(String.init) ?? []
        let found = (debian + path).first { folder in
            names.allSatisfy { access("\(folder)/\($0)", X_OK) == 0 }
        }
        guard let found else {
            throw SuiteError(
                """
                PostgreSQL is not installed here (\(names.joined(separator: ", "))): make deps, or for the server set \
                DATABASE_URL to one that is there
                """)
        }
        return found
    }

    /// Makes the data on first use.
    func initialise(password: String, log: String, in folder: SuiteFolder) async throws {
        guard access(data + "/PG_VERSION", F_OK) != 0 else { return }
        // A first use that was interrupted left half of it.
        try? FileManager.default.removeItem(atPath: data)
        let passwordFile = data + ".password"
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        chmod(data, 0o700)
        try folder.writePrivate(Array(password.utf8), to: passwordFile)
        defer { unlink(passwordFile) }
        if let user {
            for path in [data, passwordFile] { chown(path, user.user, user.group) }
        }
        // "C" sorts text by its bytes as "C.UTF-8" does, but without a detour through the C library for each comparison.
        let arguments = [
            "-D", data, "-U", "postgres", "--pwfile", passwordFile, "-A", "scram-sha-256", "-E", "UTF8", "--locale",
            "C.UTF-8", "--lc-collate", "C", "--no-instructions",
        ]
        let run = try ChildProcess(
            tools + "/initdb", arguments,
            environment: Program(name: "initdb", path: tools).wholeEnvironment.map { "\($0.key)=\($0.value)" },
            directory: data, output: log, userID: user?.user, groupID: user?.group)
        guard try await run.exit().isSuccess else {
            try? FileManager.default.removeItem(atPath: data)
            throw SuiteError("initdb failed:\n\(folder.lastLines(of: "postgres"))")
        }
    }

    /// Waits until a server that was killed is wholly gone, its sessions too: before, the next one would not start.
    func waitForDeadServer() async throws {
        let file = data + "/postmaster.pid"
        guard let line = ProcessFile.contents(file).split(separator: "\n").first, let id = Int32(line),
            ProcessMark(id) == nil
        else { return }
        let deadline = Loop.now + .seconds(10)
        while isInUse, Loop.now < deadline { try await Loop.sleep(for: .milliseconds(50)) }
        // Dead, yet nobody has waited for it: to the next server it would seem to run.
        if !isInUse, kill(id, 0) == 0 { unlink(file) }
    }

    /// Whether any process works in the data, as every process of a server does.
    private var isInUse: Bool {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return processes.contains { name in
            name.first?.isNumber == true
                && (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(name)/cwd")) == data
        }
    }

    /// How many connections it takes.
    nonisolated static let connections = 300
    /// How many of them one service may have: room for its twelve processes, and the rest for the others.
    nonisolated static let connectionsOfRole = 180

    /// A quarter of the machine's memory (PostgreSQL's manual, 20.4.1), within bounds: a page that a customer's order touches is found
    /// here or costs a copy and, after it was put out, a write. What is not used is never taken.
    private static var buffers: Int {
        let pages = sysconf(Int32(_SC_PHYS_PAGES)), size = sysconf(Int32(_SC_PAGESIZE))
        return min(8192, max(256, (pages / 4 * size) >> 20))
    }

    /// The server on a port of loopback; it has no local socket, whose path could be too long or taken.
    func program(port: Int) -> Program {
        let settings = [
            "listen_addresses=127.0.0.1", "port=\(port)", "unix_socket_directories=",
            "shared_buffers=\(Self.buffers)MB",
            "max_connections=\(Self.connections)", "max_wal_size=4GB", "wal_compression=lz4", "fsync=on",
            "synchronous_commit=on",
            // A fresh database is analysed while its first rows come: plans that were made of empty tables read them whole.
            "autovacuum_naptime=5s",
            "timezone=UTC", "log_line_prefix=%m [%p] %u ", "log_min_messages=warning",
            // Its log is for what somebody should look at. The service that sent a statement names it in its own log.
            "log_checkpoints=off", "log_min_error_statement=fatal",
        ]
        var program = Program(name: "postgres", path: tools + "/postgres")
        program.arguments = ["-D", data] + settings.flatMap { ["-c", $0] }
        program.user = user
        program.directory = data
        // Fast shutdown: open sessions are ended, not waited for.
        program.stopSignal = SIGINT
        return program
    }
}
