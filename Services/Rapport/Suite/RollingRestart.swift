import EventLoop
import FoundationEssentials
import Kafka
import Postgres

/// Starts programs anew without a gap: what is needed is looked at before anything is stopped, and of each service one process after the
/// other gets a new one beside it on the same port, which takes its place once it is ready.
@Loop
struct RollingRestart {
    private let suite: Suite
    private let supervision: Supervision
    private var terminal: Terminal { suite.terminal }

    /// Takes the settings that the suite was started with: this command's own are for `up` to apply.
    init(_ suite: Suite) async throws {
        supervision = Supervision(suite.folder)
        self.suite = Suite(
            suite.folder, suite.terminal, environment: try await supervision.environment(), launcher: supervision)
    }

    /// Restarts a program, a service, one process of it, or without a name all services.
    func run(_ name: String?) async throws {
        let state = try suite.folder.readState()
        guard state.isUp else { throw SuiteError("the suite is down; rapport up starts it") }
        if let name, Suite.infrastructure.contains(name) { return try await restartBase(name) }
        let members = try chosen(name, state)
        try await suite.folder.alone("restart") {
            try await check(members, state)
            for member in members { try await replace(member) }
        }
    }

    private func chosen(_ name: String?, _ state: SuiteState) throws -> [Member] {
        guard let name else { return Services.built.flatMap { state.members(of: $0) } }
        if Services.built.contains(name) { return state.members(of: name) }
        guard let member = Member(name), state.members(of: member.service).contains(member) else {
            let names = suite.wanted(state).joined(separator: ", ")
            throw SuiteError("no program \(name) was started; there are: \(names)")
        }
        return [member]
    }

    /// Stops PostgreSQL or the Broker in order and starts it again; the services wait for it.
    private func restartBase(_ name: String) async throws {
        try await suite.folder.locked { state in
            guard suite.wanted(state).contains(name) else { throw SuiteError("\(name) is not the suite's own") }
            try await suite.end([name], &state)
            if name == "postgres" { try await suite.startDatabase(&state) } else { try await suite.startBroker(&state) }
        }
        terminal.line("\(name) was started again; the services go on by themselves")
    }

    // MARK: Before anything is stopped

    private func check(_ members: [Member], _ state: SuiteState) async throws {
        let roles = try suite.roleURLs(state)
        let services = Services.built.filter { name in members.contains { $0.service == name } }
        for name in services {
            guard access(Services.path(name), X_OK) == 0 else {
                throw SuiteError("\(Services.path(name)) is not there. Nothing was stopped")
            }
            let settings = PostgresSettings(url: roles[name] ?? "", applicationName: "rapport")
            try await needed("the database of \(name)") { try await PostgresConnection.open(settings).close() }
        }
        guard let kafka = try suite.kafka(state) else { throw SuiteError("no broker is known; run rapport up") }
        try await needed("the broker") { _ = try await KafkaAdmin.topics(kafka) }
        try await needed("a schema") { try await suite.migrate(services, state, roles) }
    }

    private func needed(_ what: String, _ attempt: @escaping @Loop () async throws -> Void) async throws {
        do {
            try await Loop.withDeadline(.seconds(60), attempt)
        } catch {
            throw SuiteError("\(what) is not as it must be: \(error)\nNothing was stopped")
        }
    }

    // MARK: One process

    private func replace(_ member: Member) async throws {
        let begin = Loop.now
        let (mark, instance, settings) = try await suite.folder.locked { try await launch(member, &$0) }
        let old: ProcessMark?
        do {
            try await untilReady(member, mark)
            old = try await suite.folder.locked { state in
                // `up` and `down` end what is beside another; then nothing may be ended for it.
                guard state.programs[member.name]?.beside == mark, mark.isAlive else {
                    throw SuiteError("the new process of \(member.name) was ended by another command, or has died")
                }
                // Another one than at the beginning where it has died meanwhile.
                let old = state.programs[member.name]?.mark
                state.programs[member.name]?.mark = mark
                // Known until it has ended, whatever becomes of this command.
                state.programs[member.name]?.beside = old
                state.programs[member.name]?.instance = instance
                state.programs[member.name]?.settings = settings
                return old
            }
        } catch {
            try await suite.folder.locked { state in
                if state.programs[member.name]?.beside == mark { state.programs[member.name]?.beside = nil }
                try suite.folder.write(state)
                try await suite.end(member.name, mark)
                try isStillUp(state)
            }
            throw SuiteError("\(error)\nThe process before goes on")
        }
        let ready = Loop.now - begin
        if let old { try await suite.end(member.name, old) }
        try await suite.folder.locked { state in
            if state.programs[member.name]?.beside == old { state.programs[member.name]?.beside = nil }
        }
        terminal.line(
            "\(member.name): process \(mark.id) was ready after \(seconds(ready))"
                + (old.map { ", and process \($0.id) had ended in order after \(seconds(Loop.now - begin))" } ?? ""))
    }

    /// Starts a process beside the one that is there, under another name in the group, or each would throw the other out.
    private func launch(
        _ member: Member, _ state: inout SuiteState
    ) async throws -> (ProcessMark, instance: String, settings: String) {
        try isStillUp(state)
        if let left = state.programs[member.name]?.beside { try await suite.end(member.name, left) }
        let usual = "\(member.number)"
        let instance = (state.programs[member.name]?.instance ?? usual) == usual ? usual + "b" : usual
        var changed = state
        changed.programs[member.name]?.instance = instance
        let program = try suite.service(
            member.service, number: member.number, changed, try suite.roleURLs(state))
        let mark = try await suite.launch(program, beside: true)
        state.programs[member.name]?.beside = mark
        return (mark, instance, program.settings)
    }

    private func untilReady(_ member: Member, _ mark: ProcessMark) async throws {
        let deadline = Loop.now + .seconds(60)
        while try await !supervision.isReady(mark) {
            guard mark.isAlive, Loop.now < deadline else {
                throw SuiteError(
                    "the new process of \(member.name) \(mark.isAlive ? "is not ready within a minute" : "has ended"); the"
                        + " end of \(suite.folder.log(of: member.name)):\n\(suite.folder.lastLines(of: member.name))")
            }
            try await Loop.sleep(for: .milliseconds(50))
        }
    }

    private func isStillUp(_ state: SuiteState) throws {
        guard state.isUp else { throw SuiteError("the suite was taken down by another command") }
    }
}
