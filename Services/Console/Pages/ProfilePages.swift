import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTML
import HTTP
import ServiceKit
import Text

/// What everybody sees of himself: language and zone, password, second factor, sessions.
@Loop
struct ProfilePages {
    private let pages: Pages

    init(_ pages: Pages) { self.pages = pages }

    var routes: [Route] {
        [
            pages.get("/me", "One's own account") { try await profile($0) },
            pages.post("/me", "Changes language and time zone") { visitor, form in
                try await settle(visitor) { try await takeProfile($0, form) }
            },
            pages.post("/me/password", "Takes another password", refuses: [401, 429]) { visitor, form in
                try await settle(visitor) { session in
                    try await pages.signIn.change(form["old"] ?? "", to: form["password"] ?? "", of: session)
                }
            },
            pages.post("/me/code/offer", "Offers a second factor") { visitor, _ in
                try await settle(visitor) { _ = try await pages.signIn.offerCode(to: $0) }
            },
            pages.post("/me/code", "Confirms a second factor, or takes it away", refuses: [401, 429]) { visitor, form in
                try await takeCode(visitor, form)
            },
            pages.post("/me/sessions/end", "Ends a session of one's own") { visitor, form in
                try await settle(visitor) { session in
                    guard let id = form["id"].flatMap({ UUID(text: $0) }) else { return }
                    _ = try await pages.sessions.end(id, of: session.person, "by its owner")
                }
            },
        ]
    }

    /// Does something and shows the page again; what is refused stands above it.
    func settle(_ visitor: Visitor, _ work: (Session) async throws -> Void) async throws -> Response {
        guard let session = visitor.session else { return Pages.redirect("/sign-in") }
        do {
            try await work(session)
            return Pages.redirect("/me")
        } catch let problem as Problem {
            return try await profile(visitor, refused: problem)
        }
    }

    private func takeProfile(_ session: Session, _ form: [String: String]) async throws {
        let language = form["language"] == "zh" ? "zh" : "en"
        let said = (form["zone"] ?? "").trimmed
        let zone = said.isEmpty ? nil : TimeZoneName.normal(said)
        if !said.isEmpty, zone == nil { throw Problem.field("zone", "must be a time zone such as Asia/Shanghai") }
        try await pages.context.transaction { transaction in
            try await PersonState.kept.change(session.person, in: transaction) {
                $0.language = language
                $0.zone = zone
            }
        }
    }

    private func takeCode(_ visitor: Visitor, _ form: [String: String]) async throws -> Response {
        guard let session = visitor.session else { return Pages.redirect("/sign-in") }
        if form["do"] == "drop" {
            return try await settle(visitor) { try await pages.signIn.dropCode(form["code"] ?? "", of: $0) }
        }
        do {
            let codes = try await pages.signIn.confirmCode(form["code"] ?? "", of: session)
            return recovery(visitor, codes)
        } catch let problem as Problem {
            return try await profile(visitor, refused: problem)
        }
    }

    /// The codes for the day on which the telephone is lost, shown this once.
    private func recovery(_ visitor: Visitor, _ codes: [RecoveryCode]) -> Response {
        let words = visitor.words
        return pages.app(
            visitor, words("Keep these recovery codes", "请保存这些恢复码"), at: "/me",
            [
                .element(
                    "p", [.classes("prose")],
                    [
                        HTML(
                            words(
                                "Each lets you in once when your phone is lost. They are not shown again.",
                                "手机丢失时，每个恢复码可以登录一次。离开此页后不再显示。"))
                    ]),
                .empty("br"),
                .element("ol", [.classes("codes narrow")], codes.map { .element("li", [], [HTML($0.text)]) }),
                .empty("br"),
                .element(
                    "p", [],
                    [.element("a", [.classes("b pri"), .link("/me")], [HTML(words("I have kept them", "已保存"))])]),
            ])
    }

    // MARK: The page

    private func profile(_ visitor: Visitor, refused problem: Problem? = nil) async throws -> Response {
        guard let session = visitor.session else { return Pages.redirect("/sign-in") }
        let words = visitor.words
        var body: [HTML] = []
        if let problem { body.append(note(problem, words)) }
        body.append(
            .element(
                "div", [.classes("stack narrow")],
                [
                    basics(words, session), password(words), try await PasskeyPages(pages).own(words, session),
                    try await code(words, session), try await own(words, session),
                ]))
        return pages.app(
            visitor, words("Your account", "我的账户"), at: "/me", body, status: problem?.status ?? .ok)
    }

    private func note(_ problem: Problem, _ words: Words) -> HTML {
        let text = problem.errors.first.map { Refusals.told($0, words) }
        let fallback: String =
            switch problem.status {
            case .unauthorized: words("What you gave does not match; nothing was changed.", "输入不匹配，没有做任何更改。")
            case .tooManyRequests: words("Too many tries; wait a little.", "尝试次数太多，请稍候。")
            default: problem.detail ?? problem.title
            }
        return .element(
            "div", [.classes("note bad"), .text("role", "alert")], [.element("p", [], [HTML(text ?? fallback)])])
    }

