import CRMModel
import FoundationEssentials
import HTTP
import ServiceKit

/// A field that the firm has added to parties.
struct CustomField: Sendable {
    /// What it is called in `custom`: letters, digits and underscores.
    let key: String
    let type: String
    let choices: [String]

    static let types = ["text", "number", "boolean", "date", "choice"]

    /// A value of another writing as this field's type, which import has only as text; nil where it is none.
    func value(_ text: String) -> CustomValue? {
        switch type {
        case "number": Decimal(string: text).map { .number($0) }
        case "boolean":
            switch text.lowercased() {
            case "true", "yes", "1", "是": .boolean(true)
            case "false", "no", "0", "否": .boolean(false)
            default: nil
            }
        default: complaint(.text(text)) == nil ? .text(text) : nil
        }
    }

    /// What is wrong with a value, for people; nil where nothing is.
    func complaint(_ value: CustomValue) -> String? {
        switch (type, value) {
        case ("text", .text(let text)):
            text.isEmpty || text.count > 1000 || text.unicodeScalars.contains("\0")
                ? "must have 1 to 1000 characters" : nil
        case ("number", .number(let number)): number.isFinite ? nil : "must be a number"
        case ("boolean", .boolean): nil
        case ("date", .text(let text)): CalendarDay(text) == nil ? "must be a date, YYYY-MM-DD" : nil
        case ("choice", .text(let text)):
            choices.contains(text) ? nil : "must be one of \(choices.joined(separator: ", "))"
        case ("text", _): "must be text"
        case ("date", _): "must be a date, YYYY-MM-DD"
        case ("choice", _): "must be one of \(choices.joined(separator: ", "))"
        case ("boolean", _): "must be true or false"
        default: "must be a number"
        }
    }

    /// What ranges ask for: the number, or the day counted from 1970-01-01.
    func number(_ value: CustomValue) -> String? {
        switch (type, value) {
        case ("number", .number(let number)): return "\(number)"
        case ("date", .text(let text)):
            return RFC3339.date("\(text)T00:00:00Z").map { String(Int(($0.timeIntervalSince1970 / 86_400).rounded())) }
        default: return nil
        }
    }
}

/// The custom fields there are.
struct CustomFields: Sendable {
    let byKey: [String: CustomField]

    /// Holds values against their fields; each refusal names its field. What a field left that is gone can be taken away.
    func check(_ values: [String: CustomValue?]) throws {
        for case let (key, value?) in values {
            guard let field = byKey[key] else { throw Problem.field("custom.\(key)", "is no custom field") }
            if let complaint = field.complaint(value) { throw Problem.field("custom.\(key)", complaint) }
        }
    }
}
