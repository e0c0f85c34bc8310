import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTML
import HTTP
import Postgres
import ServiceKit
import Text

/// Who is of the firm, as people see it: persons, teams, roles.
@Loop
struct DirectoryPages {
    private let pages: Pages

    init(_ pages: Pages) { self.pages = pages }

    var routes: [Route] {
        [
            pages.get(
                "/people", "Persons, as people see them",
                parameters: [
                    .query("q", .string, "How a name begins"), .query("after", .uuid, "Behind which it begins"),
                ]
            ) { try await people($0) },
            pages.post("/people", "Adds a person and gives a link that lets him in", refuses: [422]) { visitor, form in
                try await add(visitor, form)
            },
            pages.get("/people/{id}", "A person, as people see him") { try await person($0) },
            pages.post("/people/{id}/roles", "Gives a person roles") { visitor, form in
                try await change(visitor, needs: "people.configure") { id, transaction in
                    let roles = form.keys.filter { $0.hasPrefix("role-") && form[$0] == "on" }.map { $0.dropFirst(5) }
                    try await PersonCommands.grant(id, roles.map { String($0) }, in: transaction)
                }
            },
            pages.post("/people/{id}/end", "Ends a person who has left") { visitor, _ in
                try await change(visitor, needs: "people.configure") { try await PersonCommands.end($0, in: $1) }
            },
            pages.post("/people/{id}/link", "Makes a link that lets a person choose a password") { visitor, _ in
                try await link(visitor)
            },
        ]
    }

    private func change(
        _ visitor: Visitor, needs right: String, _ work: (UUID, Transaction) async throws -> Void
    ) async throws -> Response {
        try pages.need(right, visitor)
        let id = try visitor.request.id()
        try await pages.context.transaction { try await work(id, $0) }
        return Pages.redirect("/people/\(id.text)")
    }

    // MARK: Persons

    private func people(_ visitor: Visitor, fault: String? = nil) async throws -> Response {
        try pages.need("people.read", visitor)
        let words = visitor.words
        let query = visitor.request.query("q") ?? ""
        let found = try await pages.context.rows(
            PersonStore.shown, visitor.request.id(query: "after"),
            query.isEmpty ? nil : LikePattern.literal(query) + "%",
            50)
        let rows = found.map { id, name, email, title, roles, isHere -> HTML in
            let state: HTML = isHere ? .nothing : .element("span", [.classes("st off")], [HTML(words("left", "已离职"))])
            return .element(
                "tr", [],
                [
                    .element(
                        "th", [.text("scope", "row")],
                        [
                            .element("a", [.link("/people/\(id.text)")], [HTML(name)]),
                            .element("small", [], [HTML(title ?? "")]),
                        ]),
                    .element("td", [.classes("p2")], [HTML(email ?? "")]),
                    .element("td", [], [HTML(Self.titles(roles.split(separator: " ").map(String.init), words))]),
                    .element("td", [], [state]),
                ])
        }
        let search = HTML.element(
            "form", [.classes("find"), .action("/people"), .text("role", "search")],
            [
                .empty(
                    "input",
                    [
                        .text("name", "q"), .id("q"), .text("type", "search"), .text("value", query),
                        .text("aria-label", words("How a name begins", "姓名开头")),
                    ]),
                Form.send(words("Find", "查找"), isPrimary: false),
            ])
        var body = [
            HTML.element("div", [.classes("narrow")], [search]),
            Form.table([words("Name", "姓名"), words("Email", "邮箱"), words("Roles", "角色"), ""], rows, second: 1),
        ]
        if rows.isEmpty {
            body.append(.element("p", [.classes("meta")], [HTML(words("Nobody is called so.", "没有找到。"))]))
        }
        if found.count == 50, let last = found.last {
            body.append(
                .element(
                    "p", [],
                    [.element("a", [.link("/people?after=\(last.0.text)")], [HTML(words("The next 50", "后50位"))])]))
        }
        if visitor.may("people.change"), visitor.may("people.configure") { body.append(addition(words, fault)) }
        return pages.app(
            visitor, words("People", "人员"), at: "/people", body, status: fault == nil ? .ok : .unprocessable)
    }

    private func addition(_ words: Words, _ fault: String?) -> HTML {
        .element(
            "section", [.classes("narrow"), .text("aria-labelledby", "new")],
            [
                .empty("br"), .element("h2", [.id("new")], [HTML(words("Let somebody in", "添加人员"))]),
                Form.to(
                    "/people",
                    [
                        Form.field("name", words("Name", "姓名"), [.flag("required")]),
                        Form.field(
                            "email", words("Email", "邮箱"), [.text("type", "email"), .flag("required")], fault: fault),
                        Form.send(words("Add", "添加"), isPrimary: false),
                    ]),
            ])
    }

