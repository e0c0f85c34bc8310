import EventLoop
import FoundationEssentials
import HTML
import HTTP

/// The pages before one is in: the welcome by a link, the password, the code.
@Loop
struct SignInPages {
    private let pages: Pages

    init(_ pages: Pages) { self.pages = pages }

    var routes: [Route] {
        [
            pages.get("/sign-in", "The page to sign in", needsSession: false) { visitor in
                visitor.session == nil ? signIn(visitor.words) : Pages.redirect("/")
            },
            pages.post("/sign-in", "Takes a password", needsSession: false, refuses: [401, 429]) { visitor, form in
                try await takePassword(visitor, form)
            },
            pages.get("/sign-in/code", "The page for the code", needsSession: false) { code($0.words) },
            pages.post("/sign-in/code", "Takes a code", needsSession: false, refuses: [401, 429]) { visitor, form in
                try await takeCode(visitor, form["code"] ?? "")
            },
            pages.post("/sign-out", "Signs out", needsSession: false) { visitor, _ in try await signOut(visitor) },
            pages.get("/welcome/{link}", "The page behind a link that lets one in", needsSession: false, refuses: [410])
            { visitor in
                let owner = try await pages.signIn.owner(of: visitor.request.path("link"))
                return welcome(visitor, owner)
            },
            pages.post(
                "/welcome/{link}", "Takes the password that one chooses", needsSession: false, refuses: [410, 422]
            ) { visitor, form in
                try await takeWelcome(visitor, form)
            },
        ]
    }

    // MARK: The password

    private func signIn(_ words: Words, _ email: String = "", fault: String? = nil, status: Status = .ok) -> Response {
        let form = Form.to(
            "/sign-in",
            [
                Form.field(
                    "email", words("Email", "邮箱"),
                    [
                        .text("type", "email"), .text("autocomplete", "username"), .text("value", email),
                        .flag("required"),
                    ]),
                Form.field(
                    "password", words("Password", "密码"),
                    [.text("type", "password"), .text("autocomplete", "current-password"), .flag("required")],
                    fault: fault),
                Form.send(words("Sign in", "登录")),
            ])
        let help = HTML.element(
            "p", [.classes("meta")],
            [
                HTML(
                    words(
                        "Forgotten? An administrator sends you a link to choose another password.",
                        "忘记密码？请管理员发给您一个重设链接。"))
            ])
        return PageFrame.plain(
            words, words("Sign in", "登录"), [form] + passkey(words) + provider(words) + [help], status: status)
    }

    /// The page again, with why a passkey was refused.
    func refused(_ text: String, _ words: Words) -> Response { signIn(words, fault: text, status: .unauthorized) }

    private func provider(_ words: Words) -> [HTML] {
        guard pages.hasProvider else { return [] }
        return [
            .element(
                "p", [],
                [
                    .element(
                        "a", [.classes("b wide"), .id("elsewhere"), .link("/sign-in/elsewhere")],
                        [HTML(words("Use the firm's account", "使用公司账号登录"))])
                ])
        ]
    }

    private func passkey(_ words: Words) -> [HTML] {
        guard pages.passkeys.canBe else { return [] }
        return [
            PasskeyPages.form(
                "show", "/sign-in/passkey",
                [.element("button", [.classes("b wide")], [HTML(words("Sign in with a passkey", "使用通行密钥登录"))])],
                refused: words("No passkey was shown.", "没有使用通行密钥。"))
        ]
    }

    private func takePassword(_ visitor: Visitor, _ form: [String: String]) async throws -> Response {
        let (email, password) = (form["email"] ?? "", form["password"] ?? "")
        do {
            let device = pages.cookies.value(.device, visitor.request)
            switch try await pages.signIn.password(password, of: email, device: device, from: visitor.caller) {
            case .session(let begun): return pages.welcome(begun, to: "/")
            case .code(let ticket):
                return pages.cookies.set(.ticket, ticket, for: 300, Pages.redirect("/sign-in/code"))
            }
        } catch let problem as Problem where [401, 429, 503].contains(problem.status) {
            return signIn(visitor.words, email, fault: told(problem, visitor.words), status: problem.status)
        }
    }

    /// A refusal in words for a person.
    private func told(_ problem: Problem, _ words: Words) -> String {
        let seconds = problem.headers["retry-after"] ?? "1"
        return switch problem.status {
        case .tooManyRequests:
            words(
                "Too many tries. The next one counts in \(seconds) seconds.", "尝试次数太多，请\(seconds)秒后再试。")
        case .unavailable: words("Many are signing in just now. Try again.", "现在登录的人较多，请再试一次。")
        default: words("Email and password do not match.", "邮箱和密码不匹配。")
        }
    }

