import EventLoop
import FoundationEssentials
import HTTP
import Kafka
import TestKit
import Testing

/// The tests of the whole suite, one after the other: each has all processes, and there are few cores.
@Suite(.serialized) enum WholeSuite {}

/// A whole suite of real processes in a folder of its own, run through its command line as an operator does.
@Loop
final class RunningSuite {
    /// The folder of data, logs and state.
    let folder: String
    private let environment: [String: String]
    private let watch: ChildProcess
    private let http: HTTPClient
    private var commands = 0

    /// Cleans up when the test process ends without having done so.
    private static let watchScript = """
        while [ -d /proc/$1 ] && [ -d "$2" ]; do sleep 1; done
        [ -d "$2" ] && "$3" down --wipe --run "$2"
        rm -rf "$2"
        """

    /// Runs a test with a suite, of which nothing is up yet, and stops all of it afterwards, also when the test fails.
    static func with(
        kafka: String? = nil, environment: [String: String] = [:], _ body: (RunningSuite) async throws -> Void
    ) async throws {
        let suite = try RunningSuite(kafka, environment)
        do {
            try await body(suite)
        } catch {
            suite.showLogs()
            await suite.stop()
            throw error
        }
        await suite.stop()
    }

    private init(_ kafka: String?, _ more: [String: String]) throws {
        let rapport = try TestPaths.program("rapport")
        folder = try TestPaths.temporaryFolder()
        // PostgreSQL's user must be able to reach its data inside.
        chmod(folder, 0o711)
        // Whatever the developer has set is about another suite.
        let isOurs = { (name: String) in
            name.hasSuffix("DATABASE_URL") || name.hasPrefix("KAFKA_") || name == "API_TOKEN" || name.hasPrefix("SMTP_")
        }
        var environment = ProcessInfo.processInfo.environment.filter { !isOurs($0.key) }
        if let kafka { environment["KAFKA_BROKERS"] = kafka }
        self.environment = environment.merging(more) { _, new in new }
        watch = try ChildProcess(
            "/bin/sh", ["-c", Self.watchScript, "sh", String(getpid()), folder, rapport], output: "/dev/null",
            isDetached: true)
        http = try HTTPClient(connectionsPerHost: 4)
    }

    // MARK: The command line

    /// What a command said and how it ended.
    struct Run {
        let status: Int
        let text: String
        /// Whether it ended with status 0.
        var isSuccess: Bool { status == 0 }
    }

    /// A command that runs.
    struct Command {
        let process: ChildProcess
        let output: String

        /// Waits for its end; past the limit it is killed, which counts as failure.
        @Loop func end(within limit: Duration) async throws -> Run {
            let process = process
            let tooLate = Loop.after(limit) { process.kill(SIGKILL) }
            defer { tooLate.cancel() }
            let exit = try await process.exit()
            return Run(status: exit.signal == 0 ? exit.status : 128 + exit.signal, text: contents(of: output))
        }
    }

    /// Starts the demo.
    func startDemo(_ words: [String]) throws -> Command { try launch("rapport-demo", words) }

    /// Runs the demo to its end.
    func demo(_ words: String..., within limit: Duration) async throws -> Run {
        try await startDemo(words).end(within: limit)
    }

    /// Runs the fault rig to its end.
    func chaos(_ words: String..., within limit: Duration) async throws -> Run {
        try await launch("rapport-chaos", words).end(within: limit)
    }

    /// Runs a command of `rapport` to its end.
    func rapport(
        _ words: String..., within limit: Duration = .seconds(120), without names: Set<String> = []
    ) async throws -> Run {
        try await launch("rapport", words, without: names).end(within: limit)
    }

    /// The same with words that were put together.
    func rapport(_ words: [String]) async throws -> Run {
        try await launch("rapport", words).end(within: .seconds(120))
    }

    /// Starts a program on the folder.
    func launch(_ program: String, _ words: [String], without names: Set<String> = []) throws -> Command {
        commands += 1
        let output = "\(folder)/command-\(commands)"
        let environment = environment.filter { !names.contains($0.key) }
        let process = try ChildProcess(
            try TestPaths.program(program), words + ["--run", folder],
            environment: environment.map { "\($0.key)=\($0.value)" }, output: output)
        return Command(process: process, output: output)
    }

    // MARK: What runs

    /// A program as `state.json` knows it.
    struct Known: Decodable {
        struct Mark: Decodable { let id: Int32 }
        let mark: Mark?
        let port: Int
    }

    /// What the suite remembers, by name.
    func programs() throws -> [String: Known] {
        struct State: Decodable { let programs: [String: Known] }
        return try JSONDecoder().decode(State.self, from: Data(contentsOf: URL(filePath: folder + "/state.json")))
            .programs
    }

    /// The port of a program.
    func port(_ name: String) throws -> Int {
        guard let port = try programs()[name]?.port else { throw SuiteFailure("\(name) was not started") }
        return port
    }

    /// The process of a program, where one runs.
    func process(_ name: String) throws -> Int32? {
        guard let id = try programs()[name]?.mark?.id, Self.runs(id) else { return nil }
        return id
    }

    /// The process that keeps watch, where one runs.
    func supervisor() throws -> Int32? {
        struct Watch: Decodable { let mark: Known.Mark }
        let watch = try JSONDecoder().decode(Watch.self, from: Data(contentsOf: URL(filePath: folder + "/watch.json")))
        return Self.runs(watch.mark.id) ? watch.mark.id : nil
    }

    /// A process that has ended and that nobody has waited for has no program any more.
    private static func runs(_ id: Int32) -> Bool {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/exe")) != nil
    }

