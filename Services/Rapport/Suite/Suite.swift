import EventLoop
import FoundationEssentials
import Postgres

/// The running suite: PostgreSQL, the Broker and the services, brought up in order and taken down in the reverse order.
@Loop
package final class Suite {
    /// Its data, logs and state.
    package let folder: SuiteFolder
    /// Where it says what it does.
    package let terminal: Terminal
    /// The settings of what is started.
    private(set) var environment: [String: String]
    /// Who starts programs; nil where this process does.
    var launcher: (any Launcher)?
    /// The address that the Broker tells its clients; another than its own puts something between.
    package var brokerHost: String?
    static let infrastructure = ["postgres", "broker"]

    /// The suite of a folder, in the environment of this process.
    package convenience init(_ folder: SuiteFolder, _ terminal: Terminal) {
        self.init(folder, terminal, environment: ProcessInfo.processInfo.environment, launcher: nil)
    }

    /// The suite of a folder, in an environment.
    init(_ folder: SuiteFolder, _ terminal: Terminal, environment: [String: String], launcher: (any Launcher)?) {
        self.environment = environment
        self.folder = folder
        self.terminal = terminal
        self.launcher = launcher
    }

    /// The administrator's address of a PostgreSQL that is not ours.
    var foreignDatabase: String? { environment["DATABASE_URL"].flatMap { $0.isEmpty ? nil : $0 } }
    /// The brokers of a Kafka that is not ours.
    package var foreignKafka: String? { otherKafka ?? environment["KAFKA_BROKERS"].flatMap { $0.isEmpty ? nil : $0 } }
    /// The brokers of a Kafka that a command has started itself.
    package var otherKafka: String?

    // MARK: Up

    /// Starts what does not run, and waits until all of it is ready; from then on a supervisor starts again what dies. What services are to
    /// keep until their data is wiped is given by service.
    package func up(keeping settings: [String: [String: String]] = [:]) async throws {
        let missing = Services.missing
        if !missing.isEmpty { terminal.warn("not built, and so not started: \(missing.joined(separator: ", "))") }
        try await folder.locked { state in
            try await checkForeignDatabase()
            environment = try folder.settle(environment, terminal)
            state.isUp = true
            if !settings.isEmpty { state.kept = settings }
            if let foreignDatabase { state.foreignDatabase = Self.withoutSecret(foreignDatabase) }
            // What has ended unseen, as with the machine, is no death to tell of.
            for (name, known) in state.programs where known.mark?.isAlive == false { state.programs[name]?.mark = nil }
            try folder.write(state)
            for (name, known) in state.programs {
                // A restart that was broken off has left it.
                if let beside = known.beside { try await end(name, beside) }
                state.programs[name]?.beside = nil
            }
            try folder.secure()
            launcher = try await Supervision(folder).begin(environment, terminal)
            try await beginToAsk(&state)
            try await startDatabase(&state)
            try await startBroker(&state)
            let roles = try await applyRoles(state)
            let members = Services.built.flatMap { state.members(of: $0) }
            for member in members { _ = try choosePort(member.name, &state) }
            let stale = try members.filter { try !isRunning($0, state, roles) }
            let services = Services.built.filter { name in stale.contains { $0.service == name } }
            tellOfOld(stale, state)
            try await migrate(services, state, roles)
            for member in stale { try await startMember(member, &state, roles) }
            // A command that was to leave fewer did not come so far.
            for service in Services.built { try await stopOthers(of: service, &state) }
        }
        let state = try folder.readState()
        for member in Services.built.flatMap({ state.members(of: $0) }) { try await waitUntilReady(member) }
    }

    /// From now on our Broker asks everybody who he is. Services that an older `up` has started do not say it: they end in order before, while
    /// the Broker and the database still hear what they have to tell, and the new ones take their places.
    private func beginToAsk(_ state: inout SuiteState) async throws {
        guard foreignKafka == nil, state.asksUsers != true else { return }
        let names = state.programs.keys.filter { Member($0) != nil && state.programs[$0]?.mark?.isAlive == true }
        if !names.isEmpty {
            terminal.line(
                "\(names.sorted().joined(separator: ", ")): stopped, as the Broker begins to ask who they are")
        }
        try await end(names.sorted(), &state)
        state.asksUsers = true
        try folder.write(state)
    }

    /// Programs of another build do not know the tables as they are going to be: what they cannot write waits, and is lost nowhere.
    private func tellOfOld(_ stale: [Member], _ state: SuiteState) {
        let old = stale.map(\.name).filter { state.programs[$0]?.mark?.isAlive == true }
        guard !old.isEmpty else { return }
        terminal.line(
            "\(old.joined(separator: ", ")): replaced, as build or settings are others; until then they may stand, and go on where they stood"
        )
    }

    /// Before anything is started or stopped.
    private func checkForeignDatabase() async throws {
        guard let foreignDatabase else { return }
        do {
            try await PostgresConnection.open(PostgresSettings(url: foreignDatabase, applicationName: "rapport"))
                .close()
        } catch {
            throw SuiteError(
                """
                the PostgreSQL that DATABASE_URL names, \(Self.withoutSecret(foreignDatabase)), cannot be used: \(error). \
                Nothing was started or stopped
                """)
        }
    }

    // MARK: Waiting

    /// Waits until a process of a service is ready. One that has died once is started again by the supervisor.
    func waitUntilReady(_ member: Member, within limit: Duration = .seconds(60)) async throws {
        let deadline = Loop.now + limit
        var dead: [ProcessMark?] = []
        while true {
            let state = try folder.readState()
            let mark = state.programs[member.name]?.mark
            let isAlive = mark?.isAlive == true
            let missing = isAlive ? try await ServiceProbe(member, state).missing() : "it has ended"
            guard let missing else { return }
            if !isAlive, !dead.contains(mark) { dead.append(mark) }
            guard Loop.now < deadline, dead.count < (launcher == nil ? 1 : 2) else {
                throw SuiteError(
                    "\(member.name) is not ready (\(missing)); the end of \(folder.log(of: member.name)):\n"
                        + folder.lastLines(of: member.name))
            }
            try await Loop.sleep(for: .milliseconds(30))
        }
    }

    /// Tries until it succeeds; a program that dies or is not ready in time is an error with the end of its log.
    func waitFor(
        _ name: String, _ state: SuiteState, within limit: Duration, _ attempt: () async throws -> Void
    ) async throws {
        let deadline = Loop.now + limit
        while true {
            do {
                return try await attempt()
            } catch {
                let isAlive = state.programs[name]?.mark?.isAlive == true
                guard isAlive, Loop.now < deadline else {
                    let what = isAlive ? "is not ready (\(error))" : "has ended"
                    throw SuiteError(
                        "\(name) \(what); the end of \(folder.log(of: name)):\n\(folder.lastLines(of: name))")
                }
            }
            try await Loop.sleep(for: .milliseconds(30))
        }
    }

    // MARK: Down

    /// Stops everything in the reverse order of starting; `wipe` deletes the data too.
    package func down(wipe: Bool) async throws {
        try await folder.locked { state in
            if wipe, let other = state.foreignDatabase ?? foreignDatabase.map(Self.withoutSecret),
                state.programs["broker"] != nil
            {
                throw SuiteError(
                    """
                    the database \(other) is not the suite's own, and holds how far the services have read the Broker's log: \
                    without the log they would wait for ever. Drop the services' schemas and roles there, delete \
                    \(folder.path), and nothing is left; make down without WIPE only stops everything
                    """)
            }
            state.isUp = false
            try? folder.write(state)
            // First, or it would start again what ends.
            try await Supervision(folder).end()
            try? FileManager.default.removeItem(atPath: folder.watchFile)
            try await end(state.programs.keys.filter { !Self.infrastructure.contains($0) }, &state)
            for name in Self.infrastructure.reversed() { try await end([name], &state) }
            // In a folder where nothing of a suite was ever started, what has these names is somebody else's.
            guard wipe, !state.programs.isEmpty || state.postgresData != nil else { return }
            if let data = state.postgresData { try? FileManager.default.removeItem(atPath: data) }
            // By name: the folder may be one that holds other things too.
            // The roles in a PostgreSQL that is not ours stay, and so do their passwords.
            let secrets =
                state.foreignDatabase == nil && foreignDatabase == nil
                ? ["secrets.json", "bus-users", "bus-rights"] : []
            let own = ["postgres", "broker", "maildir", "log", "settings.json", "keys.json", "operator.properties"]
            for part in own + secrets {
                try? FileManager.default.removeItem(atPath: "\(folder.path)/\(part)")
            }
            try FileManager.default.createDirectory(
                atPath: folder.log, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            folder.user?.own(folder.log)
            let foreignDatabase = state.foreignDatabase
            state = SuiteState()
            state.foreignDatabase = foreignDatabase
        }
    }

    /// An address as it may be shown and kept.
    private static func withoutSecret(_ url: String) -> String {
        guard let scheme = url.firstRange(of: "://"), let at = url.lastIndex(of: "@") else { return "of DATABASE_URL" }
        let rest = url[url.index(after: at)...]
        return "\(url[..<scheme.upperBound])\(rest.prefix { $0 != "?" })"
    }

    /// Ends a program with signal 9, and waits until the supervisor has started it again.
    func kill(_ name: String) async throws {
        let state = try folder.readState()
        guard let mark = state.programs[name]?.mark, mark.isAlive else {
            throw SuiteError("no program \(name) runs; there are: \(wanted(state).joined(separator: ", "))")
        }
        guard Supervision(folder).record != nil else {
            throw SuiteError("nobody keeps watch, so \(name) would stay dead; rapport up starts the supervisor again")
        }
        mark.signal(SIGKILL)
        let deadline = Loop.now + .seconds(60)
        while try folder.readState().programs[name]?.mark.map({ $0 == mark || !$0.isAlive }) ?? true {
            guard Loop.now < deadline else { throw SuiteError("\(name) was not started again; see rapport status") }
            try await Loop.sleep(for: .milliseconds(30))
        }
        if let member = Member(name) { try await waitUntilReady(member) }
        terminal.line("\(name) was killed, and was started again")
    }

    /// Ends programs, all at the same time, and remembers that none is missing.
    func end(_ names: [String], _ state: inout SuiteState) async throws {
        let marks = names.flatMap { name in
            let known = state.programs[name]
            return [known?.mark, known?.beside].compactMap(\.self).map { (name, $0) }
        }
        for name in names {
            state.programs[name]?.mark = nil
            state.programs[name]?.beside = nil
        }
        // A full disk keeps nothing from being ended; whoever holds the lock writes once more at the end, and tells of it.
        try? folder.write(state)
        for (name, mark) in marks { ask(name, mark) }
        for (name, mark) in marks { try await untilEnded(name, mark) }
    }

    /// Ends a process of a program in order.
    func end(_ name: String, _ mark: ProcessMark) async throws {
        ask(name, mark)
        try await untilEnded(name, mark)
    }

    private func ask(_ name: String, _ mark: ProcessMark) {
        mark.signal(name == "postgres" ? SIGINT : SIGTERM)
        // One that was stopped hears nothing else.
        mark.signal(SIGCONT)
    }

    private func untilEnded(_ name: String, _ mark: ProcessMark) async throws {
        if try await mark.hasEnded(within: .seconds(20)) { return }
        terminal.warn("\(name) does not end, so it is killed")
        mark.signal(SIGKILL)
        _ = try await mark.hasEnded(within: .seconds(5))
    }
}
