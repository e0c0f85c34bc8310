import CRMModel
import FoundationEssentials
import HTTP

/// Holds answers against what their routes describe, so that every test of a route is one of its contract too.
enum AnswerCheck {
    /// What of an answer is not as the route describes it.
    static func faults(of response: Response, by route: Route) -> [String] {
        let status = response.status
        guard status.rawValue < 400 else { return [] }
        guard let answer = route.answers.first(where: { $0.status == status }) else {
            return ["\(status.rawValue) is not among its answers"]
        }
        guard case .json(let schema) = answer.body, let bytes = response.bytes else { return [] }
        do {
            let value = try JSONDecoder().decode(Value.self, from: Data(bytes))
            return faults(of: value, by: schema, "")
        } catch {
            return ["it is no JSON: \(error)"]
        }
    }

    private static func faults(of value: Value, by schema: Schema, _ path: String) -> [String] {
        switch (schema, value) {
        case (.any, _), (.reference, _), (.nullable, .null), (.boolean, .boolean), (.number, .number): []
        case (.named(_, let inner), _), (.nullable(let inner), _): faults(of: value, by: inner, path)
        case (.string, .text): []
        case (.format(let format), .text(let text)): fits(text, format) ? [] : ["\(path) is no \(format): \(text)"]
        case (.enumeration(let words), .text(let text)): words.contains(text) ? [] : ["\(path) is \(text)"]
        case (.integer(let range), .number(let number)):
            number == number.rounded() && (range?.contains(Int(number)) ?? true) ? [] : ["\(path) is \(number)"]
        case (.array(let inner), .list(let values)):
            values.enumerated().flatMap { faults(of: $1, by: inner, "\(path)[\($0)]") }
        case (.map(let inner), .object(let members)):
            members.flatMap { faults(of: $0.value, by: inner, "\(path).\($0.key)") }
        case (.object(let properties), .object(let members)): faults(of: members, by: properties, path)
        default: ["\(path.isEmpty ? "the answer" : path) is \(value), not \(schema)"]
        }
    }

    private static func faults(
        of members: [String: Value], by properties: [Schema.Property], _ path: String
    ) -> [String] {
        let names = Set(properties.map(\.name))
        let unknown = members.keys.filter { !names.contains($0) }.map { "\(path).\($0) is not described" }
        return unknown
            + properties.flatMap { property -> [String] in
                guard let value = members[property.name] else {
                    return property.isRequired ? ["\(path).\(property.name) is missing"] : []
                }
                if !property.isRequired, case .null = value { return [] }
                return faults(of: value, by: property.schema, "\(path).\(property.name)")
            }
    }

    private static func fits(_ text: String, _ format: String) -> Bool {
        switch format {
        case "uuid": UUID(uuidString: text) != nil && text == text.lowercased()
        case "decimal": Double(text) != nil
        case "date": CalendarDay(text) != nil
        // As PostgreSQL writes it, or as we do.
        case "date-time": text.utf8.count >= 19 && CalendarDay(String(text.prefix(10))) != nil
        default: true
        }
    }

    private indirect enum Value: Decodable {
        case null
        case boolean(Bool)
        case number(Double)
        case text(String)
        case list([Value])
        case object([String: Value])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .null
            } else if let value = try? container.decode(Bool.self) {
                self = .boolean(value)
            } else if let value = try? container.decode(Double.self) {
                self = .number(value)
            } else if let value = try? container.decode(String.self) {
                self = .text(value)
            } else if let value = try? container.decode([Value].self) {
                self = .list(value)
            } else {
                self = .object(try container.decode([String: Value].self))
            }
        }
    }
}
