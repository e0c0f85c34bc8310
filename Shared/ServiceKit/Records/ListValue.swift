import CRMModel
import Crypto
import FoundationEssentials
import HTTP
import Postgres

/// What a list in a field can hold: a word or an id.
public protocol ListElement: FieldValue {
    /// The array of the database that keeps them.
    static var sqlArray: String { get }
    /// What stands for one in a text.
    var listed: String { get }
    /// Reads it.
    init?(listed: String)
}

extension String: ListElement {
    /// `text[]`.
    public static var sqlArray: String { "text[]" }
    /// Itself.
    public var listed: String { self }
    /// Itself.
    public init?(listed: String) { self = listed }
}

extension UUID: ListElement {
    /// `uuid[]`.
    public static var sqlArray: String { "uuid[]" }
    /// In lower case.
    public var listed: String { text }
    /// Reads an id.
    public init?(listed: String) { self.init(text: listed) }
}

/// A list in one field: an array in the database, which is sent and read as one text, parted by a sign that stands in no element.
extension Array: FieldValue where Element: ListElement {
    private static var parting: Character { "\u{1F}" }

    /// A list.
    public static var schema: Schema { .array(Element.schema) }

    /// Reads a list; what comes twice in it is once in it.
    public init(json: inout JSONReader) throws(JSONError) {
        var list: [Element] = []
        try json.array { reader throws(JSONError) in
            let element = try Element(json: &reader)
            if element.listed.contains(Self.parting) { throw reader.expected("a text without the character U+001F") }
            if !list.contains(element) { list.append(element) }
        }
        self = list
    }

    /// Its elements in one text.
    public var stored: String { map(\.listed).joined(separator: String(Self.parting)) }

    /// Reads that text.
    public init?(stored: String) {
        let parts = stored.split(separator: Self.parting).map(String.init)
        let elements = parts.compactMap { Element(listed: $0) }
        guard elements.count == parts.count else { return nil }
        self = elements
    }

    /// The array as one text.
    public static func read(_ column: String) -> String { "array_to_string(\(column), E'\\x1f')" }
    /// The array of one text.
    public static func write(_ parameter: String) -> String {
        "string_to_array(\(parameter)::text, E'\\x1f')::\(Element.sqlArray)"
    }
    /// A list.
    public static func show(_ column: String) -> String { "to_json(\(column))" }
}

extension Rule {
    /// At most so many, each of them cleaned by the rule of one.
    public static func each<Element>(_ rule: Rule<Element>, atMost most: Int = 100) -> Rule where Value == [Element] {
        Rule(rule.schema.map { Schema.array($0) }) { list, name in
            guard list.count <= most else { throw Problem.field(name, "must have at most \(most) elements") }
            return try list.enumerated().map { try rule.clean($1, "\(name)[\($0)]") }
        }
    }
}
