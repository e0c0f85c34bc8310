import EventLoop

/// All that a process is started with.
struct Launch: Codable {
    let name: String
    let path: String
    let arguments: [String]
    let environment: [String: String]
    let directory: String?
    let user: UInt32?
    let group: UInt32?
    /// The file that takes what it says.
    let log: String
    /// The port whose socket it is handed; nil for what listens by itself alone.
    let port: Int?
    /// Whether it takes the place of a process that answers until it is ready.
    var isBeside = false

    /// Starts it in a session of its own, with what it is handed.
    @Loop
    func start(
        handing socket: Int32? = nil, readiness: Int32? = nil, isDetached: Bool = true
    ) throws -> ChildProcess {
        // A shell may have inherited what was handed to another: with its LISTEN_PID a program would leave our socket alone.
        var environment = environment.filter { !Handover.names.contains($0.key) }
        let handed = [socket, readiness].compactMap(\.self)
        if socket != nil { environment["LISTEN_FDS"] = "1" }
        if readiness != nil { environment["READY_FD"] = "\(2 + handed.count)" }
        return try ChildProcess(
            path, arguments, environment: environment.map { "\($0.key)=\($0.value)" }, directory: directory,
            output: log, sockets: handed, isDetached: isDetached, userID: user, groupID: group)
    }
}

/// Who starts the suite's programs.
@Loop
protocol Launcher {
    /// Starts a program.
    func launch(_ order: Launch) async throws -> ProcessMark
    /// Whether it keeps a port for a program that may have ended.
    func keeps(_ port: Int) -> Bool
}
