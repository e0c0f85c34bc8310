import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTML
import HTTP
import Postgres
import ServiceKit
import Text

/// Persons, as people see them: who is of the firm, and what each may.
@Loop
struct PersonPages {
    private let pages: Pages
    private let forms: PersonForms

    init(_ pages: Pages) {
        self.pages = pages
        forms = PersonForms(pages)
    }

    var routes: [Route] {
        [
            pages.get(
                "/people", "Persons, as people see them",
                parameters: [
                    .query("q", .string, "How a name begins"), .query("after", .uuid, "Behind which it begins"),
                ]
            ) { try await people($0) },
            pages.get("/people/{id}", "A person, as people see him") { try await person($0) },
            pages.post("/people/{id}/roles", "Gives a person roles") { visitor, form in
                try await change(visitor) { id, transaction in
                    let roles = form.keys.filter { $0.hasPrefix("role-") && form[$0] == "on" }.map { $0.dropFirst(5) }
                    try await PersonCommands.grant(id, roles.map { String($0) }, in: transaction)
                }
            },
            pages.post("/people/{id}/take-back", "Takes a person back who had left") { visitor, _ in
                try await change(visitor) { try await PersonCommands.takeBack($0, in: $1) }
            },
            pages.post("/people/{id}/link", "Makes a link that lets a person choose a password") { visitor, _ in
                try await link(visitor)
            },
            pages.post("/people/{id}/sign-out", "Ends all sessions of a person") { visitor, _ in
                try await change(visitor) { id, transaction in
                    transaction.enqueue(SessionStore.endOthers, id, nil, "by an administrator")
                    Audit.write(AuditEntry("session.ended", "person:\(id.text)"), in: transaction)
                }
            },
        ] + forms.routes
    }

    private func change(_ visitor: Visitor, _ work: (UUID, Transaction) async throws -> Void) async throws -> Response {
        try pages.need("people.configure", visitor)
        let id = try visitor.request.id()
        try await pages.context.transaction { try await work(id, $0) }
        return Pages.redirect("/people/\(id.text)")
    }

    // MARK: The list

    private func people(_ visitor: Visitor) async throws -> Response {
        try pages.need("people.read", visitor)
        let words = visitor.words
        let query = visitor.request.query("q") ?? ""
        let found = try await pages.context.rows(
            PersonStore.shown, visitor.request.id(query: "after"),
            query.isEmpty ? nil : LikePattern.literal(query) + "%", 50)
        var body = [Parts.search("/people", query, words("A name or an address", "姓名或邮箱"), words)]
        if found.isEmpty {
            body.append(Parts.quiet(words("Nobody was found.", "没有找到。")))
        } else {
            body.append(
                Form.table(
                    [words("Name", "姓名"), words("Email", "邮箱"), words("Roles", "角色"), words("State", "状态")],
                    found.map { row($0, words) }, second: 1))
        }
        if found.count == 50, let last = found.last {
            let more = "/people?q=\(PercentText.encode(query))&after=\(last.0.text)"
            body.append(.element("p", [], [.element("a", [.link(more)], [HTML(words("The next 50", "后50位"))])]))
        }
        let isOpen = visitor.may("people.change") && visitor.may("people.configure")
        let add = isOpen ? [Parts.act("/people/new", words("Add a person", "添加人员"), isPrimary: true)] : []
        return pages.app(visitor, words("People", "人员"), at: "/people", body, acts: add)
    }

    private func row(
        _ found: (UUID, String, String?, String?, String, Bool), _ words: Words
    ) -> HTML {
        let (id, name, email, title, roles, isHere) = found
        let held = RoleNames.told(roles.unicodeScalars.split(separator: " ").map { String($0) }, words)
        let small = [title ?? "", email ?? ""].filter { !$0.isEmpty }
        return .element(
            "tr", [],
            [
                .element(
                    "th", [.text("scope", "row")],
                    [
                        .element("a", [.link("/people/\(id.text)")], [HTML(name)]),
                        .element("small", [.classes("meta")], [HTML(title ?? "")]),
                        .element("small", [.classes("meta ph")], [HTML(small.last == title ? "" : small.last ?? "")]),
                    ]),
                .element("td", [.classes("p2")], [HTML(email ?? "")]), .element("td", [], [HTML(held)]),
                .element("td", [.classes("w")], isHere ? [] : [Parts.state(.off, words("Has left", "已离职"))]),
            ])
    }

    // MARK: One

