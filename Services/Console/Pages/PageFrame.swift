import EventLoop
import HTML
import HTTP

/// What stands around the content of a page.
enum PageFrame {
    /// What browsers may do with a page: nothing of others, no script in it, nobody around it.
    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

    /// A page for who has not signed in.
    static func plain(_ words: Words, _ title: String, _ body: [HTML], status: Status = .ok) -> Response {
        let other = Words(isChinese: !words.isChinese)
        let foot = HTML.group([
            .empty("hr"),
            .element(
                "form", [.classes("line sp meta"), .text("method", "post"), .action("/language")],
                [
                    .element("span", [], ["Rapport"]),
                    .element(
                        "button",
                        [
                            .classes("b q"), .text("name", "language"), .text("value", other.isChinese ? "zh" : "en"),
                            .text("lang", other.tag),
                        ], [HTML(other("English", "中文"))]),
                ]),
        ])
        let main = HTML.element(
            "main", [.classes("form"), .id("main")], [.element("h1", [], [HTML(title)])] + body + [foot])
        return answer(words, title, .element("body", [.classes("plain")], [main]), status)
    }

    /// A page for who has.
    static func app(
        _ words: Words, _ name: String, _ title: String, at place: String, _ places: [(path: String, name: String)],
        _ body: [HTML], head: PageHead = PageHead(), status: Status = .ok
    ) -> Response {
        let list = places.map { path, name -> HTML in
            let current: [HTML.Attribute] = path == place ? [.text("aria-current", "page")] : []
            return .element("li", [], [.element("a", [.link(path)] + current, [HTML(name)])])
        }
        let me = HTML.element(
            "form", [.classes("me"), .text("method", "post"), .action("/sign-out")],
            [.element("button", [.classes("b q")], [HTML(words("Sign out", "退出登录"))])])
        let navigation = HTML.element(
            "nav",
            [.classes("nav"), .id("nav"), .flag("popover"), .text("aria-label", words("Pages", "页面"))],
            [
                .element("p", [.classes("firm")], ["Rapport", .element("small", [], [HTML(name)])]),
                .element("ul", [], list), me,
            ])
        let bar = HTML.element(
            "header", [.classes("bar")],
            [
                .element(
                    "button", [.classes("b q"), .text("popovertarget", "nav"), .id("menu")], [HTML(words("Menu", "菜单"))]
                ),
                .element("b", [], [HTML(title)]),
            ])
        let main = HTML.element(
            "main", [.id("main"), .text("tabindex", "-1")],
            [head.html(title)] + body)
        let skip = HTML.element("a", [.classes("skip"), .link("#main")], [HTML(words("To the content", "跳到内容"))])
        return answer(
            words, title, .element("body", [], [skip, bar, .element("div", [.classes("app")], [navigation, main])]),
            status)
    }

    private static func answer(_ words: Words, _ title: String, _ body: HTML, _ status: Status) -> Response {
        let head = HTML.element(
            "head", [],
            [
                .empty("meta", [.text("charset", "utf-8")]),
                .empty("meta", [.text("name", "viewport"), .text("content", "width=device-width,initial-scale=1")]),
                .element("title", [], [HTML("\(title) · Rapport")]),
                .empty("link", [.text("rel", "stylesheet"), .link(PageStyle.path)]),
            ])
        let page = HTML.element("html", [.text("lang", words.tag)], [head, body])
        return Response(status, bytes: page.page, contentType: "text/html; charset=utf-8")
            .with("content-security-policy", policy).with("referrer-policy", "same-origin")
            .with("x-content-type-options", "nosniff").with("cache-control", "no-store")
    }
}

/// What stands above the content: where one is, what it is called, how it stands, and what can be done.
struct PageHead {
    /// What can be done; at most one of it is primary.
    var acts: [HTML] = []
    /// The list that it is of.
    var crumb: (name: String, path: String)?
    /// How it stands, in a line.
    var line: HTML?

    func html(_ title: String) -> HTML {
        let crumb = crumb.map { name, path -> HTML in
            .element("p", [.classes("crumb")], [.element("a", [.link(path)], [HTML(name)])])
        }
        let left = [crumb, .element("h1", [], [HTML(title)]), line.map { .element("p", [], [$0]) }].compactMap { $0 }
        let right = acts.isEmpty ? [] : [HTML.element("div", [.classes("acts")], acts)]
        return .element("div", [.classes("head")], [.element("div", [], left)] + right)
    }
}

/// The parts of forms.
enum Form {
    /// A form that is sent to a path.
    static func to(_ path: String, _ parts: [HTML]) -> HTML {
        .element("form", [.classes("form"), .text("method", "post"), .action(path)], parts)
    }

    /// The id of a field on its page, of its name: `external-id` of `externalId`.
    static func id(of name: String) -> String {
        name.unicodeScalars.map { $0.properties.isUppercase ? "-\($0.properties.lowercaseMapping)" : "\($0)" }.joined()
    }

    /// A field with its name above and what is wrong with it below.
    static func field(
        _ name: String, _ label: String, _ attributes: [HTML.Attribute], hint: String? = nil, fault: String? = nil
    ) -> HTML {
        let id = id(of: name)
        let note = "\(id)-note"
        var more = attributes + [.id(id), .text("name", name)]
        if hint != nil || fault != nil { more.append(.text("aria-describedby", note)) }
        if fault != nil { more.append(.text("aria-invalid", "true")) }
        var parts = [HTML.element("label", [.text("for", id)], [HTML(label)]), .empty("input", more)]
        if let fault {
            parts.append(
                .element("small", [.id(note)], [.element("span", [.classes("st bad")], [HTML(fault)])]))
        } else if let hint {
            parts.append(.element("small", [.id(note)], [HTML(hint)]))
        }
        return .element("div", [.classes("f")], parts)
    }

    /// The button that sends it.
    static func send(_ text: String, isPrimary: Bool = true) -> HTML {
        .element("button", [isPrimary ? .classes("b pri") : .classes("b")], [HTML(text)])
    }

    /// A table with its heads; on a phone one column of it is left out; numbers stand to the right.
    static func table(_ heads: [String], _ rows: [HTML], second: Int? = nil, right: Int? = nil) -> HTML {
        let names = heads.enumerated().map { place, name -> HTML in
            .element(
                "th",
                [.text("scope", "col")] + (place == second ? [.classes("p2")] : place == right ? [.classes("r")] : []),
                [HTML(name)])
        }
        return .element(
            "div", [.classes("scroll")],
            [
                .element(
                    "table", [.classes("rows")],
                    [.element("thead", [], [.element("tr", [], names)]), .element("tbody", [], rows)])
            ])
    }
}
