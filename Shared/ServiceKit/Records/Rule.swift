import CRMModel
import HTTP

/// What is asked of a field's value; it may clean the value.
public struct Rule<Value: Sendable>: Sendable {
    let schema: Schema?
    let clean: @Sendable (Value, String) throws -> Value

    /// Asks something; `clean` throws a 400 that names the field.
    public init(_ schema: Schema? = nil, _ clean: @escaping @Sendable (Value, String) throws -> Value) {
        self.schema = schema
        self.clean = clean
    }

    /// Asks nothing.
    public static var any: Rule { Rule { value, _ in value } }
}

extension Rule<String> {
    /// Trimmed text of 1 to `limit` characters.
    public static func text(_ limit: Int = 300) -> Rule {
        Rule { try FieldCheck.needed($0, $1, atMost: limit) }
    }
    /// One of some words.
    public static func word(_ words: [String]) -> Rule {
        Rule(.enumeration(words)) { value, name in try FieldCheck.word(value, name, of: words) ?? value }
    }
    /// A mail address.
    public static var mail: Rule { Rule { value, name in try FieldCheck.mail(value, name) ?? value } }
    /// A code of ISO 4217.
    public static var currency: Rule { Rule { value, name in try FieldCheck.currency(value, name) ?? value } }
}

extension Rule<Amount> {
    /// Nothing or more.
    public static var notNegative: Rule {
        Rule { value, name in
            guard value >= .zero else { throw Problem.field(name, "must not be negative") }
            return value
        }
    }
}
