import EventLoop
import Synchronization

/// A shell beside the test process that cleans up when that process ends, however it ends.
enum EndWatch {
    /// Runs a server in a folder of its own, then stops it and removes the folder. What fails stays there to be read.
    static let server = """
        trap asked=1 TERM
        parent=$1 tools=$2 folder=$3 port=$4
        "$tools/initdb" -D "$folder/data" -U postgres --auth=scram-sha-256 --pwfile="$folder/password" \
            --encoding=UTF8 --locale=C.UTF-8 --lc-collate=C --no-sync --no-instructions || exit 1
        "$tools/postgres" -D "$folder/data" -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
            -c fsync=off -c full_page_writes=off -c max_connections=300 &
        server=$!
        while [ -z "$asked" ] && kill -0 $server && { [ -d /proc/$parent ] || kill -0 $parent; }; do
            sleep 0.5 & wait $!
        done
        kill -QUIT $server || exit 1
        wait $server
        rm -rf "$folder"
        """

    /// Drops the databases of a server that the process used.
    static let dropDatabases = """
        trap asked=1 TERM
        parent=$1 psql=$2 url=$3 pattern=$4
        while [ -z "$asked" ] && { [ -d /proc/$parent ] || kill -0 $parent; }; do sleep 0.5 & wait $!; done
        "$psql" -X -A -t -d "$url" -v pattern="$pattern" <<'SQL' | "$psql" -X -q -d "$url"
        SELECT format('DROP DATABASE %I WITH (FORCE);', datname) FROM pg_database WHERE datname LIKE :'pattern'
        SQL
        """

    private static let running = Atomic<Int32>(0)

    /// Starts a script; it gets this process's number and the arguments, and leaves no terminal signal disturb it.
    @discardableResult
    @Loop static func start(
        _ script: String, _ arguments: [String], in folder: String?, as user: PostgresTools.User?
    ) throws -> ChildProcess {
        let process = try ChildProcess(
            "/bin/sh", ["-c", script, "sh", String(getpid())] + arguments, directory: folder,
            output: folder.map { $0 + "/log" } ?? "/dev/null", isDetached: true, userID: user?.user,
            groupID: user?.group)
        if running.exchange(process.id, ordering: .relaxed) == 0 { atexit { EndWatch.stop() } }
        return process
    }

    /// Asks the script to clean up now and waits for it, ten seconds at most.
    private static func stop() {
        let id = running.load(ordering: .relaxed)
        guard kill(id, SIGTERM) == 0 else { return }
        for _ in 0..<1000 where kill(id, 0) == 0 {
            // Whoever is first collects it: this call or the loop's thread.
            if waitpid(id, nil, WNOHANG) == id { return }
            usleep(10_000)
        }
    }
}