    private func section(_ id: String, _ title: String, _ parts: [HTML]) -> HTML {
        .element(
            "section", [.text("aria-labelledby", id)], [.element("h2", [.id(id)], [HTML(title)])] + parts)
    }

    private func basics(_ words: Words, _ session: Session) -> HTML {
        let options = [("en", "English"), ("zh", "中文")].map { value, name -> HTML in
            .element(
                "option", [.text("value", value), .flag("selected", (value == "zh") == words.isChinese)], [HTML(name)])
        }
        let choice = HTML.element(
            "div", [.classes("f")],
            [
                .element("label", [.text("for", "language")], [HTML(words("Language", "语言"))]),
                .element("select", [.id("language"), .text("name", "language")], options),
            ])
        return section(
            "basics", words("Language and time", "语言和时区"),
            [
                Form.to(
                    "/me",
                    [
                        choice,
                        Form.field(
                            "zone", words("Time zone", "时区"), [.text("value", session.zone ?? "")],
                            hint: words("Such as Asia/Shanghai; empty for the firm's.", "例如 Asia/Shanghai；留空则用公司的时区。")),
                        Form.send(words("Save", "保存"), isPrimary: false),
                    ])
            ])
    }

    private func password(_ words: Words) -> HTML {
        section(
            "secret", words("Password", "密码"),
            [
                Form.to(
                    "/me/password",
                    [
                        Form.field(
                            "old", words("Current password", "当前密码"),
                            [.text("type", "password"), .text("autocomplete", "current-password"), .flag("required")]),
                        Form.field(
                            "password", words("New password", "新密码"),
                            [.text("type", "password"), .text("autocomplete", "new-password"), .flag("required")],
                            hint: words("Your other sessions end.", "您的其他登录会随之结束。")),
                        Form.send(words("Change", "更改"), isPrimary: false),
                    ])
            ])
    }

    private func code(_ words: Words, _ session: Session) async throws -> HTML {
        let factor = try await pages.signIn.factor(of: session.person)
        let title = words("Code from your phone", "手机验证码")
        let field = Form.field(
            "code", words("Code", "验证码"), [.text("autocomplete", "one-time-code"), .flag("required")])
        if factor.isConfirmed {
            return section(
                "factor", title,
                [
                    .element(
                        "p", [],
                        [.element("span", [.classes("st good")], [HTML(words("Asked for at each sign-in", "每次登录都要求"))])]
                    ),
                    .element(
                        "p", [.classes("meta")],
                        [HTML(words("\(factor.left) recovery codes are left.", "还剩\(factor.left)个恢复码。"))]),
                    Form.to(
                        "/me/code",
                        [
                            .empty("input", [.text("type", "hidden"), .text("name", "do"), .text("value", "drop")]),
                            field,
                            Form.send(words("Take it away", "停用"), isPrimary: false),
                        ]),
                ])
        }
        guard let offered = factor.offered else {
            let why = words(
                "Your password alone then lets nobody in.", "开启后，只知道密码的人无法登录。")
            return section(
                "factor", title,
                [
                    .element("p", [], [HTML(why)]),
                    Form.to("/me/code/offer", [Form.send(words("Set it up", "开启"), isPrimary: false)]),
                ])
        }
        let address = offered.address(issuer: "Rapport", account: session.name)
        return section(
            "factor", title,
            [
                .element(
                    "p", [],
                    [
                        .element("a", [.link(address)], [HTML(words("Open it in your authenticator", "在验证器应用中打开"))]),
                        HTML(words(", or type this key there:", "，或在应用中输入此密钥：")),
                    ]),
                .element("p", [.classes("key")], [HTML(offered.text)]),
                Form.to("/me/code", [field, Form.send(words("Confirm", "确认"), isPrimary: false)]),
            ])
    }

    private func own(_ words: Words, _ session: Session) async throws -> HTML {
        let rows = try await pages.context.rows(SessionStore.own, session.person).map {
            id, address, agent, begun, seen in
            row(words, session, id: id, address: address, agent: agent, seen: seen)
        }
        return section(
            "sessions", words("Where you are signed in", "您的登录"),
            [Form.table([words("With", "设备"), words("Last seen", "最近使用"), words("End", "结束")], rows, right: 2)])
    }

    private func row(
        _ words: Words, _ session: Session, id: UUID, address: String, agent: String, seen: Date
    ) -> HTML {
        let what = DeviceName.of(agent, words)
        let end =
            id == session.id
            ? HTML(words("this one", "当前"))
            : .element(
                "form", [.text("method", "post"), .action("/me/sessions/end")],
                [
                    .empty("input", [.text("type", "hidden"), .text("name", "id"), .text("value", id.text)]),
                    .element(
                        "button", [.classes("b q"), .text("aria-label", words("End \(what)", "结束 \(what)"))],
                        [HTML(words("End", "结束"))]),
                ])
        return .element(
            "tr", [],
            [
                .element(
                    "th", [.text("scope", "row")], [HTML(what), .element("small", [.classes("meta")], [HTML(address)])]),
                .element("td", [], [.element("time", [], [HTML(Parts.time(seen))])]),
                .element("td", [.classes("r")], [end]),
            ])
    }
}