    // MARK: The code

    private func code(_ words: Words, fault: String? = nil, status: Status = .ok) -> Response {
        let form = Form.to(
            "/sign-in/code",
            [
                Form.field(
                    "code", words("Code", "验证码"),
                    [
                        .text("autocomplete", "one-time-code"), .text("inputmode", "text"), .flag("required"),
                        .flag("autofocus"),
                    ],
                    hint: words(
                        "Six digits from your phone, or one of your recovery codes.", "手机上的6位数字，或您的一个恢复码。"),
                    fault: fault),
                Form.send(words("Continue", "继续")),
            ])
        return PageFrame.plain(words, words("The code from your phone", "手机验证码"), [form], status: status)
    }

    private func takeCode(_ visitor: Visitor, _ given: String) async throws -> Response {
        let words = visitor.words
        guard let ticket = pages.cookies.value(.ticket, visitor.request), !ticket.isEmpty else {
            return Pages.redirect("/sign-in")
        }
        do {
            let begun = try await pages.signIn.code(
                given, ticket: ticket, device: pages.cookies.value(.device, visitor.request), from: visitor.caller)
            return pages.welcome(begun, to: "/")
        } catch let problem as Problem where [401, 429].contains(problem.status) {
            let fault =
                problem.status == .tooManyRequests
                ? told(problem, words)
                : words(
                    "The code does not match, or was used already.", "验证码不对，或者已经用过。")
            return code(words, fault: fault, status: problem.status)
        }
    }

    private func signOut(_ visitor: Visitor) async throws -> Response {
        if let session = visitor.session {
            _ = try await pages.sessions.end(session.id, of: session.person, "signed out")
        }
        return pages.cookies.set(.session, "", for: 0, Pages.redirect("/sign-in"))
    }

    // MARK: The welcome

    private typealias Owner = (person: UUID, name: String, email: String?)

    private func welcome(
        _ visitor: Visitor, _ owner: Owner, _ form: [String: String] = [:], faults: [String: String] = [:],
        status: Status = .ok
    ) -> Response {
        let words = visitor.words
        var fields: [HTML] = []
        if owner.email == nil {
            fields = [
                Form.field(
                    "name", words("Your name", "您的姓名"),
                    [.text("autocomplete", "name"), .text("value", form["name"] ?? ""), .flag("required")],
                    fault: faults["name"]),
                Form.field(
                    "email", words("Your email", "您的邮箱"),
                    [
                        .text("type", "email"), .text("autocomplete", "username"), .text("value", form["email"] ?? ""),
                        .flag("required"),
                    ],
                    hint: words("You sign in with it.", "以后用它登录。"), fault: faults["email"]),
            ]
        }
        let hint = words(
            "At least \(NewPassword.least) characters; several words are good.", "至少\(NewPassword.least)个字符，几个词连起来就很好。")
        fields += [
            Form.field(
                "password", words("A password", "设置密码"),
                [.text("type", "password"), .text("autocomplete", "new-password"), .flag("required")], hint: hint,
                fault: faults["password"]),
            Form.send(words("Save and sign in", "保存并登录")),
        ]
        let title =
            owner.email == nil ? words("Welcome", "欢迎") : words("Welcome, \(owner.name)", "\(owner.name)，欢迎")
        let meta = owner.email.map { [HTML.element("p", [.classes("ink2")], [HTML($0)])] } ?? []
        let path = "/welcome/\(visitor.request.path("link"))"
        return PageFrame.plain(words, title, meta + [Form.to(path, fields)], status: status)
    }

    private func takeWelcome(_ visitor: Visitor, _ form: [String: String]) async throws -> Response {
        let link = visitor.request.path("link")
        let owner = try await pages.signIn.owner(of: link)
        let described = owner.email == nil ? (form["name"] ?? "", form["email"] ?? "") : nil
        do {
            let begun = try await pages.signIn.use(
                link, password: form["password"] ?? "", described: described, from: visitor.caller)
            return pages.welcome(begun, to: "/")
        } catch let problem as Problem where !problem.errors.isEmpty {
            let faults = Dictionary(
                problem.errors.map { ($0.field, Refusals.told($0, visitor.words)) },
                uniquingKeysWith: { first, _ in first })
            return welcome(visitor, owner, form, faults: faults, status: .unprocessable)
        }
    }
}
