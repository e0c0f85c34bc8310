import Demo
import EventLoop
import Kafka
import Rapport

/// The suite under attack: two instances of every service behind proxies, started again whatever ends them.
@Loop
final class Fleet {
    /// A process of a service.
    final class Instance {
        let service: String
        let number: Int
        /// `contacts`, and the second `contacts-2`.
        let name: String
        var mark: ProcessMark?
        /// Whether a fault is at work on it.
        var isBusy = false
        var isReady = false

        init(_ service: String, _ number: Int) {
            self.service = service
            self.number = number
            name = number == 1 ? service : "\(service)-\(number)"
        }
    }

    let suite: Suite
    let instances: [Instance]
    var state: SuiteState
    let database: FaultProxy
    /// Nil where the cluster is not ours.
    let log: FaultProxy?
    /// Where PostgreSQL's data is, if that can be filled up.
    let disk: SmallDisk?
    let positions: Positions
    let kafka: KafkaSettings
    /// Times from a kill to work again, by what was killed.
    var recoveries: [String: [Recovery]] = [:]
    /// What else went on, so that a long recovery explains itself.
    let diary = FaultDiary()
    /// Programs that ended without having been told to.
    var deaths: [String] = []
    /// Whether PostgreSQL or the Broker is being restarted.
    var isBaseBusy = false
    /// Starts that failed because what they need was down at that moment.
    var refusedStarts = 0
    let roles: [String: String]
    /// Whether one instance is frozen for long.
    var isLongFrozen = false

    /// Starts all of it and waits until it is ready.
    static func start(_ suite: Suite) async throws -> Fleet {
        suite.brokerHost = suite.foreignKafka == nil ? brokerProxyHost : nil
        let disk = try await SmallDisk.mount(at: suite.folder.path + "/postgres")
        var state = SuiteState()
        state.isUp = true
        state.asksUsers = true
        try await suite.startDatabase(&state)
        try await suite.startBroker(&state)
        let roles = try await suite.applyRoles(state)
        let instances = Services.builtHearing.flatMap { [Instance($0, 1), Instance($0, 2)] }
        for instance in instances { _ = try suite.choosePort(instance.name, &state) }
        try await suite.migrate(Services.builtHearing, state, roles)
        let fleet = try Fleet(suite, instances, state, roles, disk)
        for instance in instances { try fleet.launch(instance) }
        for instance in instances { try await fleet.untilReady(instance, within: .seconds(90)) }
        return fleet
    }

    /// The Broker tells its clients this address, where the proxy listens on the same port.
    private static let brokerProxyHost = "127.0.0.2"

    private init(
        _ suite: Suite, _ instances: [Instance], _ state: SuiteState, _ roles: [String: String], _ disk: SmallDisk?
    ) throws {
        self.disk = disk
        self.suite = suite
        self.instances = instances
        self.state = state
        self.roles = roles
        guard let kafka = try suite.kafka(state), let port = state.programs["postgres"]?.port else {
            throw SuiteError("chaos needs a PostgreSQL of its own: unset DATABASE_URL")
        }
        self.kafka = kafka
        database = try FaultProxy(to: port)
        log = try state.programs["broker"].map {
            try FaultProxy(address: Self.brokerProxyHost, port: $0.port, to: $0.port)
        }
        positions = Positions(roles)
    }

    /// Ends the services as an operator does; those are named that do not end by themselves, or not well.
    func endInOrder() async throws -> [String] {
        for instance in instances { instance.mark?.signal(SIGTERM) }
        var left: [String] = []
        for instance in instances {
            guard let mark = instance.mark, try await !mark.hasEnded(within: .seconds(20)) else { continue }
            left.append("\(instance.name), whose log ends:\n\(suite.folder.lastLines(of: instance.name, 8))")
        }
        return left
    }

    /// Ends everything.
    func stop(wipe: Bool) async throws {
        positions.close()
        database.close()
        log?.close()
        try suite.folder.write(state)
        try await suite.down(wipe: false)
        if wipe {
            try await disk?.unmount()
            try await suite.down(wipe: true)
        }
    }

    // MARK: Instances

    /// Those that no fault is at work on.
    var idle: [Instance] { instances.filter { !$0.isBusy } }

