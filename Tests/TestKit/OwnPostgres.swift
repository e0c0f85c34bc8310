import EventLoop
import FoundationEssentials

/// A PostgreSQL server of one test's own, which the test may freeze, kill and start again; it ends with the test process.
@Loop
public final class OwnPostgres {
    /// Where it listens on loopback.
    public let port: Int
    /// Everything it keeps, its log too; only its user may write there.
    public let folder: String
    private let tools: String
    private let user: PostgresTools.User?
    private var watch: ChildProcess?

    /// Runs the server as long as the parent lives.
    private static let script = """
        "$2/postgres" -D "$3/data" -p "$4" -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off \
            -c full_page_writes=off >>"$3/log" 2>&1 &
        server=$!
        while kill -0 $server && [ -d /proc/$1 ]; do sleep 0.2 & wait -n $! $server; done 2>/dev/null
        [ -d /proc/$1 ] || { kill -CONT $server; kill -QUIT $server; }
        wait $server
        """

    /// Prepares a server that does not run yet.
    public init() async throws {
        tools = try PostgresTools.find()
        user = try PostgresTools.user()
        folder = try TestPaths.temporaryFolder()
        let probe = try Listener(address: "127.0.0.1", port: 0) { $0.close() }
        port = probe.port
        probe.close()
        if let user { chown(folder, user.user, user.group) }
        let run = try ChildProcess(
            tools + "/initdb",
            [
                "-D", folder + "/data", "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8",
                "--no-sync", "--no-instructions",
            ], directory: folder, output: "/dev/null", userID: user?.user, groupID: user?.group)
        guard try await run.exit().isSuccess else { throw TestSetupError("initdb failed") }
    }

    /// The address of a database; it asks for no password.
    public func url(_ database: String, role: String = "postgres") -> String {
        "postgresql://\(role)@127.0.0.1:\(port)/\(database)"
    }

    /// Starts it and waits until it takes connections.
    public func start() async throws {
        watch = try ChildProcess(
            "/bin/bash", ["-c", Self.script, "bash", String(getpid()), tools, folder, String(port)], directory: folder,
            output: "/dev/null", isDetached: true, userID: user?.user, groupID: user?.group)
        try await eventually("PostgreSQL's start", within: .seconds(30)) {
            let probe = try ChildProcess(
                tools + "/pg_isready", ["-q", "-h", "127.0.0.1", "-p", String(port)], output: "/dev/null")
            return try await probe.exit().isSuccess
        }
    }

    /// Stops all its processes where they are.
    public func freeze() { signal(SIGSTOP) }

    /// Lets them go on.
    public func thaw() { signal(SIGCONT) }

    /// Kills it, as a crash of the machine does, and waits until all of it is gone.
    public func kill() async throws {
        signal(SIGKILL)
        _ = try await watch?.exit()
        watch = nil
    }

    /// Ends it in order, its sessions without asking.
    public func stop() async throws {
        if let server = processes.first { Glibc.kill(server, SIGINT) }
        _ = try await watch?.exit()
        watch = nil
    }

    /// Runs SQL outside any transaction.
    public func execute(_ sql: String, on database: String = "postgres") async throws {
        let said = folder + "/psql-\(getpid())"
        let run = try ChildProcess(
            tools + "/psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url(database), "-c", sql], output: said)
        guard try await run.exit().isSuccess else { throw TestSetupError("\(sql): \(TestPaths.contents(said))") }
    }

    /// A folder beside its data that it may write to: for a table space.
    public func makeFolder(_ name: String) throws -> String {
        let path = folder + "/" + name
        guard mkdir(path, 0o700) == 0 else { throw TestSetupError("no folder \(path)") }
        own(path)
        return path
    }

    /// Gives the server a folder, as one that was mounted.
    public func own(_ path: String) {
        if let user { chown(path, user.user, user.group) }
    }

    /// Ends whatever of it runs, and removes it.
    public func remove() async {
        if watch != nil {
            thaw()
            try? await kill()
        }
        TestPaths.remove(folder)
    }

    /// The server and its sessions, the server first.
    private var processes: [Int32] {
        guard let line = TestPaths.contents(folder + "/data/postmaster.pid").split(separator: "\n").first,
            let server = Int32(line)
        else { return [] }
        let all = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int32($0) }
        // The parent is the second field behind the program's name in brackets.
        return [server]
            + all.filter { id in
                let tail = TestPaths.contents("/proc/\(id)/stat").split(separator: ")").last
                return tail?.split(separator: " ").dropFirst().first == "\(server)"
            }
    }

    private func signal(_ number: Int32) {
        for id in processes { Glibc.kill(id, number) }
    }
}
