import CRMModel
import EventLoop
import FoundationEssentials
import HTML
import HTTP
import ServiceKit
import Text

/// The parts of forms that choose.
extension Form {
    /// One of several, by its value; the first is no choice where there is a name for that.
    static func choice(
        _ name: String, _ label: String, _ options: [(value: String, label: String)], chosen: String,
        none: String? = nil, hint: String? = nil, fault: String? = nil
    ) -> HTML {
        let all = (none.map { [("", $0)] } ?? []) + options
        let id = id(of: name)
        let note = "\(id)-note"
        let isNoted = hint != nil || fault != nil
        var attributes: [HTML.Attribute] = [.id(id), .text("name", name)]
        if isNoted { attributes.append(.text("aria-describedby", note)) }
        if fault != nil { attributes.append(.text("aria-invalid", "true")) }
        let items = all.map { value, label in
            HTML.element("option", [.text("value", value), .flag("selected", value == chosen)], [HTML(label)])
        }
        return .element(
            "div", [.classes("f")],
            [.element("label", [.text("for", id)], [HTML(label)]), .element("select", attributes, items)]
                + (isNoted ? [self.note(note, hint: hint, fault: fault)] : []))
    }

    /// Any of several: boxes, each a name of its own in the form, `team-0190…`.
    static func boxes(_ name: String, _ legend: String, _ options: [(value: String, label: String, isOn: Bool)]) -> HTML
    {
        let boxes = options.map { value, label, isOn -> HTML in
            .element(
                "li", [],
                [
                    .element(
                        "label", [.classes("c")],
                        [
                            .empty(
                                "input",
                                [.text("type", "checkbox"), .text("name", "\(name)-\(value)"), .flag("checked", isOn)]),
                            HTML(label),
                        ])
                ])
        }
        return .element(
            "fieldset", [.classes("f")],
            [.element("legend", [], [HTML(legend)]), .element("ul", [.classes("boxes")], boxes)])
    }

    /// Names of people, to be found while one types an address.
    static func people(_ id: String, _ people: [(email: String, name: String)]) -> HTML {
        .element(
            "datalist", [.id(id)],
            people.map { .element("option", [.text("value", $0.email), .text("label", $0.name)], []) })
    }

    /// What nobody sees and the form carries.
    static func hidden(_ name: String, _ value: String) -> HTML {
        .empty("input", [.text("type", "hidden"), .text("name", name), .text("value", value)])
    }

    private static func note(_ id: String, hint: String?, fault: String?) -> HTML {
        let text = fault.map { HTML.element("span", [.classes("st bad")], [HTML($0)]) } ?? HTML(hint ?? "")
        return .element("small", [.id(id)], [text])
    }
}

/// What a form says of a record, in the JSON that the API takes: one check for both.
struct FormJSON {
    private enum Value: Encodable {
        case none
        case text(String)
        case number(Int)
        case list([String])

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .none: try container.encodeNil()
            case .text(let text): try container.encode(text)
            case .number(let number): try container.encode(number)
            case .list(let list): try container.encode(list)
            }
        }
    }

    private let form: [String: String]
    private var members: [String: Value] = [:]

    init(_ form: [String: String]) { self.form = form }

    /// A text; an empty one takes it away.
    mutating func text(_ name: String) {
        let text = (form[name] ?? "").trimmed
        members[name] = text.isEmpty ? Value.none : .text(text)
    }

    /// A text that is known otherwise.
    mutating func set(_ name: String, _ value: String?) { members[name] = value.map { .text($0) } ?? Value.none }

    /// A whole number.
    mutating func number(_ name: String) throws {
        let text = (form[name] ?? "").trimmed
        guard !text.isEmpty else { return members[name] = Value.none }
        guard let number = Int(text) else { throw Problem.field(name, "must be a whole number") }
        members[name] = .number(number)
    }

    /// Words between commas of either script.
    mutating func words(_ name: String) {
        let parts = (form[name] ?? "").unicodeScalars.split { ",，、;；\r\n".unicodeScalars.contains($0) }
        members[name] = .list(parts.map { String($0).trimmed }.filter { !$0.isEmpty })
    }

    /// The boxes that are ticked.
    mutating func boxes(_ name: String, as member: String) {
        let start = "\(name)-"
        members[member] = .list(
            form.filter { $0.key.hasPrefix(start) && $0.value == "on" }.map { String($0.key.dropFirst(start.count)) }
                .sorted())
    }

    /// The object.
    func bytes() throws -> [UInt8] { Array(try JSONEncoder().encode(members)) }
}