    func launch(_ instance: Instance) throws {
        var program = try suite.service(instance.service, number: instance.number, state, roles)
        let port = state.programs[instance.name]?.port ?? 0
        let direct = ":\(state.programs["postgres"]?.port ?? 0)/"
        program.environment["DATABASE_URL"] = (roles[instance.service] ?? "")
            .replacing(direct, with: ":\(database.port)/")
        program.environment["LOG_LEVEL"] = "warning"
        let mark = try program.start(log: suite.folder.log(of: instance.name))
        instance.mark = mark
        state.programs[instance.name] = ProgramState(mark: mark, port: port, settings: program.settings)
        try suite.folder.write(state)
    }

    func untilReady(_ instance: Instance, within limit: Duration) async throws {
        let probe = try ServiceProbe(Member(instance.service, instance.number), state)
        let deadline = Loop.now + limit
        while await probe.missing() != nil {
            guard Loop.now < deadline else {
                throw SuiteError(
                    "\(instance.name) is not ready; its log ends:\n\(suite.folder.lastLines(of: instance.name))")
            }
            if instance.mark?.isAlive != true {
                // It could not start while the database was away; whoever runs services starts them again.
                refusedStarts += 1
                try await Loop.sleep(for: .milliseconds(200))
                try launch(instance)
            }
            try await Loop.sleep(for: .milliseconds(20))
        }
        instance.isReady = true
    }

    /// Notes how long it took from a kill to work again.
    func note(_ name: String, since begin: Duration, pause: Duration = .zero, _ what: String? = nil) {
        recoveries[name, default: []].append(Recovery(begin: begin, pause: pause, end: Loop.now, what: what ?? name))
    }

    /// Ends an instance with a signal, waits a moment, and starts it again.
    func end(_ instance: Instance, with signal: Int32, pause: Duration = .zero) async throws {
        guard let mark = instance.mark else { return }
        instance.isBusy = true
        defer { instance.isBusy = false }
        noteIfDead(instance)
        instance.isReady = false
        let begin = Loop.now
        mark.signal(signal)
        if try await !mark.hasEnded(within: .seconds(25)) {
            deaths.append("\(instance.name) did not end within 25 s of signal \(signal)")
            mark.signal(SIGKILL)
            _ = try await mark.hasEnded(within: .seconds(5))
        }
        try await Loop.sleep(for: pause)
        try launch(instance)
        try await untilReady(instance, within: .seconds(120))
        if signal == SIGKILL { note("service", since: begin, pause: pause, instance.name) }
    }

    /// Ends or freezes an instance and leaves it so.
    func strike(_ instance: Instance, with signal: Int32) {
        instance.isBusy = true
        instance.isReady = false
        instance.mark?.signal(signal)
    }

    /// Wakes or starts again what was struck, and waits until it is ready.
    func revive(_ instance: Instance, from signal: Int32) async throws {
        defer { instance.isBusy = false }
        if signal == SIGSTOP { instance.mark?.signal(SIGCONT) } else { try launch(instance) }
        try await untilReady(instance, within: .seconds(120))
    }

    /// Lets an instance do nothing for a time.
    func suspend(_ instance: Instance, for time: Duration) async throws {
        guard let mark = instance.mark else { return }
        instance.isBusy = true
        defer { instance.isBusy = false }
        mark.signal(SIGSTOP)
        defer { mark.signal(SIGCONT) }
        try await Loop.sleep(for: time)
    }

    /// Restarts both instances of a service in order, one after the other.
    func roll(_ service: String) async throws {
        for instance in instances where instance.service == service && !instance.isBusy {
            try await end(instance, with: SIGTERM)
        }
    }

    /// Notes programs that have ended on their own.
    func noteDeaths() {
        for instance in instances where !instance.isBusy { noteIfDead(instance) }
    }

    private func noteIfDead(_ instance: Instance) {
        guard instance.isReady, let mark = instance.mark, !mark.isAlive else { return }
        instance.isReady = false
        deaths.append(
            "\(instance.name) has ended on its own; its log ends:\n\(suite.folder.lastLines(of: instance.name, 4))")
    }

    /// Starts again what has ended on its own and waits until all are ready.
    func heal() async throws {
        database.heal()
        for instance in instances where !instance.isBusy {
            noteIfDead(instance)
            try await untilReady(instance, within: .seconds(120))
        }
    }
}
