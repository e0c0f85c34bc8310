import EventLoop
import FoundationEssentials
import TestKit

/// An Apache Kafka of the optional data folder, for tests that want another broker than ours.
@Loop
enum ApacheKafka {
    /// The program that runs it; nil where it is not there.
    nonisolated static var path: String? { TestPaths.sharedData("kafka/kafka") }

    /// The newest always, the older line too where there is time.
    nonisolated static var versions: [String] {
        ProcessInfo.processInfo.environment["CI"] == "true" ? ["4.3.1"] : ["4.3.1", "3.9.2"]
    }

    /// Runs the server until it is asked to stop or the test process has ended.
    private static let script = """
        trap asked=1 TERM
        "$2" server --port "$3" --dir "$4" --version "$5" &
        server=$!
        while [ -z "$asked" ] && kill -0 $server && [ -d /proc/$1 ]; do sleep 0.5 & wait $!; done
        kill -KILL $server
        wait $server
        rm -rf "$4"
        """

    /// Runs a test with the address of a fresh server, and stops it afterwards.
    static func with(_ version: String, _ body: (String) async throws -> Void) async throws {
        guard let path else { throw SuiteFailure("there is no Apache Kafka") }
        let folder = try TestPaths.temporaryFolder()
        let log = folder + ".log"
        let port = try freePort()
        let server = try ChildProcess(
            "/bin/bash", ["-c", script, "sh", "\(getpid())", path, "\(port)", folder, version], output: log,
            isDetached: true)
        let outcome: Result<Void, any Error>
        do {
            try await eventually("the start of Apache Kafka \(version)", within: .seconds(90)) {
                if server.hasEnded { throw SuiteFailure("Apache Kafka ended:\n\(contents(of: log).suffix(3000))") }
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
        for port in 30_000..<31_000 where isFree(port) && isFree(port + 1000) { return port }
        throw SuiteFailure("no port is free for Apache Kafka")
    }

    private static func isFree(_ port: Int) -> Bool {
        let listener = try? Listener(address: "127.0.0.1", port: port) { $0.close() }
        listener?.close()
        return listener != nil
    }
}
