import EventLoop
import FoundationEssentials
import HTTP
import TestKit

/// What an operator prepares for the units: a database, secrets, settings; and ports that are free.
@Loop
final class Machine {
    /// The folder of all that is made for it.
    let folder: String
    /// Where its settings are, `/etc/rapport` of a real machine.
    let settings: String
    /// The secrets.
    let secrets: MadeSecrets
    /// The Broker's port, and those of services' processes by unit.
    let brokerPort: Int
    private(set) var ports: [String: Int] = [:]
    private let database: String
    private let http: HTTPClient

    /// Draws secrets and writes settings for processes: `contacts@1`.
    init(_ processes: [String]) async throws {
        folder = try TestPaths.temporaryFolder()
        settings = folder + "/etc/rapport"
        database = try await TestDatabase.make("deploy")
        http = try HTTPClient(connectionsPerHost: 4)
        brokerPort = try Self.freePort()
        guard let at = database.lastIndex(of: "@") else { throw DeployFault("\(database) names no host") }
        try FileManager.default.createDirectory(atPath: settings, withIntermediateDirectories: true)
        secrets = try await MadeSecrets.make(
            String(database[database.index(after: at)...]), in: settings + "/secrets")
        let shared = DeployFiles.text("systemd/rapport.env")
        try write(shared.replacing("127.0.0.1:9092", with: "127.0.0.1:\(brokerPort)"), "rapport.env")
        try write(
            "BROKER_LISTENERS=SASL_PLAINTEXT://127.0.0.1:\(brokerPort)\nBROKER_METRICS=\(try Self.freePort())\n"
                + "BROKER_FLUSH=page-cache\n", "broker.env")
        try write(DeployFiles.text("broker.rights"), "broker.rights")
        for process in processes {
            let port = try Self.freePort()
            ports[process] = port
            try write("HTTP_PORT=\(port)\n", "\(process).env")
        }
    }

    private func write(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(settings)/\(name)"))
    }

    private static func freePort() throws -> Int {
        let listener = try Listener(address: "127.0.0.1", port: 0) { $0.close() }
        defer { listener.close() }
        return listener.port
    }

    /// Makes the services' roles.
    func makeRoles() async throws { try await secrets.makeRoles(as: database) }

    /// Waits until a process says that it is ready.
    func untilReady(_ process: String) async throws {
        try await eventually("\(process) being ready", within: .seconds(40)) { await missing(process) == nil }
    }

    /// What a process says is missing; nil when it is ready.
    func missing(_ process: String) async -> String? {
        let request = ClientRequest(
            .get, "http://127.0.0.1:\(ports[process] ?? 0)/health/ready", timeout: .seconds(3), maximumBytes: 1 << 16)
        do {
            let answer = try await http.send(request)
            return answer.status == .ok ? nil : String(decoding: answer.body, as: UTF8.self)
        } catch {
            return "\(error)"
        }
    }

    /// Asks a process whether it lives, again and again until the task is cancelled: how often it answered, and what failed.
    func ask(_ process: String) async throws -> (answered: Int, failed: [String]) {
        let live = "http://127.0.0.1:\(ports[process] ?? 0)/health/live"
        var (answered, failed): (Int, [String]) = (0, [])
        while !Task.isCancelled {
            do {
                let answer = try await http.send(
                    ClientRequest(.get, live, timeout: .seconds(10), maximumBytes: 1 << 16))
                if answer.status == .ok { answered += 1 } else { failed.append("\(answer.status)") }
                try await Loop.sleep(for: .milliseconds(5))
            } catch is CancellationError {
                break
            } catch {
                failed.append("\(error)")
            }
        }
        return (answered, failed)
    }

    /// Removes its folder.
    func remove() { TestPaths.remove(folder) }
}
