import CRMModel
import FoundationEssentials
import HTML

/// The parts of pages that show.
enum Parts {
    /// How something stands: a word with a shape.
    enum Standing { case good, warn, bad, off, wait }

    /// A word with its shape.
    static func state(_ standing: Standing, _ text: String) -> HTML {
        let classes: HTML.Attribute =
            switch standing {
            case .good: .classes("st good")
            case .warn: .classes("st warn")
            case .bad: .classes("st bad")
            case .off: .classes("st off")
            case .wait: .classes("st wait")
            }
        return .element("span", [classes], [HTML(text)])
    }

    /// A link that looks like what it does.
    static func act(_ path: String, _ text: String, isPrimary: Bool = false) -> HTML {
        .element("a", [isPrimary ? .classes("b pri") : .classes("b"), .link(path)], [HTML(text)])
    }

    /// A button that is a form of its own.
    static func button(_ path: String, _ text: String, isBad: Bool = false, _ hidden: [HTML] = [], name: String? = nil)
        -> HTML
    {
        let label = name.map { [HTML.Attribute.text("aria-label", $0)] } ?? []
        return .element(
            "form", [.text("method", "post"), .action(path)],
            hidden + [.element("button", [isBad ? .classes("b bad") : .classes("b")] + label, [HTML(text)])])
    }

    /// Names and what they have; what has nothing is left out.
    static func facts(_ facts: [(String, String?)]) -> HTML {
        .element(
            "dl", [.classes("facts")],
            facts.flatMap { name, value -> [HTML] in
                guard let value, !value.isEmpty else { return [] }
                return [.element("dt", [], [HTML(name)]), .element("dd", [], [HTML(value)])]
            })
    }

    /// A part of a page with its name.
    static func section(_ id: String, _ title: String, _ parts: [HTML]) -> HTML {
        .element("section", [.text("aria-labelledby", id)], [.element("h2", [.id(id)], [HTML(title)])] + parts)
    }

    /// What matters, and beside it what may; below each other where there is no room.
    static func columns(_ main: [HTML], side: [HTML]) -> HTML {
        guard !side.isEmpty else { return .element("div", [.classes("stack")], main) }
        return .element(
            "div", [.classes("cols")],
            [.element("div", [.classes("stack")], main), .element("div", [.classes("side stack")], side)])
    }

    /// A line that says that there is nothing, and why.
    static func quiet(_ text: String) -> HTML { .element("p", [.classes("ink2")], [HTML(text)]) }

    /// What was refused, above the form.
    static func refused(_ text: String, also more: [String] = []) -> HTML {
        .element(
            "div", [.classes("note bad"), .text("role", "alert")],
            ([text] + more).map { .element("p", [], [HTML($0)]) })
    }

    /// A field to search, sent by Enter or its button.
    static func search(_ path: String, _ query: String, _ label: String, _ words: Words) -> HTML {
        .element(
            "form", [.classes("find narrow"), .action(path), .text("role", "search")],
            [
                .empty(
                    "input",
                    [
                        .text("name", "q"), .id("q"), .text("type", "search"), .text("value", query),
                        .text("aria-label", label), .text("placeholder", label),
                    ]),
                .element("button", [.classes("b")], [HTML(words("Find", "查找"))]),
            ])
    }

    /// A moment, to the minute.
    static func time(_ date: Date) -> String {
        let text = RFC3339.string(date)
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
    }
}
