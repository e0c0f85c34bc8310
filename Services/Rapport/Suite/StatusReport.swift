import EventLoop
import FoundationEssentials

/// What runs and how it is.
@Loop
package struct StatusReport {
    private let suite: Suite
    private var terminal: Terminal { suite.terminal }

    /// Looks at a suite.
    package init(_ suite: Suite) { self.suite = suite }

    /// The addresses of all programs.
    package func showAddresses() throws {
        let state = try suite.folder.readState()
        let names = base(state) + services(state).flatMap { state.members(of: $0) }.map(\.name)
        let rows = names.map { [$0, ProgramStatus.address($0, state), suite.folder.log(of: $0)] }
        terminal.table(["program", "address", "log"], rows)
    }

    /// All there is to know of each program, a service as one with its processes beneath; answers whether all are ready.
    func show() async throws -> Bool {
        let state = try suite.folder.readState()
        let supervision = Supervision(suite.folder)
        let deaths = WatchRecord.read(suite.folder)?.deaths ?? [:]
        // All at the same time: one that does not answer holds up nobody else.
        let looks = (base(state) + services(state).flatMap { members($0, state) }.map(\.name)).map { name in
            (name, Task { @Loop in await ProgramStatus.look(at: name, state, deaths[name]) })
        }
        let watching = Task { @Loop in await supervision.answers() }
        var found: [String: ProgramStatus] = [:]
        for (name, look) in looks { found[name] = await look.value }
        guard !found.isEmpty else {
            terminal.line("nothing was started yet; rapport up starts the suite")
            return false
        }
        var rows = base(state).compactMap { found[$0]?.row(terminal) }
        for service in services(state) {
            let members = members(service, state).compactMap { found[$0.name] }
            guard members.count > 1 else {
                rows += members.map { $0.row(terminal) }
                continue
            }
            rows.append(ProgramStatus.row(of: service, members, terminal))
            rows += members.map { $0.row(terminal, indented: true) }
        }
        terminal.table(["program", "pid", "address", "memory", "lag", "outbox", "state"], rows)
        for service in services(state) {
            let members = members(service, state).compactMap { found[$0.name] }
            warnOfUnknownTypes(service, members)
            tellOfWaiting(service, members)
        }
        warnOfOlderStates(found.values.map(\.olderStates))
        warnOfOddFacts(found.values.map(\.oddFacts))
        for name in Services.missing { terminal.warn("\(name) was not built") }
        if await !watching.value, state.isUp {
            let what = supervision.record == nil ? "nobody keeps watch" : "the supervisor does not answer"
            terminal.warn("\(what), so what dies stays dead; rapport up starts the supervisor again")
        }
        return found.values.allSatisfy(\.isReady)
    }

    /// What came of types that nobody knows since a service started; the messages are among its dead letters.
    private func warnOfUnknownTypes(_ service: String, _ members: [ProgramStatus]) {
        let counts = members.reduce(into: [String: Double]()) { $0.merge($1.unknownTypes) { $0 + $1 } }
        for (type, count) in counts.sorted(by: { $0.key < $1.key }) {
            terminal.warn("\(service) was sent \(Int(count)) of the unknown type \(type); see rapport dead-letters")
        }
    }

    /// What waits where nobody looks: reactions for facts, which every process counts in the same table, and whoever waits for others' locks.
    private func tellOfWaiting(_ service: String, _ members: [ProgramStatus]) {
        let counts = members.reduce(into: [String: Double]()) { $0.merge($1.intents) { max($0, $1) } }
        for (kind, count) in counts.sorted(by: { $0.key < $1.key }) where count > 0 {
            terminal.line("\(service): \(Int(count)) of the reactions \(kind) wait for what is not told yet")
        }
        let strangers = members.map(\.strangers).max() ?? 0
        if strangers > 0 {
            terminal.warn(
                "\(strangers == 1 ? "a session" : "\(strangers) sessions") at the database of \(service) that"
                    + " \(strangers == 1 ? "is not its own stands still and holds" : "are not its own stand still and hold")"
                    + " something; its log says which")
        }
    }

    /// What an ERP tells out of its own order; all services that keep a ledger hear the same.
    private func warnOfOlderStates(_ counts: [[String: Double]]) {
        let most = counts.reduce(into: [String: Double]()) { $0.merge($1) { max($0, $1) } }
        for (source, count) in most.sorted(by: { $0.key < $1.key }) where count > 0 {
            terminal.warn(
                "\(source) told \(Int(count)) states that are older than one it told before under the same customer number; the"
                    + " one told last counts: GET /v1/ledger/older-states of contacts")
        }
    }

    /// What is told with a time or an amount that cannot be.
    private func warnOfOddFacts(_ counts: [[String: Double]]) {
        let most = counts.reduce(into: [String: Double]()) { $0.merge($1) { max($0, $1) } }.filter { $0.value > 0 }
        guard !most.isEmpty else { return }
        let kinds = most.sorted { $0.key < $1.key }.map { "\(Int($0.value)) \($0.key)" }.joined(separator: ", ")
        terminal.warn(
            "odd, and left out of the figures of the base: \(kinds); GET /v1/odd of contacts says which and why")
    }

    private func base(_ state: SuiteState) -> [String] { Suite.infrastructure.filter { state.programs[$0] != nil } }

    /// Those that it is to have, and those that run besides.
    private func members(_ service: String, _ state: SuiteState) -> [Member] {
        state.members(of: service)
            + state.others(of: service).filter { state.programs[$0.name]?.mark?.isAlive == true }.reversed()
    }

    private func services(_ state: SuiteState) -> [String] { Services.names.filter { state.programs[$0] != nil } }
}
