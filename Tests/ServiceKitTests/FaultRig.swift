import EventLoop
import FoundationEssentials
import HTTP
import TestKit

/// One service as a real process, on a PostgreSQL and a broker of its own that a test can hurt.
@Loop
final class FaultRig {
    let postgres: OwnPostgres
    /// Of the service.
    let port: Int
    let folder: String
    /// Whether the database lies on a disk of its own that can be filled.
    var hasSmallDisk = false
    private let brokerPort: Int
    private(set) var broker: ChildProcess?
    private(set) var service: ChildProcess?
    private let http: HTTPClient
    private var polling: Task<Void, Never>?
    /// Each answer of `/health/ready` that was another than the one before.
    private(set) var turns: [(at: Duration, isReady: Bool, text: String)] = []

    init() async throws {
        postgres = try await OwnPostgres()
        folder = try TestPaths.temporaryFolder()
        http = try HTTPClient(connectionsPerHost: 2)
        port = try Self.freePort()
        brokerPort = try Self.freePort()
    }

    private static func freePort() throws -> Int {
        let probe = try Listener(address: "127.0.0.1", port: 0) { $0.close() }
        defer { probe.close() }
        return probe.port
    }

    // MARK: Parts

    private func environment(port: Int, database: String = "crm", role: String = "postgres") -> [String] {
        [
            "PATH=/usr/bin:/bin", "DATABASE_URL=\(postgres.url(database, role: role))",
            "KAFKA_BROKERS=127.0.0.1:\(brokerPort)", "HTTP_PORT=\(port)", "SWIFT_BACKTRACE=enable=no",
        ]
    }

    /// Runs a command of the service's program to its end, and answers what it said where it failed.
    func run(_ command: String, database: String = "crm", role: String = "postgres") async throws -> String? {
        let output = "\(folder)/\(command)-\(database)-\(role)"
        let process = try ChildProcess(
            TestPaths.program("rapport-sales"), [command],
            environment: environment(port: 0, database: database, role: role), output: output)
        let tooLate = Loop.after(.seconds(20)) { process.kill(SIGKILL) }
        defer { tooLate.cancel() }
        return try await process.exit().isSuccess ? nil : TestPaths.contents(output)
    }

    /// Starts one more process of the service.
    func startTwin() throws -> ChildProcess {
        try ChildProcess(
            TestPaths.program("rapport-sales"), [], environment: environment(port: 0), output: folder + "/twin")
    }

    func startService() throws {
        service = try ChildProcess(
            TestPaths.program("rapport-sales"), [], environment: environment(port: port), output: folder + "/log")
        polling = Task { @Loop in
            while !Task.isCancelled {
                if let answer = await self.ready(), answer.isReady != self.turns.last?.isReady {
                    self.turns.append((Loop.now, answer.isReady, answer.text))
                }
                try? await Loop.sleep(for: .milliseconds(50))
            }
        }
    }

    func startBroker() throws {
        broker = try ChildProcess(
            TestPaths.program("rapport-broker"), [],
            environment: ["BROKER_DATA=\(folder)/broker", "BROKER_PORT=\(brokerPort)", "BROKER_FLUSH=page-cache"],
            output: folder + "/broker.log")
    }

    /// Publishes messages in structured mode, a line each: key, tabulator, JSON.
    func publish(_ topic: String, _ lines: [String]) async throws {
        let file = folder + "/messages"
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: file))
        let run = try ChildProcess(
            "kcat",
            [
                "-P", "-b", "127.0.0.1:\(brokerPort)", "-t", topic, "-K", "\t", "-X", "partitioner=murmur2_random",
                "-H",
                "content-type=application/cloudevents+json", "-l", file,
            ], output: folder + "/kcat")
        guard try await run.exit().isSuccess else { throw Unmet("kcat: \(TestPaths.contents(folder + "/kcat"))") }
    }

    // MARK: What is seen

    /// What the service says of itself; nil where it does not answer.
    func ready() async -> (isReady: Bool, text: String)? {
        guard let answer = try? await get("/health/ready") else { return nil }
        return (answer.status == .ok, String(decoding: answer.body, as: UTF8.self))
    }

    func metrics() async throws -> String { String(decoding: try await get("/metrics").body, as: UTF8.self) }

    func get(_ path: String) async throws -> ClientResponse {
        try await http.send(ClientRequest(.get, "http://127.0.0.1:\(port)\(path)", timeout: .seconds(2)))
    }

    /// A line of the service's log.
    struct Line: Decodable {
        let level: String
        let msg: String
        let trouble: String?
        let error: String?
    }

    /// What the service has written that is graver than information, in order; standing still is the machine's doing.
    var lines: [Line] {
        TestPaths.contents(folder + "/log").split(separator: "\n").compactMap { line in
            try? JSONDecoder().decode(Line.self, from: Data(line.utf8))
        }.filter { $0.level != "info" && $0.trouble != "standstill" }
    }

    /// Waits until the service says what is wrong, and answers how long that took.
    func turn(toSaying words: String, within limit: Duration) async throws -> Duration {
        try await wait("\(words) told", limit) { !$0.isReady && $0.text.contains(words) }
    }

    /// Waits until the service is ready, and then until all its parts have got on: faults that follow at once are one.
    func turnToReady(within limit: Duration) async throws {
        _ = try await wait("ready", limit) { $0.isReady }
        try await Loop.sleep(for: .seconds(2))
    }

    private func wait(
        _ what: String, _ limit: Duration, _ condition: ((isReady: Bool, text: String)) -> Bool
    ) async throws -> Duration {
        let begin = Loop.now
        var last = "nothing"
        while Loop.now - begin < limit {
            if let answer = await ready() {
                if condition(answer) { return Loop.now - begin }
                last = answer.text
            }
            try await Loop.sleep(for: .milliseconds(50))
        }
        throw Unmet(
            "\(what) not within \(limit); it says: \(last)\n\(TestPaths.contents(folder + "/log").suffix(3000))")
    }

    /// Ends all.
    func end() async {
        polling?.cancel()
        service?.kill(SIGKILL)
        broker?.kill(SIGCONT)
        broker?.kill(SIGKILL)
        _ = try? await service?.exit()
        _ = try? await broker?.exit()
        await postgres.remove()
        TestPaths.remove(folder)
    }
}

/// What a test waited for in vain.
struct Unmet: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
