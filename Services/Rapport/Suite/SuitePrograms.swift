import EventLoop
import FoundationEssentials
import Kafka
import Postgres

extension Suite {
    // MARK: PostgreSQL and the Broker

    /// Starts PostgreSQL where it does not run, unless another is used, and waits until it answers.
    package func startDatabase(_ state: inout SuiteState) async throws {
        guard try await launchDatabase(&state) else { return }
        let url = adminURL(state, try folder.secret("postgres"), database: "postgres")
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

    /// The same without waiting; says whether it was started.
    func launchDatabase(_ state: inout SuiteState) async throws -> Bool {
        guard foreignDatabase == nil else { return false }
        try folder.secure()
        let server = try DatabaseServer(folder, remembered: state.postgresData) { terminal.note($0) }
        state.postgresData = server.data
        let password = try folder.secret("postgres")
        let port = try choosePort("postgres", &state)
        let program = server.program(port: port)
        if try await isCurrent(program, &state) { return false }
        try await server.initialise(password: password, log: folder.writableLog(of: "postgres"), in: folder)
        try await server.waitForDeadServer()
        // An older program's server ran as another user.
        server.user?.own(server.data)
        try await start(program, port: port, &state)
        return true
    }

    /// Starts the Broker where it does not run, unless another Kafka is used, and waits until it answers.
    package func startBroker(_ state: inout SuiteState) async throws {
        guard try await launchBroker(&state), let port = state.programs["broker"]?.port else { return }
        try await waitFor("broker", state, within: .seconds(60)) {
            try await Stream.connect(host: "127.0.0.1", port: port, within: .seconds(2)).close()
        }
    }

    /// The same without waiting; says whether it was started.
    func launchBroker(_ state: inout SuiteState) async throws -> Bool {
        guard foreignKafka == nil else { return false }
        try folder.secure()
        var program = Program(name: "broker", path: Services.path("broker"))
        guard access(program.path, X_OK) == 0 else {
            throw SuiteError("\(program.path) was not built; build it, or set KAFKA_BROKERS to a Kafka that is there")
        }
        let port = try choosePort("broker", &state)
        program.inherited = environment
        (program.user, program.becomesUser) = (folder.user, true)
        // By the names that things have in the folder: its user may not come through the folders above.
        program.directory = folder.path
        program.environment = ["BROKER_DATA": "broker"]
        if state.asksUsers == true {
            let files = try await BusUsers(folder).make(for: "\(brokerHost ?? "127.0.0.1"):\(port)")
            program.environment["BROKER_LISTENERS"] = "SASL_PLAINTEXT://127.0.0.1:\(port)"
            (program.environment["BROKER_PORT"], program.environment["BROKER_ADDRESS"]) = ("", "")
            (program.environment["BROKER_USERS"], program.environment["BROKER_RIGHTS"]) = files
        } else {
            (program.environment["BROKER_PORT"], program.environment["BROKER_ADDRESS"]) = ("\(port)", "127.0.0.1")
        }
        program.reads = ["BROKER_"]
        if let brokerHost { program.environment["BROKER_ADVERTISED_HOST"] = brokerHost }
        if try await isCurrent(program, &state) { return false }
        folder.takeOver()
        try await start(program, port: port, &state)
        return true
    }

    /// Starts PostgreSQL and the Broker alone, and gives the administrator's address and the brokers.
    package func upBase() async throws -> (database: String, kafka: KafkaSettings) {
        try await folder.locked { state in
            state.isUp = true
            state.asksUsers = true
            try await startDatabase(&state)
            try await startBroker(&state)
            guard let kafka = try kafka(state) else { throw SuiteError("no broker is known") }
            return (try adminURL(state, folder.secret("postgres"), database: "rapport"), kafka)
        }
    }

    // MARK: Services

    /// Starts a process of a service, unless it runs as it should.
    func startMember(_ member: Member, _ state: inout SuiteState, _ roles: [String: String]) async throws {
        let port = try choosePort(member.name, &state)
        let program = try service(member.service, number: member.number, state, roles)
        if try await isCurrent(program, &state) { return }
        try await start(program, port: port, &state)
    }

    /// Whether a process of a service runs with the settings that it should have.
    func isRunning(_ member: Member, _ state: SuiteState, _ roles: [String: String]) throws -> Bool {
        guard let known = state.programs[member.name], known.mark?.isAlive == true else { return false }
        return try known.settings == service(member.service, number: member.number, state, roles).settings
    }

    /// Brings the schemas of services to their programs' version.
    package func migrate(_ names: [String], _ state: SuiteState, _ roles: [String: String]) async throws {
        for name in names {
            let program = try service(name, state, roles)
            guard try await program.run(["migrate"], log: folder.writableLog(of: name)) else {
                throw SuiteError("the migrations of \(name) failed:\n\(folder.lastLines(of: name))")
            }
        }
    }

    /// Stops in order the processes that a service is no more to have: each hands over its partitions before it ends.
    func stopOthers(of service: String, _ state: inout SuiteState) async throws {
        let names = state.others(of: service).map(\.name)
        let running = names.filter { state.programs[$0]?.mark?.isAlive == true }
        if !running.isEmpty { terminal.line("stopping \(running.joined(separator: ", ")) in order") }
        try await end(names, &state)
        for name in names { state.programs[name] = nil }
    }

    // MARK: Starting

    /// Starts what has ended, without waiting until it is ready.
    func startAgain(_ name: String, _ state: inout SuiteState) async throws {
        switch name {
        case "postgres": _ = try await launchDatabase(&state)
        case "broker": _ = try await launchBroker(&state)
        default:
            guard let member = Member(name) else { throw SuiteError("there is no program \(name)") }
            try await startMember(member, &state, try roleURLs(state))
        }
    }

    /// What should run of what was ever started.
    func wanted(_ state: SuiteState) -> [String] {
        let base = [foreignDatabase == nil ? "postgres" : nil, foreignKafka == nil ? "broker" : nil].compactMap(\.self)
        let members = Services.built.flatMap { state.members(of: $0) }.map(\.name)
        return (base + members).filter { state.programs[$0]?.settings.isEmpty == false }
    }

    /// Whether the program runs as it should; one that runs otherwise, as after a new build, is stopped.
    private func isCurrent(_ program: Program, _ state: inout SuiteState) async throws -> Bool {
        guard let known = state.programs[program.name], known.mark?.isAlive == true else { return false }
        if known.settings == program.settings { return true }
        try await end([program.name], &state)
        return false
    }

    func start(_ program: Program, port: Int, _ state: inout SuiteState) async throws {
        let mark = try await launch(program)
        state.programs[program.name]?.mark = mark
        state.programs[program.name]?.port = port
        state.programs[program.name]?.settings = program.settings
        // At once: a command that is killed now must not leave a program that nobody knows.
        try folder.write(state)
    }

    /// Starts a process; one that is beside another takes its place once it is ready.
    func launch(_ program: Program, beside: Bool = false) async throws -> ProcessMark {
        var order = program.launch(log: folder.writableLog(of: program.name))
        order.isBeside = beside
        if let launcher { return try await launcher.launch(order) }
        return try program.start(log: order.log)
    }

    /// The port remembered, or the next that is free now, which is remembered; below the system's own choices, so that no
    /// passing connection takes it while its program is down.
    package func choosePort(_ name: String, _ state: inout SuiteState) throws -> Int {
        if let known = state.programs[name],
            known.mark?.isAlive == true || launcher?.keeps(known.port) == true || isFree(known.port)
        {
            return known.port
        }
        let taken = Set(state.programs.values.map(\.port))
        let first = Int(StableHash("\(folder.path)\n\(name)").value % 10_000)
        let ports = (0..<10_000).lazy.map { 20_000 + (first + $0) % 10_000 }
        guard let port = ports.first(where: { !taken.contains($0) && isFree($0) }) else {
            throw SuiteError("no port from 20000 to 29999 is free for \(name)")
        }
        // What it was started with stays: only for a program that was ever started a supervisor keeps trying.
        state.programs[name, default: ProgramState(mark: nil, port: port)].port = port
        state.programs[name]?.mark = nil
        return port
    }

    private func isFree(_ port: Int) -> Bool {
        let probe = try? Listener(address: "127.0.0.1", port: port) { $0.close() }
        probe?.close()
        return probe != nil
    }
}
