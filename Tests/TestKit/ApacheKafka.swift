import EventLoop
import FoundationEssentials

/// An Apache Kafka of the optional data folder, for tests that want another broker than ours.
@Loop
public enum ApacheKafka {
    /// The program that runs it; nil where it is not there.
    nonisolated public static var path: String? { TestPaths.sharedData("kafka/kafka") }

    /// The newest always, the older line too where there is time.
    nonisolated public static var versions: [String] {
        ProcessInfo.processInfo.environment["CI"] == "true" ? ["4.3.1"] : ["4.3.1", "3.9.2"]
    }

    /// Runs the server until it is asked to stop or the test process has ended.
    private static let script = """
        trap asked=1 TERM
        "$2" server --port "$3" --dir "$4" --version "$5" --config "$6" &
        server=$!
        while [ -z "$asked" ] && kill -0 $server && [ -d /proc/$1 ]; do sleep 0.5 & wait $!; done
        kill -KILL $server
        wait $server
        rm -rf "$4" "$6"
        """

    /// Runs a test with the address of a fresh server, and stops it afterwards; `config` are further properties, one a
    /// line.
    public static func with(
        _ version: String, config: String = "", _ body: (String) async throws -> Void
    ) async throws {
        guard let path else { throw TestSetupError("there is no Apache Kafka") }
        let folder = try TestPaths.temporaryFolder()
        let (log, properties) = (folder + ".log", folder + ".properties")
        try config.write(toFile: properties, atomically: false, encoding: .utf8)
        let port = try freePort()
        let server = try ChildProcess(
            "/bin/bash", ["-c", script, "sh", "\(getpid())", path, "\(port)", folder, version, properties],
            output: log,
            isDetached: true)
        let outcome: Result<Void, any Error>
        do {
            try await eventually("the start of Apache Kafka \(version)", within: .seconds(90)) {
                if server.hasEnded { throw TestSetupError("Apache Kafka ended:\n\(contents(of: log).suffix(3000))") }
                return contents(of: log).contains("Kafka Server started")
            }
            outcome = .success(try await body("127.0.0.1:\(port)"))
        } catch {
            outcome = .failure(error)
        }
        server.kill(SIGTERM)
        _ = try? await server.exit()
        TestPaths.remove(log)
        try outcome.get()
    }

    /// A port that is free now, as is the one for the controller, a thousand above it.
    private static func freePort() throws -> Int {
        for _ in 1...100 {
            let port = Int.random(in: 30_000..<31_000)
            if isFree(port), isFree(port + 1000) { return port }
        }
        throw TestSetupError("no port is free for Apache Kafka")
    }

    private static func isFree(_ port: Int) -> Bool {
        let listener = try? Listener(address: "127.0.0.1", port: port) { $0.close() }
        listener?.close()
        return listener != nil
    }

    private static func contents(of path: String) -> String {
        (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    }
}
