import EventLoop
import FoundationEssentials
import Kafka
import Postgres

/// The running suite: PostgreSQL, the Broker and the services, brought up in order and taken down in the reverse order.
@Loop
package final class Suite {
    /// Its data, logs and state.
    package let folder: SuiteFolder
    /// Where it says what it does.
    package let terminal: Terminal
    private let environment: [String: String]
    /// The address that the Broker tells its clients; another than its own puts something between.
    package var brokerHost: String?
    static let infrastructure = ["postgres", "broker"]

    /// The suite of a folder, in the environment of this process.
    package init(_ folder: SuiteFolder, _ terminal: Terminal) {
        environment = ProcessInfo.processInfo.environment
        self.folder = folder
        self.terminal = terminal
    }

    /// The administrator's address of a PostgreSQL that is not ours.
    private var foreignDatabase: String? { environment["DATABASE_URL"].flatMap { $0.isEmpty ? nil : $0 } }
    /// The brokers of a Kafka that is not ours.
    package var foreignKafka: String? { otherKafka ?? environment["KAFKA_BROKERS"].flatMap { $0.isEmpty ? nil : $0 } }
    /// The brokers of a Kafka that a command has started itself.
    package var otherKafka: String?

    // MARK: Up

    /// Starts what does not run, and waits until all of it is ready. What services are to keep until their data is wiped is given by service.
    package func up(keeping settings: [String: [String: String]] = [:]) async throws {
        let missing = Services.missing
        if !missing.isEmpty { terminal.warn("not built, and so not started: \(missing.joined(separator: ", "))") }
        try await folder.locked { state in
            state.isUp = true
            if !settings.isEmpty { state.kept = settings }
            if let foreignDatabase { state.foreignDatabase = Self.withoutSecret(foreignDatabase) }
            try await startDatabase(&state)
            try await startBroker(&state)
            let roles = try await applyRoles(state)
            for name in Services.built { _ = try choosePort(name, &state) }
            let stale = try Services.built.filter { try !isRunning($0, state, roles) }
            try await migrate(stale, state, roles)
            for name in stale { try await startService(name, &state, roles) }
        }
        let state = try folder.readState()
        for name in Services.built { try await waitUntilReady(name, state) }
    }

    /// Starts again what has died; for a supervisor that calls this now and then. Returns the names started.
    package func restartDead() async throws -> [String] {
        let seen = try folder.readState()
        guard seen.isUp else { throw SuiteError("the suite was taken down by another command") }
        let names = Self.infrastructure + Services.built
        guard names.contains(where: { seen.programs[$0].map { $0.mark?.isAlive != true } ?? false }) else { return [] }
        return try await folder.locked { state in
            let dead = names.filter { name in state.programs[name].map { $0.mark?.isAlive != true } ?? false }
            if dead.contains("postgres") { try await startDatabase(&state) }
            if dead.contains("broker") { try await startBroker(&state) }
            for name in dead where !Self.infrastructure.contains(name) {
                try await startService(name, &state, try roleURLs(state))
            }
            return dead
        }
    }

    /// Starts PostgreSQL where it does not run, unless another is used.
    package func startDatabase(_ state: inout SuiteState) async throws {
        guard foreignDatabase == nil else { return }
        let server = try DatabaseServer(folder, remembered: state.postgresData) { terminal.note($0) }
        state.postgresData = server.data
        let password = try folder.secret("postgres")
        let port = try choosePort("postgres", &state)
        let program = server.program(port: port)
        if try await isCurrent(program, &state) { return }
        try await server.initialise(password: password, log: folder.log(of: "postgres"), in: folder)
        try await server.waitForDeadServer()
        try await start(program, port: port, &state)
        let url = adminURL(state, password, database: "postgres")
        try await waitFor("postgres", state, within: .seconds(90)) {
            let settings = PostgresSettings(url: url, applicationName: "rapport")
            let connection = try await PostgresConnection.open(settings)
            defer { connection.close() }
            let found = try await connection.transaction {
                try await $0.query(Statement("suite.find", "SELECT 1 FROM pg_database WHERE datname = 'rapport'"))
            }
            guard found.isEmpty else { return }
            _ = try await connection.transaction {
                try await $0.query(Statement("suite.create", "CREATE DATABASE rapport"))
            }
        }
    }

    /// Starts the Broker where it does not run, unless another Kafka is used.
    package func startBroker(_ state: inout SuiteState) async throws {
        guard foreignKafka == nil else { return }
        var program = Program(name: "broker", path: Services.path("broker"))
        guard access(program.path, X_OK) == 0 else {
            throw SuiteError("\(program.path) was not built; build it, or set KAFKA_BROKERS to a Kafka that is there")
        }
        let port = try choosePort("broker", &state)
        program.environment = [
            "BROKER_DATA": folder.path + "/broker", "BROKER_PORT": "\(port)", "BROKER_ADDRESS": "127.0.0.1",
        ]
        program.reads = ["BROKER_"]
        if let brokerHost { program.environment["BROKER_ADVERTISED_HOST"] = brokerHost }
        if try await isCurrent(program, &state) { return }
        try await start(program, port: port, &state)
        try await waitFor("broker", state, within: .seconds(60)) {
            try await Stream.connect(host: "127.0.0.1", port: port, within: .seconds(2)).close()
        }
    }

    private func startService(_ name: String, _ state: inout SuiteState, _ roles: [String: String]) async throws {
        let port = try choosePort(name, &state)
        let program = try service(name, state, roles)
        if try await isCurrent(program, &state) { return }
        try await start(program, port: port, &state)
    }

    private func isRunning(_ name: String, _ state: SuiteState, _ roles: [String: String]) throws -> Bool {
        guard let known = state.programs[name], known.mark?.isAlive == true else { return false }
        return try known.settings == service(name, state, roles).settings
    }

    /// Whether the program runs as it should; one that runs otherwise, as after a new build, is stopped.
    private func isCurrent(_ program: Program, _ state: inout SuiteState) async throws -> Bool {
        guard let known = state.programs[program.name], let mark = known.mark, mark.isAlive else { return false }
        if known.settings == program.settings { return true }
        try await stop(program.name, mark)
        return false
    }

    private func start(_ program: Program, port: Int, _ state: inout SuiteState) async throws {
        let mark = try program.start(log: folder.log(of: program.name))
        state.programs[program.name] = ProgramState(mark: mark, port: port, settings: program.settings)
        // At once: a command that is killed now must not leave a program that nobody knows.
        try folder.write(state)
    }

    /// Brings the schemas of services to their programs' version.
    package func migrate(_ names: [String], _ state: SuiteState, _ roles: [String: String]) async throws {
        for name in names { try await migrate(try service(name, state, roles)) }
    }

    private func migrate(_ program: Program) async throws {
        let environment = program.inherited.merging(program.environment) { _, new in new }
        let run = try ChildProcess(
            program.path, ["migrate"], environment: environment.map { "\($0.key)=\($0.value)" },
            output: folder.log(of: program.name))
        guard try await run.exit().isSuccess else {
            throw SuiteError("the migrations of \(program.name) failed:\n\(folder.lastLines(of: program.name))")
        }
    }

    /// The port remembered, or the next that is free now, which is remembered; below the system's own choices, so that no
    /// passing connection takes it while its program is down.
    package func choosePort(_ name: String, _ state: inout SuiteState) throws -> Int {
        if let known = state.programs[name], known.mark?.isAlive == true || isFree(known.port) { return known.port }
        let taken = Set(state.programs.values.map(\.port))
        let first = Int(StableHash("\(folder.path)\n\(name)").value % 10_000)
        let ports = (0..<10_000).lazy.map { 20_000 + (first + $0) % 10_000 }
        guard let port = ports.first(where: { !taken.contains($0) && isFree($0) }) else {
            throw SuiteError("no port from 20000 to 29999 is free for \(name)")
        }
        state.programs[name] = ProgramState(mark: nil, port: port)
        return port
    }

    private func isFree(_ port: Int) -> Bool {
        let probe = try? Listener(address: "127.0.0.1", port: port) { $0.close() }
        probe?.close()
        return probe != nil
    }

    /// Starts PostgreSQL and the Broker alone, and gives the administrator's address and the brokers.
    package func upBase() async throws -> (database: String, brokers: String) {
        try await folder.locked { state in
            state.isUp = true
            try await startDatabase(&state)
            try await startBroker(&state)
            guard let kafka = kafka(state) else { throw SuiteError("no broker is known") }
            return (try adminURL(state, folder.secret("postgres"), database: "rapport"), kafka.brokers)
        }
    }

    // MARK: Addresses

    /// A service as it is to be started.
    package func service(_ name: String, _ state: SuiteState, _ roles: [String: String]) throws -> Program {
        guard let kafka = kafka(state), let url = roles[name], let port = state.programs[name]?.port else {
            throw SuiteError("\(name) has no broker, database or port")
        }
        var program = Program(name: name, path: Services.path(name), arguments: ["serve"])
        program.environment = [
            "DATABASE_URL": url, "KAFKA_BROKERS": kafka.brokers, "HTTP_ADDRESS": "127.0.0.1", "INSTANCE": "1",
            "HTTP_PORT": "\(port)",
            // On loopback only, and asked by this program in the clear: settings for elsewhere do not count here.
            "HTTP_TLS_CERTIFICATE": "", "HTTP_TLS_KEY": "",
        ]
        // Links to surveys must outlive the process that made them.
        if name == "tickets" {
            program.environment["SURVEY_SECRET"] = try folder.secret("survey")
            program.environment["SURVEY_URL"] = environment["SURVEY_URL"] ?? "http://127.0.0.1:\(port)/surveys/"
        }
        if name == "contacts" {
            program.environment["PREFERENCES_SECRET"] = try folder.secret("preferences")
            program.environment["PREFERENCES_URL"] =
                environment["PREFERENCES_URL"] ?? "http://127.0.0.1:\(port)/preferences/"
        }
        for (setting, value) in state.kept?[name] ?? [:] where environment[setting] == nil {
            program.environment[setting] = value
        }
        program.directory = folder.path
        program.reads = Services.settings
        return program
    }

    private func adminURL(_ state: SuiteState, _ password: String, database: String) -> String {
        "postgresql://postgres:\(password)@127.0.0.1:\(state.programs["postgres"]?.port ?? 0)/\(database)"
    }

    /// The addresses of the services' roles; a service's own setting goes before.
    package func roleURLs(_ state: SuiteState) throws -> [String: String] {
        let roles = try databaseRoles(state)
        var urls: [String: String] = [:]
        for name in Services.names {
            let own = environment["\(name.uppercased())_DATABASE_URL"]
            urls[name] = try own ?? roles.url(of: name, password: folder.secret(name))
        }
        return urls
    }

    private func databaseRoles(_ state: SuiteState) throws -> DatabaseRoles {
        let admin = try foreignDatabase ?? adminURL(state, folder.secret("postgres"), database: "rapport")
        return DatabaseRoles(admin: admin, isOwnServer: foreignDatabase == nil)
    }

    /// Makes the services' roles and schemas, and gives their addresses.
    package func applyRoles(_ state: SuiteState) async throws -> [String: String] {
        var passwords: [String: String] = [:]
        for name in Services.names where environment["\(name.uppercased())_DATABASE_URL"] == nil {
            passwords[name] = try folder.secret(name)
        }
        try await databaseRoles(state).apply(passwords)
        return try roleURLs(state)
    }

    /// The cluster that the suite uses; nil when none was started yet.
    package func kafka(_ state: SuiteState) -> KafkaSettings? {
        let properties = KafkaSettings.properties(fromEnvironment: environment)
        let own = state.programs["broker"].map { "127.0.0.1:\($0.port)" }
        guard let brokers = foreignKafka ?? own else { return nil }
        return KafkaSettings(brokers: brokers, clientID: "rapport", properties: properties)
    }

    /// The cluster to work on, for people's tools; throws with what to do where there is none.
    func reachableKafka() throws -> KafkaSettings {
        let state = try folder.readState()
        let isOurs = foreignKafka == nil
        guard let kafka = kafka(state), !isOurs || state.programs["broker"]?.mark?.isAlive == true else {
            throw SuiteError("the suite's Broker does not run: rapport up starts it, or KAFKA_BROKERS names another")
        }
        return kafka
    }

    // MARK: Waiting

    private func waitUntilReady(_ name: String, _ state: SuiteState) async throws {
        let probe = try ServiceProbe(name, state)
        try await waitFor(name, state, within: .seconds(60)) {
            if let missing = await probe.missing() { throw SuiteError(missing) }
        }
    }

    /// Tries until it succeeds; a program that dies or is not ready in time is an error with the end of its log.
    private func waitFor(
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
            // Second instances are among them.
            let services = state.programs.keys.filter { !Self.infrastructure.contains($0) }.sorted(by: >)
            for name in services + Self.infrastructure.reversed() {
                guard let known = state.programs[name] else { continue }
                if let mark = known.mark { try await stop(name, mark) }
                state.programs[name]?.mark = nil
            }
            guard wipe else { return }
            if let data = state.postgresData { try? FileManager.default.removeItem(atPath: data) }
            // By name: the folder may be one that holds other things too.
            // The roles in a PostgreSQL that is not ours stay, and so do their passwords.
            let secrets = state.foreignDatabase == nil && foreignDatabase == nil ? ["secrets.json"] : []
            for part in ["postgres", "broker", "maildir", "log"] + secrets {
                try? FileManager.default.removeItem(atPath: "\(folder.path)/\(part)")
            }
            try FileManager.default.createDirectory(atPath: folder.log, withIntermediateDirectories: true)
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

    private func stop(_ name: String, _ mark: ProcessMark) async throws {
        guard mark.isAlive else { return }
        mark.signal(name == "postgres" ? SIGINT : SIGTERM)
        // One that was stopped hears nothing else.
        mark.signal(SIGCONT)
        if try await mark.hasEnded(within: .seconds(20)) { return }
        terminal.warn("\(name) does not end, so it is killed")
        mark.signal(SIGKILL)
        _ = try await mark.hasEnded(within: .seconds(5))
    }

    /// Stops one program, in order or at once, and starts it again; a service with what it was started with, whatever this command's own
    /// environment says, which is for `up` to apply.
    func restart(_ name: String, killing: Bool) async throws {
        try await folder.locked { state in
            guard let known = state.programs[name], (Self.infrastructure + Services.names).contains(name) else {
                let names = state.programs.keys.sorted().joined(separator: ", ")
                throw SuiteError("no program \(name) was started; there are: \(names)")
            }
            let begun = known.mark?.environment ?? [:]
            if let mark = known.mark, mark.isAlive {
                if killing {
                    mark.signal(SIGKILL)
                    _ = try await mark.hasEnded(within: .seconds(5))
                } else {
                    try await stop(name, mark)
                }
            }
            switch name {
            case "postgres": try await startDatabase(&state)
            case "broker": try await startBroker(&state)
            case _ where begun.isEmpty: try await startService(name, &state, try roleURLs(state))
            default:
                var program = Program(name: name, path: Services.path(name), arguments: ["serve"])
                program.inherited = begun
                program.directory = folder.path
                try await migrate(program)
                try await start(program, port: known.port, &state)
                state.programs[name]?.settings = known.settings
            }
        }
        let state = try folder.readState()
        for name in Services.built where state.programs[name]?.mark?.isAlive == true {
            try await waitUntilReady(name, state)
        }
    }
}