    private func person(_ visitor: Visitor, link: String? = nil) async throws -> Response {
        try pages.need("people.read", visitor)
        let (words, id) = (visitor.words, try visitor.request.id())
        let (state, _) = try await PersonState.kept.shown(id, pages.context)
        let isHere = state.status == "active"
        var body: [HTML] = []
        if let link { body.append(shown(link, words)) }
        var main = [try await facts(state, words)]
        if isHere, visitor.may("people.configure") { main.append(roles(state, words)) }
        var side: [HTML] = []
        if visitor.may("people.configure") { side.append(try await access(state, words)) }
        body.append(Parts.columns(main, side: side))
        var acts: [HTML] = []
        if isHere, visitor.may("people.change") {
            acts.append(Parts.act("/people/\(id.text)/edit", words("Change", "修改")))
        }
        return pages.app(
            visitor, state.name, at: "/people", body, acts: acts, crumb: (words("People", "人员"), "/people"),
            line: isHere ? nil : Parts.state(.off, words("Has left", "已离职")))
    }

    private func facts(_ state: PersonState, _ words: Words) async throws -> HTML {
        let named = try await pages.context.rows(PersonStore.placed, state.personId).first
        let between = ["\u{1F}": words(", ", "、")] as [Unicode.Scalar: String]
        let (teams, territories) = (named?.1?.replacing(between), named?.2?.replacing(between))
        let language = state.language.map { $0 == "zh" ? "中文" : "English" }
        return Parts.facts([
            (words("Email", "邮箱"), state.email), (words("Phone", "电话"), state.phone),
            (words("Title", "职务"), state.title), (words("Reports to", "上级"), named?.0),
            (words("Teams", "团队"), teams), (words("Territories", "区域"), territories),
            (words("Skills", "技能"), state.skills.joined(separator: words(", ", "、"))),
            (words("Takes on", "同时处理"), state.capacity.map { words("\($0) at once", "\($0)件") }),
            (words("Language", "语言"), language), (words("Time zone", "时区"), state.zone),
            (words("External id", "外部编号"), state.externalId),
            (words("Roles", "角色"), RoleNames.told(state.roles, words)),
        ])
    }

    private func roles(_ state: PersonState, _ words: Words) -> HTML {
        // The firm's own roles are kept, and not chosen here.
        let others = state.roles.filter { BuiltInRole.named[$0] == nil }.map { Form.hidden("role-\($0)", "on") }
        let boxes = Form.boxes(
            "role", words("What the person may", "权限角色"),
            BuiltInRole.all.map {
                ($0.name, words($0.title.english, $0.title.chinese), state.roles.contains($0.name))
            })
        return .element(
            "section", [],
            [
                Form.to(
                    "/people/\(state.personId.text)/roles",
                    [boxes] + others + [Form.send(words("Save roles", "保存角色"), isPrimary: false)])
            ])
    }

    /// How the person comes in, and how he goes.
    private func access(_ state: PersonState, _ words: Words) async throws -> HTML {
        let path = "/people/\(state.personId.text)"
        guard state.status == "active" else {
            return Parts.section(
                "access", words("Access", "登录"),
                [
                    HTML.element("p", [], [HTML(words("Nobody signs in as this person.", "此人不能再登录。"))]),
                    Parts.button(path + "/take-back", words("Take back, without roles", "恢复人员（不恢复角色）")),
                ])
        }
        let sessions = try await pages.context.rows(SessionStore.own, state.personId)
        let passkeys = try await pages.context.rows(PasskeyStore.of, state.personId).count
        let factor = try await pages.signIn.factor(of: state.personId)
        let facts = Parts.facts([
            (words("Sessions", "登录中"), words("\(sessions.count)", "\(sessions.count)处")),
            (words("Last seen", "最近使用"), sessions.first.map { Parts.time($0.4) }),
            (words("Code", "验证码"), factor.isConfirmed ? words("from the phone", "已启用") : words("none", "未启用")),
            (words("Passkeys", "通行密钥"), "\(passkeys)"),
        ])
        var acts = [Parts.button(path + "/link", words("Make a sign-in link", "生成登录链接"))]
        if !sessions.isEmpty { acts.append(Parts.button(path + "/sign-out", words("End all sessions", "结束全部登录"))) }
        acts.append(Parts.act(path + "/leave", words("Leaves the firm…", "办理离职…")))
        return Parts.section("access", words("Access", "登录"), [facts, .element("div", [.classes("acts down")], acts)])
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
}

/// The names of roles, for people.
enum RoleNames {
    static func told(_ roles: [String], _ words: Words) -> String {
        roles.map { role in
            BuiltInRole.named[role].map { words($0.title.english, $0.title.chinese) } ?? role
        }.joined(separator: words(", ", "、"))
    }
}