    /// All processes that have to do with the folder, the tests' own left out.
    func processes() throws -> [Int32] {
        let own = [getpid(), watch.id]
        return try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }.filter { id in
            guard !own.contains(id), Self.runs(id) else { return false }
            let place = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/cwd")) ?? ""
            return (place + contents(of: "/proc/\(id)/cmdline") + contents(of: "/proc/\(id)/environ")).contains(folder)
        }
    }

    /// The passwords of the database roles, by service.
    func secrets() throws -> [String: String] {
        try JSONDecoder().decode([String: String].self, from: Data(contentsOf: URL(filePath: folder + "/secrets.json")))
    }

    /// The bus, as one of its users.
    func kafka(as user: String = "operator") throws -> KafkaSettings {
        guard let password = try secrets()["bus.\(user)"] else { throw SuiteFailure("\(user) is no user of the bus") }
        return KafkaSettings(
            brokers: "127.0.0.1:\(try port("broker"))", clientID: "test",
            properties: [
                "security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "SCRAM-SHA-256", "sasl.username": user,
                "sasl.password": password,
            ])
    }

    /// The mails that were sent, whole.
    func mails() throws -> [String] {
        let new = folder + "/maildir/new"
        guard access(new, F_OK) == 0 else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: new).map { contents(of: "\(new)/\($0)") }
    }

    // MARK: From outside

    /// Asks a service; throws for an answer outside 200 to 299.
    @discardableResult
    func ask(
        _ service: String, _ method: HTTP.Method, _ path: String, _ json: String = "", headers: [String: String] = [:]
    ) async throws -> String {
        var request = ClientRequest(method, "http://127.0.0.1:\(try port(service))\(path)")
        if !json.isEmpty { request.headers.add("content-type", "application/json") }
        for (name, value) in headers { request.headers.add(name, value) }
        request.body = Array(json.utf8)
        let answer = try await http.send(request)
        let text = String(decoding: answer.body, as: UTF8.self)
        guard (200..<300).contains(answer.status.rawValue) else {
            throw SuiteFailure("\(service) answered \(answer.status.rawValue) to \(method.rawValue) \(path): \(text)")
        }
        return text
    }

    /// Asks a service and reads the answer's JSON.
    func ask<T: Decodable>(
        _ service: String, _ method: HTTP.Method, _ path: String, _ json: String = "", as type: T.Type,
        headers: [String: String] = [:]
    ) async throws -> T {
        try JSONDecoder().decode(type, from: Data(try await ask(service, method, path, json, headers: headers).utf8))
    }

    /// A figure of a service's metrics; nil where it has none of that name.
    func figure(_ service: String, _ name: String) async throws -> Double? {
        let lines = try await ask(service, .get, "/metrics").split(separator: "\n")
        let values = lines.filter { $0.hasPrefix(name + " ") || $0.hasPrefix(name + "{") }
            .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }
        return values.isEmpty ? nil : values.reduce(0, +)
    }

    /// Runs a line of a shell in the folder, with `BROKER` set; throws where it fails.
    func shell(_ line: String) async throws {
        commands += 1
        let output = "\(folder)/command-\(commands)"
        var environment = environment
        environment["BROKER"] = "127.0.0.1:\(try port("broker"))"
        // Whoever has not signed in is told nothing.
        environment["KCAT_CONFIG"] = folder + "/operator.properties"
        let process = try ChildProcess(
            "/bin/bash", ["-c", "set -euo pipefail; " + line], environment: environment.map { "\($0.key)=\($0.value)" },
            directory: folder, output: output)
        let run = try await Command(process: process, output: output).end(within: .seconds(60))
        guard run.isSuccess else { throw SuiteFailure("\(line)\n\(run.text)") }
    }

    /// Publishes an event as anyone can, with kcat.
    func publish(_ topic: String, key: String, _ type: String, _ json: String) async throws {
        try await shell(
            """
            echo '\(json)' | kcat -P -b $BROKER -t \(topic) -k \(key) -X partitioner=murmur2_random \
            -H ce_specversion=1.0 -H ce_id=$(cat /proc/sys/kernel/random/uuid) -H ce_source=/kcat -H ce_type=\(type)
            """)
    }

    // MARK: End

    private func stop() async {
        keepLogs()
        _ = try? await rapport("down", "--wipe")
        for id in (try? processes()) ?? [] { kill(id, SIGKILL) }
        watch.kill(SIGKILL)
        _ = try? await watch.exit()
        TestPaths.remove(folder)
    }

    /// Where `Tests/run` asks for the logs, which it keeps of what failed.
    private func keepLogs() {
        guard let place = getenv("RAPPORT_KEEP_LOGS").map({ String(cString: $0) }) else { return }
        let test = Test.current.map { $0.name.prefix { $0 != "(" } } ?? "unnamed"
        try? FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        try? FileManager.default.copyItem(atPath: folder + "/log", toPath: "\(place)/\(test)-\(Self.number)")
        Self.number += 1
    }

    private static var number = 1

    /// The ends of all logs, for whoever must find out why a test failed.
    private func showLogs() {
        let logs = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/log")) ?? []
        for log in logs.sorted() {
            print(
                "--- \(log)\n\(contents(of: "\(folder)/log/\(log)").split(separator: "\n").suffix(8).joined(separator: "\n"))"
            )
        }
    }
}

/// What a test of the suite found wrong.
struct SuiteFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// A file's text; empty when it cannot be read.
func contents(of path: String) -> String {
    guard let data = FileManager.default.contents(atPath: path) else { return "" }
    return String(decoding: data, as: UTF8.self)
}
