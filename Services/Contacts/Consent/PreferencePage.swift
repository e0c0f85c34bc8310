import EventLoop
import FoundationEssentials
import HTTP
import Text

/// A choice that the page offers.
struct Preference: Hashable {
    let channel: String
    let purpose: String

    /// Its name in the form.
    var field: String { "\(channel).\(purpose)" }

    /// What was said of each.
    static func said(_ rows: [(String, String, Bool)]) -> [Preference: Bool] {
        var said: [Preference: Bool] = [:]
        for (channel, purpose, granted) in rows { said[Preference(channel: channel, purpose: purpose)] = granted }
        return said
    }
}

/// The preference centre's pages, in Chinese or English as the customer chooses, else as the browser asks. What stands in them of the request is
/// the language alone.
@Loop
struct PreferencePage {
    static let language = Route.Parameter.query("lang", .enumeration(["en", "zh"]), "The language of the page")
    /// The member of the form by which all offers are refused at once.
    nonisolated static let stop = "stop"

    /// What can be chosen: marketing by each of the firm's channels, and whether a profile may be made.
    let offered: [Preference]
    private let isChinese: Bool
    private let firm: String?
    private let channels: Channels

    init(_ request: Request, firm: String?, channels: Channels) {
        let asked = request.query("lang") ?? request.headers["accept-language"]?.lowercased() ?? "en"
        isChinese = asked.hasPrefix("zh")
        self.firm = firm
        self.channels = channels
        offered =
            channels.names.map { Preference(channel: $0, purpose: "marketing") }
            + [Preference(channel: "mail", purpose: "profiling")]
    }

    private func text(_ english: String, _ chinese: String) -> String { isChinese ? chinese : english }

    private func label(_ preference: Preference) -> String {
        if preference.purpose == "profiling" { return text("Suggestions that fit what I bought", "按我买过的推荐") }
        if let own = channels.label(preference.channel) {
            return text("Offers by \(PageText.escaped(own))", "通过\(PageText.escaped(own))告诉我优惠")
        }
        return switch preference.channel {
        case "mail": text("Offers by e-mail", "通过电子邮件告诉我优惠")
        case "sms": text("Offers by text message", "通过短信告诉我优惠")
        case "phone": text("Offers by telephone", "打电话告诉我优惠")
        case "wechat": text("Offers by WeChat", "通过微信告诉我优惠")
        case "post": text("Offers by post", "邮寄优惠资料给我")
        default: text("Offers by \(preference.channel)", "通过\(preference.channel)告诉我优惠")
        }
    }

    /// The form. Its question is the heading, and what is refused at once stands apart from what is saved.
    func form(_ name: String?, _ allowed: [Preference: Bool], isSaved: Bool = false) -> Response {
        let rows = offered.map { preference in
            let checked = allowed[preference] == true ? " checked" : ""
            return """
                <label><input type="checkbox" name="\(preference.field)" value="yes"\(checked)>\(label(preference))</label>
                """
        }
        let person = name.map { "<span lang=\"und\">\(PageText.escaped($0))</span>" }
        let question = text(
            "What would you like to hear from us\(person.map { ", \($0)" } ?? "")?",
            "\(person.map { "\($0)，" } ?? "")您想收到什么？")
        let saved = isSaved ? "<p class=\"done\" role=\"status\">\(text("Saved.", "已保存。"))</p>" : ""
        let action = "?lang=\(text("en", "zh"))"
        return page(
            .ok, text("Your preferences", "您的偏好设置"), heading: question,
            """
            \(saved)<form method="post" action="\(action)">
            <fieldset><legend>\(text("Tick what we may send you", "勾选的，我们才会发给您"))</legend>
            \(rows.joined(separator: "\n"))
            </fieldset>
            <button class="first">\(text("Save", "保存"))</button>
            </form>
            <section><h2>\(text("No more offers", "不想再收推广"))</h2>
            <p>\(text("One click, no sign-in, no questions. Notices on your orders go on.", "点一下就退订，不用登录，也不问原因。订单通知照旧。"))</p>
            <form method="post" action="\(action)"><input type="hidden" name="\(Self.stop)" value="all">
            <button class="end">\(text("Unsubscribe from all offers", "退订全部推广"))</button></form></section>
            <footer>\(text("This link is yours alone: whoever has it can change what you chose.", "此链接只属于您：拿到它的人可以更改您的选择。"))</footer>
            """)
    }