    private func add(_ visitor: Visitor, _ form: [String: String]) async throws -> Response {
        try pages.need("people.change", visitor)
        try pages.need("people.configure", visitor)
        let id = UUID.v7()
        do {
            let name = try FieldCheck.needed(form["name"], "name", atMost: 200)
            let email = try FieldCheck.mail(form["email"])
            try await pages.context.transaction { transaction in
                try await PersonState.kept.add(PersonState(personId: id, name: name, email: email), in: transaction)
            }
        } catch let problem as Problem where !problem.errors.isEmpty {
            return try await people(
                visitor, fault: problem.errors.map { Refusals.told($0, visitor.words) }.joined(separator: " "))
        } catch let error as PostgresError where error.isUniqueViolation {
            return try await people(visitor, fault: visitor.words("Somebody has this address already.", "这个邮箱已经有人使用。"))
        }
        return Pages.redirect("/people/\(id.text)")
    }

    private func person(_ visitor: Visitor, link: String? = nil) async throws -> Response {
        try pages.need("people.read", visitor)
        let (words, id) = (visitor.words, try visitor.request.id())
        guard let (name, email, title, zone, roles, isHere) = try await pages.context.rows(PersonStore.one, id).first
        else { throw Problem.missing("person", id) }
        let held = roles.split(separator: " ").map(String.init)
        var body: [HTML] = []
        if let link { body.append(shown(link, words)) }
        if !isHere {
            body.append(.element("p", [], [.element("span", [.classes("st off")], [HTML(words("has left", "已离职"))])]))
        }
        let facts = [
            (words("Email", "邮箱"), email), (words("Title", "职务"), title), (words("Time zone", "时区"), zone),
            (words("Roles", "角色"), Self.titles(held, words)),
        ]
        body.append(
            .element(
                "dl", [.classes("facts narrow")],
                facts.flatMap { name, value -> [HTML] in
                    guard let value, !value.isEmpty else { return [] }
                    return [.element("dt", [], [HTML(name)]), .element("dd", [], [HTML(value)])]
                }))
        if isHere, visitor.may("people.configure") { body.append(deeds(id, held, words)) }
        return pages.app(visitor, name, at: "/people", body)
    }

    private func deeds(_ id: UUID, _ held: [String], _ words: Words) -> HTML {
        let boxes = BuiltInRole.all.map { role -> HTML in
            .element(
                "p", [],
                [
                    .element(
                        "label", [.classes("c")],
                        [
                            .empty(
                                "input",
                                [
                                    .text("type", "checkbox"), .text("name", "role-\(role.name)"),
                                    .flag("checked", held.contains(role.name)),
                                ]), HTML(words(role.title.english, role.title.chinese)),
                        ])
                ])
        }
        // The firm's own roles are kept, and not chosen here.
        let others = held.filter { BuiltInRole.named[$0] == nil }.map { name in
            HTML.empty("input", [.text("type", "hidden"), .text("name", "role-\(name)"), .text("value", "on")])
        }
        return .element(
            "div", [.classes("stack narrow")],
            [
                .empty("br"),
                .element(
                    "section", [.text("aria-labelledby", "what")],
                    [
                        .element("h2", [.id("what")], [HTML(words("What the person may", "角色"))]),
                        Form.to(
                            "/people/\(id.text)/roles",
                            boxes + others + [Form.send(words("Save", "保存"), isPrimary: false)]),
                    ]),
                .element(
                    "section", [.classes("acts")],
                    [
                        button("/people/\(id.text)/link", words("Make a sign-in link", "生成登录链接")),
                        button("/people/\(id.text)/end", words("Has left", "办理离职"), isBad: true),
                    ]),
            ])
    }

    private func button(_ path: String, _ text: String, isBad: Bool = false) -> HTML {
        .element(
            "form", [.text("method", "post"), .action(path)],
            [.element("button", [isBad ? .classes("b bad") : .classes("b")], [HTML(text)])])
    }

    private func link(_ visitor: Visitor) async throws -> Response {
        try pages.need("people.configure", visitor)
        let id = try visitor.request.id()
        let link = try await pages.context.transaction { transaction in
            guard try await !transaction.rows(SignInStore.addressOf, id).isEmpty else {
                throw Problem.missing("person who is here with the id", id)
            }
            return try pages.signIn.makeLink(for: id, hours: 72, in: transaction)
        }
        return try await person(visitor, link: "\(try pages.context.shared(ConsoleAddress.init).text)/welcome/\(link)")
    }

    private func shown(_ link: String, _ words: Words) -> HTML {
        .element(
            "div", [.classes("note good"), .text("role", "status")],
            [
                .element(
                    "p", [],
                    [
                        HTML(
                            words(
                                "Give this link to the person. It is good once, for three days, and not shown again:",
                                "请把此链接交给本人。3天内有效，只能用一次，不再显示：")), .empty("br"),
                        .element("span", [.classes("key")], [HTML(link)]),
                    ])
            ])
    }

    /// The names of roles for people.
    private static func titles(_ roles: [String], _ words: Words) -> String {
        roles.map { role in
            BuiltInRole.named[role].map { words($0.title.english, $0.title.chinese) } ?? role
        }.joined(separator: words(", ", "、"))
    }
}
