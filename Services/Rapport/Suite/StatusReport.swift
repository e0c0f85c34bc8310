import EventLoop

/// What runs and how it is.
@Loop
package struct StatusReport {
    private let suite: Suite

    /// Looks at a suite.
    package init(_ suite: Suite) { self.suite = suite }

    /// The addresses of all programs.
    package func showAddresses() throws {
        let state = try suite.folder.readState()
        let rows = names(state).map { name in [name, address(name, state), suite.folder.log(of: name)] }
        suite.terminal.table(["program", "address", "log"], rows)
    }

    /// All there is to know of each program; answers whether all are ready.
    func show() async throws -> Bool {
        let state = try suite.folder.readState()
        var rows: [[String]] = []
        var unknown: [String] = []
        var isAllReady = true
        for name in names(state) {
            let (row, isReady) = await describe(name, state)
            unknown += await unknownTypes(name, state)
            rows.append(row)
            isAllReady = isAllReady && isReady
        }
        if rows.isEmpty { suite.terminal.line("nothing was started yet; rapport up starts the suite") }
        if !rows.isEmpty {
            suite.terminal.table(["program", "pid", "address", "memory", "lag", "outbox", "state"], rows)
        }
        for line in unknown { suite.terminal.warn(line) }
        for name in Services.missing { suite.terminal.warn("\(name) was not built") }
        return isAllReady && !rows.isEmpty
    }

    /// What came of types that nobody knows since a service started; the messages are among its dead letters.
    private func unknownTypes(_ name: String, _ state: SuiteState) async -> [String] {
        guard Services.names.contains(name), let probe = try? ServiceProbe(name, state) else { return [] }
        return await probe.labelled("crm_events_unknown_total", by: "type").sorted { $0.key < $1.key }.map {
            "\(name) was sent \(Int($0.value)) of the unknown type \($0.key); see rapport dead-letters"
        }
    }

    private func describe(_ name: String, _ state: SuiteState) async -> ([String], Bool) {
        let terminal = suite.terminal
        guard let mark = state.programs[name]?.mark, mark.isAlive else {
            return ([name, "-", address(name, state), "-", "-", "-", terminal.paint("stopped", .red)], false)
        }
        let memory = mark.residentBytes.map { "\(($0 + 524_288) / 1_048_576) MiB" } ?? "-"
        var row = [name, "\(mark.id)", address(name, state), memory, "-", "-", terminal.paint("runs", .green)]
        guard Services.names.contains(name), let probe = try? ServiceProbe(name, state) else { return (row, true) }
        let figures = await probe.figures()
        row[4] = figures["crm_consumer_lag_messages"].map { "\(Int($0))" } ?? "-"
        row[5] = figures["crm_outbox_rows"].map { "\(Int($0))" } ?? "-"
        let missing = await probe.missing()
        row[6] = missing.map { terminal.paint($0, .yellow) } ?? terminal.paint("ready", .green)
        return (row, missing == nil)
    }

    private func names(_ state: SuiteState) -> [String] {
        (["postgres", "broker"] + Services.names).filter { state.programs[$0] != nil }
    }

    private func address(_ name: String, _ state: SuiteState) -> String {
        let port = state.programs[name]?.port ?? 0
        return Services.names.contains(name) ? "http://127.0.0.1:\(port)" : "127.0.0.1:\(port)"
    }
}
