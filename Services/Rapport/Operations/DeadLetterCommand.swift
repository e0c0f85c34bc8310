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

    /// Runs `list`, `show`, `replay`, `discard` or `audit`; says whether all is well.
    func run(_ arguments: inout Arguments) async throws -> Bool {
        switch try arguments.word("list, show, replay, discard or audit") {
        case "list": try await list(&arguments)
        case "show": try await show(&arguments)
        case "replay": return try await replay(&arguments)
        case "discard": try await discard(&arguments)
        case "audit": try await audit(&arguments)
        case let other: throw UsageError("dead-letters knows list, show, replay, discard and audit, not \(other)")
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

    private func post<T: Decodable>(_ name: String, _ path: String, _ order: Order) async throws -> T {
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

private struct Outcome: Decodable {
    var applied = 0
    var duplicates = 0
    var superseded = 0
    var blocked = 0
    var failed = 0
    var next: Int?

    mutating func add(_ other: Outcome) {
        applied += other.applied
        duplicates += other.duplicates
        superseded += other.superseded
        blocked += other.blocked
        failed += other.failed
    }
}
