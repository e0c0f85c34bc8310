import EventLoop
import FoundationEssentials
import Rapport
import Telemetry

/// Nodes of a real Apache Kafka, one or at least three, of which one after the other dies and comes back: from the optional data folder beside the package.
@Loop
final class KafkaNodes {
    /// `host:port` of all nodes.
    let brokers: String
    /// Nodes killed and brought back.
    private(set) var kills = 0
    /// Partitions whose leader was moved on demand.
    private(set) var moves = 0
    private let folder: String
    private let count: Int
    private let port: Int
    private let server: ChildProcess
    private var nodes: [Int: ProcessMark] = [:]
    private var commands: [Int: [String]] = [:]

    /// Starts the nodes with data in a folder and waits until each has started.
    init(_ count: Int, in folder: String) async throws {
        let program = SuiteFolder.packageRoot + "/../shared/kafka/kafka"
        guard access(program, X_OK) == 0 else { throw SuiteError("--nodes needs an Apache Kafka at \(program)") }
        let port = try Self.freePorts(count)
        self.folder = folder
        self.count = count
        self.port = port
        brokers = (0..<count).map { "127.0.0.1:\(port + $0)" }.joined(separator: ",")
        try? FileManager.default.removeItem(atPath: folder)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        server = try ChildProcess(
            program, ["server", "--port", "\(port)", "--dir", folder, "--nodes", "\(count)"],
            // One alone is the started program itself.
            output: folder + (count == 1 ? "/node-1.log" : "/server.log"), isDetached: true)
        do {
            for node in 1...count { try await adopt(node) }
        } catch {
            stop(wipe: false)
            throw error
        }
    }

    /// Waits for the start of a node, and remembers how it was started.
    private func adopt(_ node: Int) async throws {
        let deadline = Loop.now + .seconds(120)
        while !ProcessFile.contents("\(folder)/node-\(node).log").contains("Kafka Server started") {
            guard Loop.now < deadline else { throw SuiteError("node \(node) of Kafka does not start; see \(folder)") }
            try await Loop.sleep(for: .milliseconds(200))
        }
        let text = ProcessFile.contents("\(folder)/node-\(node).pid").filter(\.isNumber)
        guard let id = Int32(text), let mark = ProcessMark(id) else {
            throw SuiteError("node \(node) of Kafka has ended")
        }
        nodes[node] = mark
        commands[node] = ProcessFile.contents("/proc/\(id)/cmdline").split(separator: "\0").map(String.init)
    }

    /// Kills a node, so that the partitions it leads get other leaders, and brings it back after a time.
    func kill(_ node: Int, pause: Duration) async throws {
        guard let mark = nodes[node], let command = commands[node], let program = command.first else { return }
        mark.signal(SIGKILL)
        _ = try await mark.hasEnded(within: .seconds(10))
        try await Loop.sleep(for: pause)
        let child = try ChildProcess(
            program, Array(command.dropFirst()), output: "\(folder)/node-\(node).log", isDetached: true)
        nodes[node] = ProcessMark(child.id)
        kills += 1
    }

    /// Has the first replica of every partition lead it again, as after a repair; asks one node, which passes it on.
    func electPreferredLeaders(via node: Int) async throws {
        let stream = try await Stream.connect(host: "127.0.0.1", port: port + node - 1, within: .seconds(5))
        defer { stream.close() }
        var answer: [UInt8] = []
        let changed = Notice()
        stream.onBytes = {
            answer += $0
            changed.notify()
        }
        stream.resumeReading()
        stream.write(LeaderElection.request)
        _ = try await changed.wait(until: { LeaderElection.isWhole(answer) }, atMost: .seconds(20))
        moves += try LeaderElection.moved(answer)
    }

    /// Ends all nodes; their data are kept where somebody is to look into them.
    func stop(wipe: Bool) {
        server.kill(SIGTERM)
        for mark in nodes.values { mark.signal(SIGKILL) }
        for node in 1...count {
            let text = ProcessFile.contents("\(folder)/node-\(node).pid").filter(\.isNumber)
            if nodes[node] == nil, let id = Int32(text) { ProcessMark(id)?.signal(SIGKILL) }
        }
        if wipe { try? FileManager.default.removeItem(atPath: folder) }
    }

    /// The first of some ports that are free, as are those for the controllers, a thousand above.
    private static func freePorts(_ count: Int) throws -> Int {
        for first in stride(from: 31_000, to: 31_900, by: 10) {
            let ports = (0..<count).flatMap { [first + $0, first + 1000 + $0] }
            let isFree = ports.allSatisfy { port in
                let probe = try? Listener(address: "127.0.0.1", port: port) { $0.close() }
                probe?.close()
                return probe != nil
            }
            if isFree { return first }
        }
        throw SuiteError("no ports are free for Kafka")
    }
}
