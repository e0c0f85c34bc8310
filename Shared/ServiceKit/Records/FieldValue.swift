import CRMModel
import Crypto
import FoundationEssentials
import HTTP
import Postgres

/// A type that a field can have: how it is read from JSON, described, stored and shown.
public protocol FieldValue: Sendable, SendableMetatype, Equatable {
    /// What its column holds.
    associatedtype Stored: SQLEncodable & SQLDecodable & Sendable
    /// Its description.
    static var schema: Schema { get }
    /// Reads JSON.
    init(json: inout JSONReader) throws(JSONError)
    /// Its column's value.
    var stored: Stored { get }
    /// Reads its column; nil where the column holds what it cannot be.
    init?(stored: Stored)
    /// SQL that reads the column as `Stored`.
    static func read(_ column: String) -> String
    /// SQL that makes the column's value of a parameter.
    static func write(_ parameter: String) -> String
    /// SQL that shows the column in JSON.
    static func show(_ column: String) -> String
}

extension FieldValue {
    /// As it is.
    public static func read(_ column: String) -> String { column }
    /// As it is.
    public static func write(_ parameter: String) -> String { parameter }
    /// As it is.
    public static func show(_ column: String) -> String { column }
}

extension FieldValue where Stored == Self {
    /// Itself.
    public var stored: Self { self }
    /// Itself.
    public init?(stored: Self) { self = stored }
}

extension String: FieldValue {
    /// Any text.
    public static var schema: Schema { .string }
    /// Reads a string.
    public init(json: inout JSONReader) throws(JSONError) { self = try json.string() }
}

extension Int: FieldValue {
    /// A whole number.
    public static var schema: Schema { .integer() }
    /// Reads a whole number.
    public init(json: inout JSONReader) throws(JSONError) { self = try json.integer() }
}

extension UUID: FieldValue {
    /// An id.
    public static var schema: Schema { .uuid }
    /// Reads an id.
    public init(json: inout JSONReader) throws(JSONError) {
        guard let id = UUID(text: try json.string()) else { throw json.expected("a UUID") }
        self = id
    }
}

extension Bool: FieldValue {
    /// `true` or `false`.
    public static var schema: Schema { .boolean }
    /// Reads `true` or `false`.
    public init(json: inout JSONReader) throws(JSONError) { self = try json.boolean() }
}

extension Date: FieldValue {
    /// A moment.
    public static var schema: Schema { .dateTime }
    /// Reads a moment in RFC 3339.
    public init(json: inout JSONReader) throws(JSONError) { self = try json.date() }
}

extension Amount: FieldValue {
    /// A decimal.
    public static var schema: Schema { .format("decimal") }
    /// Reads a decimal.
    public init(json: inout JSONReader) throws(JSONError) { self = try json.amount() }
    /// Ten-thousandths.
    public var stored: Int { units }
    /// Ten-thousandths.
    public init?(stored: Int) { self.init(units: stored) }
    /// A decimal string.
    public static func show(_ column: String) -> String { "(\(column) * 0.0001)::text" }
}

extension CalendarDay: FieldValue {
    /// A day.
    public static var schema: Schema { .date }
    /// Reads a day.
    public init(json: inout JSONReader) throws(JSONError) {
        guard let day = CalendarDay(try json.string()) else { throw json.expected("a day such as \"2011-12-31\"") }
        self = day
    }
    /// `YYYY-MM-DD`.
    public var stored: String { text }
    /// `YYYY-MM-DD`.
    public init?(stored: String) { self.init(stored) }
    /// A date is read as text.
    public static func read(_ column: String) -> String { "\(column)::text" }
    /// A date is written from text.
    public static func write(_ parameter: String) -> String { "\(parameter)::text::date" }
}