    /// The answer, or a page for people where the link is none or its time is over; other problems stay what they are.
    func orRefusal(_ answer: @Loop () async throws -> Response) async throws -> Response {
        do {
            return try await answer()
        } catch let problem as Problem where problem.status == .notFound || problem.status == 410 {
            let isOver = problem.status == 410
            let title = isOver ? text("This link is too old", "链接已过期") : text("This link does not work", "链接无效")
            let advice = text(
                "Use the link in our latest message, or write to us.", "用我们最近一次发给您的链接，或与我们联系。")
            return page(problem.status, title, heading: title, "<p>\(advice)</p>")
        }
    }

    private func page(_ status: Status, _ title: String, heading: String, _ body: String) -> Response {
        let head = PageText.escaped(firm ?? "")
        let other = text("<a href=\"?lang=zh\" lang=\"zh\">中文</a>", "<a href=\"?lang=en\" lang=\"en\">English</a>")
        return Response(
            status,
            text: """
                <!doctype html>
                <html lang="\(text("en", "zh"))"><head><meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1"><title>\(title)</title>
                <style>\(PageText.style)</style>
                </head><body><header><strong>\(head)</strong>\(other)</header>
                <main><h1>\(heading)</h1>
                \(body)
                </main></body></html>

                """, contentType: "text/html; charset=utf-8"
        ).with("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'")
            .with("referrer-policy", "no-referrer").with("cache-control", "no-store")
    }
}

/// What all public pages are written with.
enum PageText {
    /// The look: one column, 16 px, one hairline between rows, colour only where something can be done.
    static let style = """
        :root{color-scheme:light dark;--surface:#fff;--line:#e4e4e0;--edge:#84868a;--ink:#1b1c1e;--ink2:#505358;--accent:#1a5cb0;\
        --on:#fff;--bad:#ae241c;--good:#126a37;--goodbg:#e5f3e9}
        @media(prefers-color-scheme:dark){:root{--surface:#1b1c1e;--line:#2e3033;--edge:#787b80;--ink:#e8e8e6;--ink2:#b4b6ba;\
        --accent:#86b5f5;--on:#0d1a2b;--bad:#f4938a;--good:#74c893;--goodbg:#17291e}}
        body{margin:0 auto;max-width:640px;padding:32px 16px;background:var(--surface);color:var(--ink);overflow-wrap:break-word;\
        font:400 16px/1.5 system-ui,"PingFang SC","Microsoft YaHei",sans-serif}
        :lang(zh){line-height:1.7}
        header{display:flex;justify-content:space-between;gap:16px;margin-bottom:32px}header strong{font-size:20px;font-weight:600}
        a{color:var(--ink2);text-decoration:none;padding:4px 0}a:hover{text-decoration:underline}
        h1{font-size:24px;line-height:1.4;font-weight:600;margin:0 0 24px}h2{font-size:16px;font-weight:600;margin:0 0 4px}
        p{margin:0 0 16px}section{margin-top:48px}
        fieldset{border:0;margin:0 0 24px;padding:0;min-width:0}legend{padding:0 0 8px;font-size:14px;color:var(--ink2)}
        label{display:flex;align-items:center;gap:12px;min-height:44px;padding:4px 0;box-sizing:border-box;border-top:1px solid var(--line)}
        label:last-of-type{border-bottom:1px solid var(--line)}
        input[type=checkbox]{width:20px;height:20px;margin:0;flex:none;accent-color:var(--accent)}
        button{font:inherit;line-height:24px;min-height:44px;padding:8px 16px;border-radius:4px;border:1px solid var(--edge);\
        background:var(--surface);color:var(--ink);cursor:pointer}
        .first{background:var(--accent);border-color:var(--accent);color:var(--on);font-weight:600}
        .end{color:var(--bad);border-color:var(--bad)}
        .done{border-left:3px solid var(--good);background:var(--goodbg);padding:8px 12px}
        :focus-visible{outline:2px solid var(--accent);outline-offset:2px}
        footer{margin-top:32px;padding-top:16px;border-top:1px solid var(--line);font-size:14px;color:var(--ink2)}
        """

    /// Text as it stands in a page.
    static func escaped(_ text: String) -> String {
        text.replacing(["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;"])
    }
}
