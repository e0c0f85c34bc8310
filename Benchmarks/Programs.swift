import EventLoop
import FoundationEssentials
import Kafka

/// A program of the suite that the bench has started.
@Loop
final class RunningProgram {
    let port: Int
    let startTime: Duration
    private let child: ChildProcess

    private init(port: Int, startTime: Duration, child: ChildProcess) {
        self.port = port
        self.startTime = startTime
        self.child = child
    }

    /// Migrates and starts a service; returns when it is ready. Several of one service need names of their own; `files` is how many files
    /// it may have open at most.
    static func start(
        _ name: String, _ bench: Bench, instance: String = "bench", files: Int? = nil
    ) async throws -> RunningProgram {
        var environment = ProcessInfo.processInfo.environment
        let log = "/tmp/rapport-bench-\(name)-\(getpid()).log"
        let port = try freePort()
        environment["DATABASE_URL"] = bench.database
        environment.merge(bench.kafka.environment) { _, new in new }
        environment["HTTP_PORT"] = "\(port)"
        environment["INSTANCE"] = instance
        environment["MAILDIR"] = "/tmp/rapport-bench-maildir"
        let list = environment.map { "\($0.key)=\($0.value)" }
        let path = "\(bench.programs)/\(name)"
        let migrated = try await ChildProcess(path, ["migrate"], environment: list, output: log).exit()
        guard migrated.isSuccess else { throw BenchError(text: "\(name) could not migrate; see \(log)") }
        let begin = Loop.now
        let child =
            try files.map {
                try ChildProcess(
                    "/bin/sh", ["-c", "ulimit -n \($0); exec \"$0\" serve", path], environment: list, output: log)
            } ?? ChildProcess(path, ["serve"], environment: list, output: log)
        let program = RunningProgram(port: port, startTime: .zero, child: child)
        while await !program.isReady() {
            if child.hasEnded { throw BenchError(text: "\(name) ended; see \(log)") }
            guard Loop.now - begin < .seconds(30) else {
                throw BenchError(text: "\(name) did not get ready; see \(log)")
            }
            try await Loop.sleep(for: .milliseconds(5))
        }
        return RunningProgram(port: port, startTime: Loop.now - begin, child: child)
    }

    /// Whether it says that it can do its work.
    func isReady() async -> Bool {
        guard let client = try? await LoadClient.connect(port: port) else { return false }
        defer { client.close() }
        let answer = try? await client.ask(Array("GET /health/ready HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8))
        return answer?.status == 200
    }

    private static func freePort() throws -> Int {
        let listener = try Listener(address: "127.0.0.1", port: 0) { $0.close() }
        defer { listener.close() }
        return listener.port
    }

    /// Resident memory in megabytes (`/proc`).
    var residentMegabytes: Double {
        let status = FileManager.default.contents(atPath: "/proc/\(child.id)/status") ?? Data()
        for line in String(decoding: status, as: UTF8.self).split(separator: "\n") where line.hasPrefix("VmRSS:") {
            return (Double(line.dropFirst(6).filter { $0.isNumber }) ?? 0) / 1024
        }
        return 0
    }

    func kill() { child.kill(SIGKILL) }

    /// Ends it as an operator does.
    func end() async throws {
        child.kill(SIGTERM)
        _ = try await child.exit()
    }
}

/// Start time and idle memory of each program.
@Loop
struct ProgramBench {
    let bench: Bench
    init(_ bench: Bench) { self.bench = bench }

    func run() async throws {
        bench.title("programs: from start to ready, and resident memory when idle")
        for name in ["contacts", "sales", "campaigns", "tickets", "notifications"] {
            guard FileManager.default.fileExists(atPath: "\(bench.programs)/rapport-\(name)") else { continue }
            let program = try await RunningProgram.start("rapport-\(name)", bench)
            try await Loop.sleep(for: .seconds(4))
            bench.row(
                name, "\(decimal(program.startTime.seconds, 3)) s",
                beside: "\(decimal(program.residentMegabytes, 1)) MB",
                goal: "< 0.3 s, < 35 MB")
            program.kill()
        }
    }
}
