import EventLoop

/// Starts or stops processes of one service, until it has as many as it is to have; that number is remembered.
@Loop
struct Scaling {
    private let suite: Suite
    private var terminal: Terminal { suite.terminal }
    /// Connections of one process: its requests', the consumer's, the relay's two and those of looks and jobs.
    private var connections: Int { (suite.environment["POOL_SIZE"].flatMap { Int($0) } ?? 8) + 6 }

    init(_ suite: Suite) async throws {
        let supervision = Supervision(suite.folder)
        self.suite = Suite(
            suite.folder, suite.terminal, environment: try await supervision.environment(), launcher: supervision)
    }

    func run(_ service: String, to count: Int) async throws {
        if Suite.infrastructure.contains(service) {
            throw SuiteError(
                "\(service) is one process and cannot be scaled; DATABASE_URL and KAFKA_BROKERS name larger ones")
        }
        guard Services.built.contains(service) else {
            throw SuiteError("there is no service \(service); there are: \(Services.built.joined(separator: ", "))")
        }
        guard (1...Member.limit).contains(count) else {
            throw SuiteError(
                "a service has 1 to \(Member.limit) processes: a topic has \(Member.limit) partitions, and a further one would"
                    + " read nothing")
        }
        let wanted = (1...count).map { Member(service, $0) }
        try await suite.folder.alone("restart") {
            try await suite.folder.locked { state in
                guard state.isUp else { throw SuiteError("the suite is down; rapport up starts it") }
                try checkRoom(service, count, state)
                state.counts = (state.counts ?? [:]).merging([service: count]) { _, new in new }
                for member in wanted { _ = try suite.choosePort(member.name, &state) }
                try suite.folder.write(state)
                let roles = try suite.roleURLs(state)
                // A program that was built since then waits for its schema; those that run go on beside a newer one.
                try await suite.migrate([service], state, roles)
                for member in wanted where state.programs[member.name]?.mark?.isAlive != true {
                    try await suite.startMember(member, &state, roles)
                }
            }
            for member in wanted { try await suite.waitUntilReady(member) }
            try await suite.folder.locked { try await suite.stopOthers(of: service, &$0) }
        }
        terminal.line("\(service) has \(count == 1 ? "1 process" : "\(count) processes")")
    }

    /// The suite's own PostgreSQL takes so many connections and no more.
    private func checkRoom(_ service: String, _ count: Int, _ state: SuiteState) throws {
        guard suite.foreignDatabase == nil else { return }
        let others = Services.built.filter { $0 != service }.reduce(0) { $0 + state.members(of: $1).count }
        let most = DatabaseServer.connectionsOfRole / connections
        guard count <= most else {
            throw SuiteError("of the suite's PostgreSQL a service has connections for \(most) processes")
        }
        let room = DatabaseServer.connections / connections
        guard others + count <= room else {
            throw SuiteError(
                "the suite's PostgreSQL has connections for \(room) processes, and other services have \(others)")
        }
    }
}
