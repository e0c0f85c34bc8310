import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Rapport

/// The people of the demo: one for each of six roles, all with the same password, so that whoever tries the suite sees it as each of them does.
@Loop
struct DemoPeople {
    private struct Person {
        let role: String
        let name: String
        let email: String
        let title: String
        let language: String
        /// The team, by its name.
        var team: String?
        /// Whom he reports to, by his address.
        var manager: String?
    }

    private static let people = [
        Person(
            role: "administrator", name: "Nora Adler", email: "admin@demo.example", title: "IT", language: "en"),
        Person(
            role: "sales-manager", name: "陈伟", email: "manager@demo.example", title: "销售经理", language: "zh",
            team: "Sales"),
        Person(
            role: "representative", name: "Mei Lin", email: "sales@demo.example", title: "Sales representative",
            language: "en", team: "Sales", manager: "manager@demo.example"),
        Person(
            role: "marketer", name: "Sofia Rossi", email: "marketing@demo.example", title: "Campaigns",
            language: "en"),
        Person(
            role: "agent", name: "李静", email: "service@demo.example", title: "客服专员", language: "zh",
            team: "Service"),
        Person(role: "analyst", name: "Tom Baker", email: "analyst@demo.example", title: "Figures", language: "en"),
    ]
    /// Good on this machine only, where whoever reads it could read the data too.
    static let password = "two yellow bicycles"

    private let console: ServiceProbe
    private let terminal: Terminal
    private var ids: [String: String] = [:]
    private var teams: [String: String] = [:]
    /// Who has another password by now.
    private var changed: Set<String> = []

    init(_ console: ServiceProbe, _ terminal: Terminal) {
        self.console = console
        self.terminal = terminal
    }

    /// Lets in who is not in yet; done again it changes nothing, and no password that somebody has chosen.
    mutating func comeIn() async throws {
        for name in ["Sales", "Service"] { teams[name] = try await make("teams", ["name": name], key: name) }
        for person in Self.people {
            let found = try await find(person)
            let id = if let found { found } else { try await add(person) }
            ids[person.email] = id
            guard try await !isIn(person) else { continue }
            guard try await hasChosen(id) else {
                try await choose(person, by: try await link("/v1/people/\(id)/sign-in-link"))
                continue
            }
            changed.insert(person.email)
        }
    }

    /// Says where people work, and how to sign in as each of them.
    func show() {
        terminal.line(
            "People work at \(address), in Chinese and English. Sign in there, with the password \(Self.password):")
        terminal.table(
            ["email", "name", "role"],
            Self.people.map {
                [$0.email, $0.name, $0.role + (changed.contains($0.email) ? " (has chosen another password)" : "")]
            })
    }

    /// By its name, and not its number: passkeys are for names.
    private var address: String { console.address.replacing("127.0.0.1", with: "localhost") }

    // MARK: Steps

    private func find(_ person: Person) async throws -> String? {
        struct Page: Decodable {
            struct Item: Decodable { let id: String, email: String? }
            let items: [Item]
        }
        let page = try JSONDecoder().decode(
            Page.self, from: Data(try await console.get("/v1/people?status=active&q=\(person.email)")))
        return page.items.first { $0.email == person.email }?.id
    }

    private func add(_ person: Person) async throws -> String {
        if person.role == "administrator", let first = try? await link("/v1/first-link") {
            try await choose(person, by: first)
            return first.personId
        }
        var fields = [
            "name": person.name, "email": person.email, "title": person.title, "language": person.language,
        ]
        fields["managerId"] = person.manager.flatMap { ids[$0] }
        let id = try await make("people", fields, teams: person.team.flatMap { teams[$0] }, key: person.email)
        _ = try await console.send(
            .post, "/v1/people/\(id)/roles", #"{"roles":["\#(person.role)"]}"#,
            ["idempotency-key": "demo-role-\(person.email)"])
        return id
    }

    private func make(
        _ path: String, _ fields: [String: String], teams: String? = nil, key: String
    ) async throws -> String {
        struct Made: Decodable { let id: String }
        var json = JSONText()
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) { json.add(name, value) }
        if let teams { json.add("teams", raw: Array("[\"\(teams)\"]".utf8)) }
        let text = String(decoding: json.finish(), as: UTF8.self)
        let answer = try await console.send(.post, "/v1/\(path)", text, ["idempotency-key": "demo-\(key)"])
        return try JSONDecoder().decode(Made.self, from: Data(answer.body)).id
    }

    private struct Link: Decodable { let link: String, personId: String }

    private func link(_ path: String) async throws -> Link {
        try JSONDecoder().decode(Link.self, from: Data(try await console.send(.post, path, "", [:]).body))
    }

    private func choose(_ person: Person, by link: Link) async throws {
        guard let path = link.link.firstRange(of: "/welcome/") else { throw SuiteError("a link without a way in") }
        let fields = ["name": person.name, "email": person.email, "password": Self.password].map { name, value in
            "\(name)=\(PercentText.encode(value))"
        }
        _ = try await console.post(
            String(link.link[path.lowerBound...]), Array(fields.joined(separator: "&").utf8), within: .seconds(20),
            expecting: .seeOther, type: "application/x-www-form-urlencoded")
    }

    private func isIn(_ person: Person) async throws -> Bool {
        let said = #"{"email":"\#(person.email)","password":"\#(Self.password)"}"#
        return (try? await console.send(.post, "/v1/sign-in", said, [:])) != nil
    }

    private func hasChosen(_ id: String) async throws -> Bool {
        let page = try await console.get("/v1/audit?subject=person:\(id)&limit=200")
        return String(decoding: page, as: UTF8.self).contains("\"password.set\"")
    }
}
