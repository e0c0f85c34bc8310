import EventLoop
import FoundationEssentials
import HTTP
import Telemetry

/// The supervisor of a suite, as commands meet it: they start it, let it start programs, and end it.
@Loop
struct Supervision: Launcher {
    private static let path = SuiteFolder.programs + "/rapport"
    private static var client: HTTPClient?
    private let folder: SuiteFolder

    init(_ folder: SuiteFolder) { self.folder = folder }

    /// The supervisor that runs; nil where none does.
    var record: WatchRecord? {
        guard let record = WatchRecord.read(folder), record.mark.isAlive else { return nil }
        return record
    }

    /// Which build of this program is there.
    static var build: String {
        var info = stat()
        stat(path, &info)
        return "\(path) \(info.st_mtim.tv_sec).\(info.st_mtim.tv_nsec)"
    }

    // MARK: Its life

    /// Starts the supervisor, or tells the one that runs of a new environment; one of another build is replaced. Nil where the program is
    /// not there.
    func begin(_ environment: [String: String], _ terminal: Terminal) async throws -> Supervision? {
        guard access(Self.path, X_OK) == 0 else {
            terminal.warn("rapport was not built, so nobody keeps watch of the suite")
            return nil
        }
        if let record, record.build == Self.build {
            do {
                _ = try await ask(.put, "/environment", JSONEncoder().encode(environment))
                return self
            } catch {
                terminal.warn("the supervisor does not answer, so another takes its place: \(error)")
            }
        }
        try await end()
        // It draws its orders' secret from there.
        _ = try folder.secret(Self.secret)
        let user = try await whoMayWatch(terminal)
        let child = try ChildProcess(
            Self.path, [Supervisor.command, "--run", folder.path],
            environment: environment.map { "\($0.key)=\($0.value)" },
            directory: folder.path, output: folder.writableLog(of: "supervisor"), isDetached: true,
            userID: user?.user, groupID: user?.group)
        let deadline = Loop.now + .seconds(20)
        while record?.mark.id != child.id {
            guard !child.hasEnded, Loop.now < deadline else {
                throw SuiteError("the supervisor does not start:\n\(folder.lastLines(of: "supervisor"))")
            }
            try await Loop.sleep(for: .milliseconds(10))
        }
        return self
    }

    /// Whom the supervisor runs as that the superuser starts: as the programs, where this user can come to them and to the folder, as it
    /// starts them anew. Else it stays what it is, and they become this user by themselves.
    private func whoMayWatch(_ terminal: Terminal) async throws -> SystemUser? {
        guard let user = folder.user else { return nil }
        let look = try? ChildProcess(
            Self.path, ["help", "--run", folder.path], environment: [], directory: "/", output: "/dev/null",
            userID: user.user, groupID: user.group)
        if user.canReach(folder.path + "/state.json"), try await look?.exit().isSuccess == true { return user }
        terminal.note(
            "the user \(user.name) cannot come to \(Self.path) or \(folder.path), so the supervisor stays root; what it starts does not"
        )
        return nil
    }

    /// Ends the supervisor; the programs run on.
    func end() async throws {
        guard let mark = record?.mark else { return }
        mark.signal(SIGTERM)
        mark.signal(SIGCONT)
        if try await mark.hasEnded(within: .seconds(5)) { return }
        mark.signal(SIGKILL)
        _ = try await mark.hasEnded(within: .seconds(5))
    }

    // MARK: Orders

    static let secret = "supervisor"

    /// What the suite was started with, which a command of another shell does not know.
    func environment() async throws -> [String: String] {
        guard record != nil else {
            throw SuiteError(
                "nobody keeps watch of the suite, and knows its settings; rapport up starts what is missing")
        }
        return try JSONDecoder().decode([String: String].self, from: Data(try await ask(.get, "/environment")))
    }

    func launch(_ order: Launch) async throws -> ProcessMark {
        let answer = try await ask(.post, "/programs", JSONEncoder().encode(order))
        return try JSONDecoder().decode(ProcessMark.self, from: Data(answer))
    }

    /// Whether a process that stands beside another has said that it is ready.
    func isReady(_ mark: ProcessMark) async throws -> Bool {
        try JSONDecoder().decode(Bool.self, from: Data(try await ask(.get, "/programs/\(mark.id)/readiness")))
    }

    func keeps(_ port: Int) -> Bool { record?.ports.contains(port) == true }

    /// Whether the supervisor runs and answers; one that is frozen does not.
    func answers() async -> Bool {
        do {
            _ = try await ask(.get, "/programs/0/readiness", within: .seconds(3))
            return true
        } catch is HTTPClientError {
            return false
        } catch {
            // Who may not read the suite's secret cannot tell.
            return record != nil
        }
    }

    private func ask(
        _ method: HTTP.Method, _ path: String, _ body: Data = Data(), within limit: Duration = .seconds(20)
    ) async throws -> [UInt8] {
        guard let record else { throw SuiteError("nobody keeps watch of the suite; rapport up starts the supervisor") }
        let client = try Self.client ?? HTTPClient(connectionsPerHost: 4)
        Self.client = client
        var headers: Headers = ["authorization": "Bearer \(try folder.secret(Self.secret))"]
        if !body.isEmpty { headers.add("content-type", "application/json") }
        let answer = try await client.send(
            ClientRequest(
                method, "http://127.0.0.1:\(record.port)\(path)", headers: headers, body: Array(body),
                timeout: limit))
        guard answer.status == .ok else {
            throw SuiteError("the supervisor refuses: \(String(decoding: answer.body.prefix(500), as: UTF8.self))")
        }
        return answer.body
    }
}
