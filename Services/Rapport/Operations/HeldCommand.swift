import EventLoop
import FoundationEssentials
import HTTP

/// What a person does with the deeds of which nobody can know whether they were done before a service began another life, over the services'
/// own HTTP surface.
@Loop
struct HeldCommand {
    private let terminal: Terminal
    private let state: SuiteState

    init(_ suite: Suite) throws {
        terminal = suite.terminal
        state = try suite.folder.readState()
    }

    /// Runs `list`, `release` or `discard`; says whether all is well.
    func run(_ arguments: inout Arguments) async throws -> Bool {
        switch arguments.next(of: ["list", "release", "discard"]) {
        case "release": return try await settle("release", &arguments)
        case "discard": return try await settle("discard", &arguments)
        default: try await list(&arguments)
        }
        return true
    }

    // MARK: Looking

    private func list(_ arguments: inout Arguments) async throws {
        let kind = try arguments.value("--kind")
        let state = try arguments.value("--state") ?? "held"
        let services = try services(&arguments)
        try arguments.end()
        guard ["held", "released", "discarded", "any"].contains(state) else {
            throw UsageError("--state is held, released, discarded or any, not \(state)")
        }
        var rows: [[String]] = []
        for name in services {
            rows += try await deeds(of: name, kind: kind, state: state).map { deed in
                [
                    name, "\(deed.id)", deed.kind, deed.state, String(deed.subject.prefix(60)),
                    deed.askedAt, String(deed.cause.prefix(80)),
                ]
            }
        }
        guard !rows.isEmpty else { return terminal.line("nothing is held") }
        terminal.table(["service", "number", "kind", "state", "about", "asked for", "why nobody can know"], rows)
    }

    // MARK: Settling

    /// Does what is held, or gives it up: the numbers named, or all of a kind.
    private func settle(_ verb: String, _ arguments: inout Arguments) async throws -> Bool {
        let isAll = arguments.flag("--all")
        let kind = try arguments.value("--kind")
        let reason = try arguments.value("--reason")
        let name = try arguments.word("the name of a service")
        let numbers = try arguments.plainWords().map { word in
            guard let number = Int(word), number > 0 else { throw UsageError("\(word) is no number of a held deed") }
            return number
        }
        try arguments.end()
        guard Services.names.contains(name) else { throw UsageError("there is no service \(name)") }
        guard isAll != !numbers.isEmpty, kind == nil || isAll else {
            throw UsageError("name numbers, or --all, which may have a --kind")
        }
        guard let reason, !reason.isEmpty else { throw UsageError("\(verb) needs --reason") }
        let wanted = isAll ? try await deeds(of: name, kind: kind, state: "held").map(\.id) : numbers
        let probe = try ServiceProbe(name, state)
        let order = Array(try JSONEncoder().encode(Order(actor: Arguments.person, reason: reason)))
        var failed: [String] = []
        for number in wanted {
            do {
                _ = try await probe.post(
                    "/v1/held/\(number)/\(verb)", order, within: .seconds(60), expecting: .noContent)
            } catch let error as SuiteError {
                failed.append("\(number): \(error)")
            }
        }
        for line in failed { terminal.note(line) }
        let done = verb == "release" ? "released" : "discarded"
        terminal.line("\(name): \(grouped(wanted.count - failed.count)) \(done)")
        return failed.isEmpty
    }

    // MARK: Asking

    private func services(_ arguments: inout Arguments) throws -> [String] {
        guard let name = try? arguments.word("a service") else { return Services.built }
        guard Services.names.contains(name) else { throw UsageError("there is no service \(name)") }
        return [name]
    }

    /// All of a service, page by page.
    private func deeds(of name: String, kind: String?, state: String) async throws -> [Deed] {
        let probe = try ServiceProbe(name, self.state)
        let filter = try kind.map { kind in
            guard kind.allSatisfy({ $0.isLetter || $0 == "-" }) else { throw UsageError("\(kind) is no kind") }
            return "&kind=\(kind)"
        }
        var found: [Deed] = []
        var after: String? = "0"
        while let place = after {
            let path = "/v1/held?limit=500&state=\(state)&after=\(place)\(filter ?? "")"
            let page = try JSONDecoder().decode(Page.self, from: Data(try await probe.get(path)))
            found += page.items
            after = page.next
        }
        return found
    }

    private struct Page: Decodable {
        let items: [Deed]
        let next: String?
    }

    private struct Deed: Decodable {
        let id: Int
        let kind, subject, cause, state, askedAt: String
    }

    private struct Order: Encodable {
        let actor, reason: String
    }
}
