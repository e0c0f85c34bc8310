import EventLoop
import FoundationEssentials
import HTTP

/// What an operator does with the messages that services have put aside, over the services' own HTTP surface.
@Loop
struct DeadLetterCommand {
    private let suite: Suite
    private let state: SuiteState
    private var terminal: Terminal { suite.terminal }

    init(_ suite: Suite) throws {
        self.suite = suite
        state = try suite.folder.readState()
    }

    /// Runs `list`, `show`, `mend`, `replay`, `discard` or `audit`; says whether all is well.
    func run(_ arguments: inout Arguments) async throws -> Bool {
        switch try arguments.word("list, show, mend, replay, discard or audit") {
        case "list": try await list(&arguments)
        case "show": try await show(&arguments)
        case "mend": return try await mend(&arguments)
        case "replay": return try await replay(&arguments)
        case "discard": try await discard(&arguments)
        case "audit": try await audit(&arguments)
        case let other: throw UsageError("dead-letters knows list, show, mend, replay, discard and audit, not \(other)")
        }
        return true
    }

    // MARK: Looking

    /// Groups of what failed alike, or each one.
    private func list(_ arguments: inout Arguments) async throws {
        let query = try filterQuery(&arguments)
        let isEach = arguments.flag("--each")
        let services = try services(&arguments)
        try arguments.end()
        var rows: [[String]] = []
        for name in services {
            let path = isEach ? "/v1/ops/dead-letters?limit=500" : "/v1/ops/dead-letter-groups?"
            let page: Page<Letter> = try await get(name, path + query)
            for letter in page.items {
                rows.append([
                    name, isEach ? "\(letter.id ?? 0)" : letter.fingerprint,
                    isEach ? letter.status ?? "" : "\(letter.count ?? 0)",
                    letter.errorClass, letter.type ?? "-", letter.topic, letter.lastFailedAt ?? "",
                    String((letter.error ?? letter.sampleError ?? "").prefix(60)),
                ])
            }
            if page.next != nil { terminal.note("\(name) has more than are shown; narrow them with a filter") }
        }
        guard !rows.isEmpty else { return terminal.line("no dead letters") }
        let heads = isEach ? ["id", "status"] : ["group", "count"]
        terminal.table(["service"] + heads + ["class", "type", "topic", "last failed", "error"], rows)
    }

    private func show(_ arguments: inout Arguments) async throws {
        let name = try service(&arguments)
        let id = try arguments.word("the number of a dead letter")
        try arguments.end()
        terminal.line(
            String(decoding: try await ServiceProbe(name, state).get("/v1/ops/dead-letters/\(id)"), as: UTF8.self))
    }

    private func audit(_ arguments: inout Arguments) async throws {
        let services = try services(&arguments)
        try arguments.end()
        var rows: [[String]] = []
        for name in services {
            let page: Page<Action> = try await get(name, "/v1/ops/dead-letter-actions?limit=100")
            rows += page.items.map {
                [name, "\($0.deadLetterId)", $0.action, $0.outcome, $0.actor, $0.reason ?? "", $0.at]
            }
        }
        terminal.table(["service", "id", "action", "outcome", "actor", "reason", "at"], rows)
    }

    // MARK: Acting

    /// Puts other data or headers in the place of what is wrong, in the service named or wherever the same message lies, and applies it so
    /// where that is asked for.
    private func mend(_ arguments: inout Arguments) async throws -> Bool {
        let text = try arguments.value("--data")
        let headers = try arguments.pairs("--header")
        let (isEverywhere, isReplayed) = (arguments.flag("--everywhere"), arguments.flag("--replay"))
        guard let reason = try arguments.value("--reason") else { throw UsageError("mend needs --reason") }
        let name = try service(&arguments)
        guard let id = Int(try arguments.word("the number of a dead letter")) else {
            throw UsageError("mend takes the number of one dead letter")
        }
        try arguments.end()
        let order = MendOrder(
            payloadBytes: try text.map { Data(try EventsCommand.data($0)) }, headers: Dictionary(headers) { $1 },
            actor: Arguments.person, reason: reason)
        var passed = true
        for (name, id) in try await isEverywhere ? alike(name, id) : [(name, id)] {
            let _: Letter = try await post(name, "/v1/ops/dead-letters/\(id)/mend", order)
            guard isReplayed else {
                terminal.line("\(name): \(id) is mended; rapport dead-letters replay \(name) \(id) applies it")
                continue
            }
            var replay = Order()
            (replay.ids, replay.actor, replay.reason) = ([id], Arguments.person, reason)
            let outcome: Outcome = try await post(name, "/v1/ops/dead-letter-replays", replay)
            let isApplied = outcome.applied + outcome.duplicates == 1
            terminal.line(
                "\(name): \(id) is mended" + (isApplied ? " and applied" : ", and not applied: \(outcome.words)"))
            passed = passed && isApplied
        }
        return passed
    }

    /// The open dead letters of all services that are one and the same message.
    private func alike(_ name: String, _ id: Int) async throws -> [(String, Int)] {
        let lead: Letter = try await get(name, "/v1/ops/dead-letters/\(id)")
        var found: [(String, Int)] = []
        for other in Services.built {
            var after: String? = "0"
            while let place = after {
                let path = "/v1/ops/dead-letters?limit=500&after=\(place)&topic=\(Self.encoded(lead.topic))"
                let page: Page<Letter> = try await get(other, path)
                found += page.items.filter { $0.partition == lead.partition && $0.offset == lead.offset }
                    .compactMap { letter in letter.id.map { (other, $0) } }
                after = page.next
            }
        }
        return found
    }

