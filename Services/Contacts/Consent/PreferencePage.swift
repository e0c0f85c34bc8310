import EventLoop
import FoundationEssentials
import HTTP
import Text

/// A choice that the page offers.
struct Preference: Hashable {
    let channel: String
    let purpose: String

    /// Marketing by each channel, and whether a profile may be made.
    static let offered =
        ConsentDecision.channels.map { Preference(channel: $0, purpose: "marketing") }
        + [Preference(channel: "mail", purpose: "profiling")]

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

    private let isChinese: Bool
    private let firm: String?

    init(_ request: Request, firm: String?) {
        let asked = request.query("lang") ?? request.headers["accept-language"]?.lowercased() ?? "en"
        isChinese = asked.hasPrefix("zh")
        self.firm = firm
    }

    private func text(_ english: String, _ chinese: String) -> String { isChinese ? chinese : english }

    private func label(_ preference: Preference) -> String {
        switch (preference.channel, preference.purpose) {
        case (_, "profiling"): text("Suggestions that fit what I bought", "根据我的购买记录推荐")
        case ("mail", _): text("Offers by e-mail", "通过电子邮件接收优惠信息")
        case ("sms", _): text("Offers by text message", "通过短信接收优惠信息")
        case ("phone", _): text("Offers by telephone", "通过电话接收优惠信息")
        case ("wechat", _): text("Offers by WeChat", "通过微信接收优惠信息")
        default: text("Offers by post", "通过邮寄接收优惠信息")
        }
    }

    func form(_ name: String?, _ allowed: [Preference: Bool], isSaved: Bool = false) -> Response {
        let boxes = Preference.offered.map { preference in
            let checked = allowed[preference] == true ? " checked" : ""
            return """
                <p><label><input type="checkbox" name="\(preference.field)" value="yes"\(checked)> \
                \(label(preference))</label></p>
                """
        }
        let greeting = name.map { "<p>\(text("For", "尊敬的")) <strong>\(Self.escaped($0))</strong></p>" } ?? ""
        let saved = isSaved ? "<p role=\"status\"><strong>\(text("Saved.", "已保存。"))</strong></p>" : ""
        return page(
            .ok, text("Your preferences", "您的偏好设置"),
            """
            \(greeting)\(saved)<p>\(text("What may we send you? Untick all to hear nothing.", "您希望接收哪些信息？全部取消则不再接收。"))</p>
            <form method="post" action="?lang=\(text("en", "zh"))">
            \(boxes.joined(separator: "\n"))
            <p><button>\(text("Save", "保存"))</button></p>
            </form>
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
                "Please use the link in our latest message, or write to us.", "请使用我们最近一次发送的链接，或与我们联系。")
            return page(problem.status, title, "<p>\(advice)</p>")
        }
    }

    private func page(_ status: Status, _ title: String, _ body: String) -> Response {
        let head = firm.map { "<p class=\"firm\">\(Self.escaped($0))</p>" } ?? ""
        return Response(
            status,
            text: """
                <!doctype html>
                <html lang="\(text("en", "zh"))"><head><meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1"><title>\(title)</title>
                <style>\(Self.style)</style>
                </head><body><header>\(head)
                <nav><a href="?lang=en" lang="en">English</a> <a href="?lang=zh" lang="zh">中文</a></nav></header>
                <main><h1>\(title)</h1>
                \(body)
                </main></body></html>

                """, contentType: "text/html; charset=utf-8"
        ).with("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'")
            .with("referrer-policy", "no-referrer").with("cache-control", "no-store")
    }

    private static let style = """
        :root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:2rem auto;padding:0 1rem}
        header{display:flex;justify-content:space-between;align-items:baseline}.firm{font-weight:600}nav a{margin-left:.6rem}
        label{display:block;padding:.3rem 0}button{font:inherit;padding:.5rem 1.4rem}
        """

    private static func escaped(_ text: String) -> String {
        text.replacing(["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;"])
    }
}
