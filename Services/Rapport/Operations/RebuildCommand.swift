import EventLoop
import FoundationEssentials
import HTTP

/// Lets a service rebuild its read models from the topics, over its own HTTP surface, and shows what comes of it.
@Loop
package struct RebuildCommand {
    private let terminal: Terminal
    private let state: SuiteState

    /// Rebuilds in a suite.
    package init(_ suite: Suite) throws {
        terminal = suite.terminal
        state = try suite.folder.readState()
    }

    /// Rebuilds one service; says whether the new tables are equal to the live ones.
    func run(_ arguments: inout Arguments) async throws -> Bool {
        let isCheck = arguments.flag("--check")
        let isForced = arguments.flag("--force")
        let reason = try arguments.value("--reason")
        let name = try arguments.word("the name of a service")
        try arguments.end()
        guard Services.names.contains(name) else { throw UsageError("there is no service \(name)") }
        guard !isCheck || !isForced else { throw UsageError("--check and --force exclude each other") }
        let order = Order(
            actor: Arguments.person, reason: reason, swap: !isCheck,
            force: isForced)
        let outcome = try await rebuild(name, order)
        show(name, outcome)
        return outcome.isEqual
    }

    /// Lets a service rebuild and waits for the end.
    package func rebuild(_ name: String, _ order: Order) async throws -> Outcome {
        let probe = try ServiceProbe(name, state)
        let begun = try await probe.post(
            "/v1/ops/rebuilds", Array(try JSONEncoder().encode(order)), within: .seconds(60), expecting: .accepted)
        let id = try JSONDecoder().decode(Begun.self, from: Data(begun)).id
        return try await watch(id, probe)
    }

    /// Waits for the end and shows how far it is.
    private func watch(_ id: Int, _ probe: ServiceProbe) async throws -> Outcome {
        while true {
            let items = try JSONDecoder().decode(List.self, from: Data(try await probe.get("/v1/ops/rebuilds"))).items
            guard let found = items.first(where: { $0.id == id }) else {
                throw SuiteError("\(probe.name) has forgotten its rebuild \(id)")
            }
            switch found.state {
            case "running":
                let share = found.expected > 0 ? Double(found.messages) / Double(found.expected) : 0
                terminal.progress(share, "\(grouped(found.messages)) of \(grouped(found.expected)) messages")
            case "done":
                if let outcome = found.outcome { return outcome }
                throw SuiteError("rebuild \(id) of \(probe.name) says nothing of its outcome")
            default: throw SuiteError("rebuild \(id) of \(probe.name) failed: \(found.error ?? "no reason is known")")
            }
            try await Loop.sleep(for: .milliseconds(200))
        }
    }

    private func show(_ name: String, _ outcome: Outcome) {
        terminal.table(
            ["table", "rows", "live", "hash", "hash of the live table"],
            outcome.parts.map {
                [
                    $0.table, grouped($0.rows), grouped($0.liveRows), $0.hash,
                    $0.hash == $0.liveHash ? "the same" : $0.liveHash,
                ]
            })
        let rate = outcome.seconds > 0 ? Int(Double(outcome.messages) / outcome.seconds) : 0
        terminal.line(
            "\(grouped(outcome.messages)) messages in \(seconds(.seconds(outcome.seconds))), \(grouped(rate)) a second;"
                + " writers waited \(grouped(Int(outcome.waited * 1000))) ms")
        if outcome.deadLetters + outcome.parked > 0 {
            terminal.note("\(outcome.deadLetters) messages could not be applied, \(outcome.parked) wait for others")
        }
        let swapped = outcome.isSwapped ? "swapped" : "the live tables stay"
        terminal.line(
            "rebuild of \(name): "
                + (outcome.isEqual ? terminal.paint("equal", .green) : terminal.paint("DIFFERS", .red)) + ", \(swapped)"
        )
    }

    /// What is asked of the service.
    package struct Order: Encodable {
        let actor: String
        let reason: String?
        let swap, force: Bool

        /// Asks in the name of an actor; without `swap` it is only compared.
        package init(actor: String, reason: String?, swap: Bool, force: Bool) {
            self.actor = actor
            self.reason = reason
            self.swap = swap
            self.force = force
        }
    }

    private struct Begun: Decodable { let id: Int }

    private struct List: Decodable {
        struct Item: Decodable {
            let id, messages, expected: Int
            let state: String
            let outcome: Outcome?
            let error: String?
        }
        let items: [Item]
    }

    /// What came of it.
    package struct Outcome: Decodable {
        /// A table, beside the live one.
        package struct Part: Decodable {
            /// Its name and the hashes of both.
            package let table, hash, liveHash: String
            /// How many rows both have.
            package let rows, liveRows: Int
        }
        let messages, deadLetters, parked: Int
        let seconds, waited: Double
        /// The tables.
        package let parts: [Part]
        let isEqual, isSwapped: Bool
    }
}
