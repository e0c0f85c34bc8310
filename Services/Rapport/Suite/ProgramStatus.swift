import EventLoop
import FoundationEssentials

/// How one process is.
@Loop
struct ProgramStatus {
    let name: String
    let address: String
    var process: ProcessMark?
    var memory: Int?
    /// Events that it has not applied yet, of the partitions that it has.
    var lag: Int?
    /// Events that its service has not published yet, whichever process is asked.
    var outbox: Int?
    var unknownTypes: [String: Double] = [:]
    /// Reactions of its service that wait for facts, by kind.
    var intents: [String: Double] = [:]
    /// Sessions that are not its service's own and stand still holding something.
    var strangers = 0
    /// By ERP, how many states were told that are older than one told before under their number; whichever process is asked.
    var olderStates: [String: Double] = [:]
    var oddFacts: [String: Double] = [:]
    var isReady = false
    /// In words.
    var state = ""
    /// What the supervisor knows of it.
    var history = ""

    /// Looks at a program; takes three seconds where it does not answer.
    static func look(at name: String, _ state: SuiteState, _ deaths: WatchRecord.Deaths?) async -> ProgramStatus {
        let history = deaths?.text(now: Date().timeIntervalSince1970) ?? ""
        var status = ProgramStatus(name: name, address: address(name, state), history: history)
        guard let mark = state.programs[name]?.mark, mark.isAlive else {
            status.state = deaths?.next != nil && state.isUp ? "" : "stopped"
            return status
        }
        status.process = mark
        status.memory = mark.residentBytes
        guard let member = Member(name), let probe = try? ServiceProbe(member, state) else {
            (status.isReady, status.state) = (true, "runs")
            return status
        }
        let figures = Task { @Loop in await probe.figures() }
        let unknown = Task { @Loop in await probe.labelled("crm_events_unknown_total", by: "type") }
        let intents = Task { @Loop in await probe.labelled("crm_intents_waiting", by: "kind") }
        let older = Task { @Loop in await probe.labelled("crm_erp_older_states", by: "source") }
        let odd = Task { @Loop in await probe.labelled("crm_odd_facts", by: "kind") }
        let missing = await probe.missing()
        status.lag = await figures.value["crm_consumer_lag_messages"].map { Int($0) }
        status.outbox = await figures.value["crm_outbox_rows"].map { Int($0) }
        status.strangers = await figures.value["crm_strange_sessions"].map { Int($0) } ?? 0
        status.unknownTypes = await unknown.value
        status.intents = await intents.value
        status.olderStates = await older.value
        status.oddFacts = await odd.value
        status.isReady = missing == nil
        status.state = missing ?? "ready"
        return status
    }

    static func address(_ name: String, _ state: SuiteState) -> String {
        let port = state.programs[name]?.port ?? 0
        return Member(name) == nil ? "127.0.0.1:\(port)" : "http://127.0.0.1:\(port)"
    }

    // MARK: For people

    /// A row of the table.
    func row(_ terminal: Terminal, indented: Bool = false) -> [String] {
        let colour: Terminal.Colour = process == nil ? .red : isReady ? .green : .yellow
        let words = [state.isEmpty ? "" : terminal.paint(state, colour), history].filter { !$0.isEmpty }
        return [
            (indented ? "  " : "") + name, process.map { "\($0.id)" } ?? "-", address, Self.mebibytes(memory),
            Self.figure(lag), Self.figure(outbox), words.joined(separator: "; "),
        ]
    }

    /// A row for a service of several processes.
    static func row(of service: String, _ members: [ProgramStatus], _ terminal: Terminal) -> [String] {
        let ready = members.filter(\.isReady).count
        let state = "\(ready) of \(members.count) ready"
        return [
            service, "-", "-", mebibytes(sum(members.map(\.memory))), figure(sum(members.map(\.lag))),
            figure(members.compactMap(\.outbox).max()),
            terminal.paint(state, ready == members.count ? .green : ready == 0 ? .red : .yellow),
        ]
    }

    private static func sum(_ values: [Int?]) -> Int? {
        let known = values.compactMap(\.self)
        return known.isEmpty ? nil : known.reduce(0, +)
    }

    private static func figure(_ value: Int?) -> String { value.map { "\($0)" } ?? "-" }

    private static func mebibytes(_ bytes: Int?) -> String { bytes.map { "\(($0 + 524_288) / 1_048_576) MiB" } ?? "-" }
}
