import Crypto
import EventLoop
import FoundationEssentials
import HTML
import HTTP
import ServiceKit

/// Passkeys in pages: signing in with one, and one's own.
@Loop
struct PasskeyPages {
    private let pages: Pages
    private var passkeys: Passkeys { pages.passkeys }

    init(_ pages: Pages) { self.pages = pages }

    var routes: [Route] {
        [
            pages.ask("/sign-in/passkey/question", "Asks for a passkey", needsSession: false, refuses: [409]) { _ in
                asked(try passkeys.askWho())
            },
            pages.post("/sign-in/passkey", "Signs in with a passkey", needsSession: false, refuses: [401]) {
                visitor, form in
                try await signIn(visitor, form)
            },
            pages.ask("/me/passkeys/question", "Asks for a new passkey", refuses: [409]) { visitor in
                guard let session = visitor.session else { throw Problem(status: .unauthorized) }
                return asked(try await passkeys.askToMake(session))
            },
            pages.post("/me/passkeys", "Keeps a passkey that was made", refuses: [401]) { visitor, form in
                try await settle(visitor) { session in
                    let given =
                        (form["name"] ?? "").isEmpty
                        ? DeviceName.of(visitor.caller.agent, visitor.words) : form["name"] ?? ""
                    try await passkeys.keep(
                        form["answer"] ?? "", challenge: challenge(visitor), name: given, of: session)
                }
            },
            pages.post("/me/passkeys/{id}/name", "Gives a passkey of one's own another name") { visitor, form in
                let id = try visitor.request.id()
                return try await settle(visitor) { try await passkeys.rename(id, form["name"] ?? "", of: $0) }
            },
            pages.post("/me/passkeys/{id}/remove", "Takes a passkey of one's own away") { visitor, _ in
                let id = try visitor.request.id()
                return try await settle(visitor) { try await passkeys.remove(id, of: $0) }
            },
        ]
    }

    private func challenge(_ visitor: Visitor) -> String { pages.cookies.value(.passkey, visitor.request) ?? "" }

    private func asked(_ question: Passkeys.Question) -> Response {
        pages.cookies.set(
            .passkey, question.challenge, for: 300,
            Response(.ok, bytes: question.options, contentType: "application/json").with("cache-control", "no-store"))
    }

    private func signIn(_ visitor: Visitor, _ form: [String: String]) async throws -> Response {
        do {
            let begun = try await passkeys.begin(
                form["answer"] ?? "", challenge: challenge(visitor),
                device: pages.cookies.value(.device, visitor.request), from: visitor.caller)
            return pages.cookies.set(.passkey, "", for: 0, pages.welcome(begun, to: "/"))
        } catch let problem as Problem where problem.status == .unauthorized {
            let words = visitor.words
            return SignInPages(pages).refused(
                words("This passkey was not taken. Try again, or use your password.", "未能使用此通行密钥登录，请重试或改用密码。"), words)
        }
    }

    private func settle(_ visitor: Visitor, _ work: (Session) async throws -> Void) async throws -> Response {
        try await ProfilePages(pages).settle(visitor, work)
    }

    // MARK: What is shown

    /// A form that a script shows and fills; without one it is hidden.
    static func form(_ kind: String, _ path: String, _ parts: [HTML], refused: String) -> HTML {
        .group([
            .element(
                "form",
                [
                    .classes("form"), .text("method", "post"), .action(path), .text("data-passkey", kind),
                    .text("data-options", path + "/question"), .flag("hidden"),
                ],
                parts + [
                    Form.hidden("answer", ""),
                    .element(
                        "p", [.text("role", "alert"), .flag("hidden")],
                        [.element("span", [.classes("st bad")], [HTML(refused)])]),
                ]),
            .element("script", [.text("type", "module"), .source(PasskeyScript.path)]),
        ])
    }

    /// One's own, with the way to make another.
    func own(_ words: Words, _ session: Session) async throws -> HTML {
        let title = words("Passkeys", "通行密钥")
        guard passkeys.canBe else {
            return Parts.section(
                "passkeys", title,
                [
                    Parts.quiet(
                        words(
                            "There are none for this address: it is not encrypted, or has no name.",
                            "当前网址未加密或没有域名，无法使用通行密钥。"))
                ])
        }
        let rows = try await pages.context.rows(PasskeyStore.of, session.person).map { row($0, words) }
        let why = words(
            "A passkey signs you in with a finger, your face or a PIN, and no password that could be guessed or given away.",
            "通行密钥用指纹、面容或PIN登录，没有可以被猜到或骗走的密码。")
        let add = Self.form(
            "make", "/me/passkeys",
            [
                Form.field(
                    "name", words("Name of the new passkey", "新通行密钥的名称"),
                    [.text("maxlength", "60"), .text("autocomplete", "off")],
                    hint: words("Such as “Work laptop”.", "例如“工作电脑”。")),
                Form.send(words("Add a passkey", "添加通行密钥"), isPrimary: false),
            ],
            refused: words("No passkey was made.", "没有添加通行密钥。"))
        let table = Form.table(
            [words("Passkey", "名称"), words("Last used", "最近使用"), words("Remove", "移除")], rows, right: 2)
        return Parts.section(
            "passkeys", title,
            (rows.isEmpty ? [Parts.quiet(why)] : [table]) + [.element("div", [.classes("down")], [add])])
    }

    private func row(_ passkey: (UUID, String, Date, Date?, Bool), _ words: Words) -> HTML {
        let (id, name, made, used, isBackedUp) = passkey
        let place =
            isBackedUp ? words("kept in your account with its maker", "随账户同步") : words("on one device only", "仅在一台设备上")
        return .element(
            "tr", [],
            [
                .element(
                    "th", [.text("scope", "row")],
                    [
                        .element(
                            "details", [],
                            [
                                .element("summary", [], [HTML(name)]),
                                .element(
                                    "form",
                                    [
                                        .classes("find"), .text("method", "post"),
                                        .action("/me/passkeys/\(id.text)/name"),
                                    ],
                                    [
                                        .empty(
                                            "input",
                                            [
                                                .text("name", "name"), .text("value", name), .text("maxlength", "60"),
                                                .text("aria-label", words("Another name for \(name)", "\(name)的新名称")),
                                                .flag("required"),
                                            ]),
                                        .element("button", [.classes("b")], [HTML(words("Rename", "改名"))]),
                                    ]),
                            ]), .element("small", [.classes("meta")], [HTML(place)]),
                    ]),
                .element(
                    "td", [.classes("w")],
                    [
                        HTML(used.map { Parts.time($0) } ?? words("never", "未使用")),
                        .element(
                            "small", [.classes("meta")], [HTML(words("made ", "添加于") + Parts.time(made).prefix(10))]),
                    ]),
                .element(
                    "td", [.classes("r")],
                    [
                        Parts.button(
                            "/me/passkeys/\(id.text)/remove", words("Remove", "移除"),
                            name: words("Remove \(name)", "移除\(name)"))
                    ]),
            ])
    }
}
