import EventLoop
import Rapport

/// What the demo prints at its end.
@Loop
struct DemoSummary {
    private let suite: Suite
    private let played: Played
    private let duration: Duration
    private let story: Story?
    private let people: DemoPeople?

    init(_ suite: Suite, _ played: Played, _ duration: Duration, _ story: Story?, _ people: DemoPeople?) {
        self.story = story
        self.people = people
        self.suite = suite
        self.played = played
        self.duration = duration
    }

    func show() async throws {
        let terminal = suite.terminal
        let state = try suite.folder.readState()
        // The services renew their figures every two seconds.
        try await Loop.sleep(for: .milliseconds(2200))
        terminal.line()
        await showServices(state)
        let rate = Double(played.documents) / max(duration.seconds, 0.001)
        terminal.line()
        terminal.line(
            "\(grouped(played.orders)) orders of \(grouped(played.customers)) customers, \(grouped(played.documents)) documents"
                + " in all, went through \(Services.builtHearing.count) services in \(seconds(duration)):"
                + " \(grouped(Int(rate))) documents/s")
        terminal.line()
        if let story {
            story.show()
            terminal.line()
        }
        try StatusReport(suite).showAddresses()
        terminal.line()
        if let people {
            people.show()
            terminal.line()
        }
        terminal.line(
            "Everything goes on running, and a supervisor starts again what dies. make down stops it; make down WIPE=1 deletes its data too."
        )
    }

    /// A row for each service.
    private func showServices(_ state: SuiteState) async {
        let kinds = ["order", "credit", "adjustment"]
        var rows: [[String]] = []
        for name in Services.builtHearing {
            guard let probe = try? ServiceProbe(name, state) else { continue }
            let figures = await probe.figures()
            var row = [name, grouped(Int(figures["crm_events_applied_total"] ?? 0))]
            let totals = Services.withLedger.contains(name) ? (try? await probe.totals()) ?? [] : []
            for kind in kinds {
                let found = totals.filter { $0.kind == kind }
                row.append(found.isEmpty ? "-" : grouped(found.reduce(0) { $0 + $1.count }))
            }
            row.append(money(totals.filter { $0.kind == "order" }))
            row.append(grouped(Int(figures["crm_dead_letters"] ?? 0)))
            rows.append(row)
        }
        let heads = [
            "service", "events since start", "orders", "credits", "adjustments", "order value", "dead letters",
        ]
        suite.terminal.table(heads, rows)
    }

    private func money(_ totals: [LedgerTotal]) -> String {
        totals.isEmpty ? "-" : totals.map { "\(groupedAmount($0.units)) \($0.currency)" }.joined(separator: " + ")
    }
}