    private func replay(_ arguments: inout Arguments) async throws -> Bool {
        var order = try order(&arguments)
        order.force = arguments.flag("--force") ? true : nil
        let name = try takeTarget(&order, &arguments)
        var sum = Outcome()
        repeat {
            let outcome: Outcome = try await post(name, "/v1/ops/dead-letter-replays", order)
            sum.add(outcome)
            order.after = outcome.next
        } while order.after != nil
        terminal.line(
            "\(name): \(sum.applied) applied, \(sum.duplicates) had been applied before, \(sum.superseded) superseded by"
                + " later events, \(sum.blocked) behind an older one, \(sum.failed) failed again")
        return sum.failed + sum.blocked + sum.superseded == 0
    }

    private func discard(_ arguments: inout Arguments) async throws {
        struct Discarded: Decodable {
            let discarded: Int
            let hasMore: Bool
        }
        var order = try order(&arguments)
        let name = try takeTarget(&order, &arguments)
        guard order.reason != nil else { throw UsageError("discard needs --reason") }
        var discarded = 0
        var hasMore = true
        while hasMore {
            let answer: Discarded = try await post(name, "/v1/ops/dead-letter-discards", order)
            discarded += answer.discarded
            hasMore = answer.hasMore
        }
        terminal.line("\(name): \(grouped(discarded)) discarded")
    }

    // MARK: Words

    private func service(_ arguments: inout Arguments) throws -> String {
        let name = try arguments.word("the name of a service")
        guard Services.names.contains(name) else { throw UsageError("there is no service \(name)") }
        return name
    }

    private func services(_ arguments: inout Arguments) throws -> [String] {
        guard let name = try? arguments.word("a service") else { return Services.built }
        guard Services.names.contains(name) else { throw UsageError("there is no service \(name)") }
        return [name]
    }

    private func filterQuery(_ arguments: inout Arguments) throws -> String {
        let names = [
            ("status", "--status"), ("topic", "--topic"), ("type", "--type"), ("class", "--class"),
            ("fingerprint", "--group"),
        ]
        return try names.map { name, flag in
            try arguments.value(flag).map { "&\(name)=\(Self.encoded($0))" } ?? ""
        }.joined()
    }

    /// A value as a query carries it (RFC 3986, unreserved characters as they are).
    nonisolated private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let character = Character(UnicodeScalar(byte))
            if byte < 128, character.isLetter || character.isNumber || "-._~".contains(character) {
                return String(character)
            }
            return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }

    private func order(_ arguments: inout Arguments) throws -> Order {
        var order = Order()
        order.topic = try arguments.value("--topic")
        order.type = try arguments.value("--type")
        order.class = try arguments.value("--class")
        order.fingerprint = try arguments.value("--group")
        order.reason = try arguments.value("--reason")
        order.all = arguments.flag("--all") ? true : nil
        order.actor = Arguments.person
        return order
    }

    /// The service, and the numbers behind it.
    private func takeTarget(_ order: inout Order, _ arguments: inout Arguments) throws -> String {
        let name = try service(&arguments)
        let ids = try arguments.rest().map { word in
            guard let id = Int(word) else { throw UsageError("\(word) is no number of a dead letter") }
            return id
        }
        if !ids.isEmpty { order.ids = ids }
        guard order.isNarrow || order.all == true else {
            throw UsageError("name numbers, --group, --topic, --type, --class, or --all")
        }
        return name
    }

    // MARK: Asking

    private func get<T: Decodable>(_ name: String, _ path: String) async throws -> T {
        try JSONDecoder().decode(T.self, from: Data(try await ServiceProbe(name, state).get(path)))
    }

    private func post<T: Decodable>(_ name: String, _ path: String, _ order: some Encodable) async throws -> T {
        let body = Array(try JSONEncoder().encode(order))
        return try JSONDecoder().decode(
            T.self, from: Data(try await ServiceProbe(name, state).post(path, body, within: .seconds(300))))
    }
}

/// An answer's list.
private struct Page<Item: Decodable>: Decodable {
    let items: [Item]
    let next: String?
}

/// One dead letter, or a group of them.
private struct Letter: Decodable {
    let id: Int?
    let count: Int?
    let fingerprint: String
    let errorClass: String
    let type: String?
    let topic: String
    let status: String?
    let partition: Int?
    let offset: Int?
    let error: String?
    let sampleError: String?
    let lastFailedAt: String?
}

private struct Action: Decodable {
    let deadLetterId: Int
    let action, actor, outcome, at: String
    let reason: String?
}

private struct Order: Encodable {
    var ids: [Int]?
    var topic: String?
    var type: String?
    var `class`: String?
    var fingerprint: String?
    var all: Bool?
    var force: Bool?
    var actor: String?
    var reason: String?
    var after: Int?

    var isNarrow: Bool { ids != nil || topic != nil || type != nil || self.class != nil || fingerprint != nil }
}

private struct MendOrder: Encodable {
    /// In base 64, as JSON encoders write data.
    let payloadBytes: Data?
    let headers: [String: String]
    let actor, reason: String
}

private struct Outcome: Decodable {
    var applied = 0
    var duplicates = 0
    var superseded = 0
    var blocked = 0
    var failed = 0
    var next: Int?

    /// Why one was not applied.
    var words: String {
        if superseded > 0 {
            return "later events of its key are applied already; replay --force applies it all the same"
        }
        return blocked > 0
            ? "an older message of its key is open" : "it failed again; rapport dead-letters show says why"
    }

    mutating func add(_ other: Outcome) {
        applied += other.applied
        duplicates += other.duplicates
        superseded += other.superseded
        blocked += other.blocked
        failed += other.failed
    }
}
