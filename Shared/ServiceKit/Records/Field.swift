import CRMModel
import HTTP
import Postgres

/// One field of a record, said once.
public struct Field<Root: Sendable>: Sendable {
    /// Its name in JSON.
    let name: String
    let column: String
    /// What callers say.
    let schema: Schema
    /// What they see, where that is more than what they may say.
    let shown: Schema
    /// Whether callers may say it.
    let isGiven: Bool
    /// Whether it is always there.
    let isNeeded: Bool
    /// Whether a new record must say it; one with a standard value may leave it out.
    let isRequired: Bool
    let member: any Member<Root>

    /// A field that may be absent; null takes it away.
    public static func optional<V: FieldValue>(
        _ name: String, _ path: any WritableKeyPath<Root, V?> & Sendable, _ rule: Rule<V> = .any,
        column: String? = nil, given isGiven: Bool = true
    ) -> Field {
        let schema = rule.schema ?? V.schema
        return Field(
            name: name, column: column ?? snakeCase(name), schema: schema, shown: schema, isGiven: isGiven,
            isNeeded: false, isRequired: false, member: OptionalMember(path: path, rule: rule))
    }

    /// A field that is always there; `required` unless new records have a standard value. `shown` describes what others than
    /// callers set it to as well.
    public static func needed<V: FieldValue>(
        _ name: String, _ path: any WritableKeyPath<Root, V> & Sendable, _ rule: Rule<V> = .any,
        column: String? = nil, required isRequired: Bool = true, given isGiven: Bool = true, shown: Schema? = nil
    ) -> Field {
        let schema = rule.schema ?? V.schema
        return Field(
            name: name, column: column ?? snakeCase(name), schema: schema, shown: shown ?? schema, isGiven: isGiven,
            isNeeded: true, isRequired: isRequired && isGiven, member: NeededMember(path: path, rule: rule))
    }

    /// `expectedClose` is the column `expected_close`.
    private static func snakeCase(_ name: String) -> String {
        name.reduce(into: "") { text, character in
            if character.isUppercase { text += "_" }
            text += character.lowercased()
        }
    }
}

/// How a field's value moves between JSON, the record and its column.
protocol Member<Root>: Sendable {
    associatedtype Root: Sendable
    associatedtype Value: FieldValue
    var parameter: SQLShape { get }
    var stored: SQLShape { get }
    /// Reads and checks what a caller said.
    func take(_ json: inout JSONReader, _ name: String, into root: inout Root) throws
    /// Reads it without its rule.
    func set(_ json: inout JSONReader, in root: inout Root) throws(JSONError)
    func copy(_ from: Root, to root: inout Root)
    func isSame(_ a: Root, _ b: Root) -> Bool
    func value(_ root: Root) -> any SQLEncodable
    /// The values of many, as an array for SQL over sets.
    func values(_ roots: [Root]) -> any SQLEncodable
    func load(_ row: Row, _ place: Int, into root: inout Root) throws
}

extension Member {
    func read(_ column: String) -> String { Value.read(column) }
    func write(_ parameter: String) -> String { Value.write(parameter) }
    func show(_ column: String) -> String { Value.show(column) }
}

private struct OptionalMember<Root: Sendable, Value: FieldValue>: Member {
    let path: any WritableKeyPath<Root, Value?> & Sendable
    let rule: Rule<Value>

    var parameter: SQLShape { .parameter(Value.Stored?.self) }
    var stored: SQLShape { .column(Value.Stored?.self) }

    func take(_ json: inout JSONReader, _ name: String, into root: inout Root) throws {
        if json.null() { return root[keyPath: path] = nil }
        root[keyPath: path] = try rule.clean(Value(json: &json), name)
    }
    func set(_ json: inout JSONReader, in root: inout Root) throws(JSONError) {
        root[keyPath: path] = try Value(json: &json)
    }
    func copy(_ from: Root, to root: inout Root) { root[keyPath: path] = from[keyPath: path] }
    func isSame(_ a: Root, _ b: Root) -> Bool { a[keyPath: path] == b[keyPath: path] }
    func value(_ root: Root) -> any SQLEncodable {
        let stored: Value.Stored? = root[keyPath: path].map { $0.stored }
        return stored
    }
    func values(_ roots: [Root]) -> any SQLEncodable {
        var list: [Value.Stored?] = []
        for root in roots { list.append(root[keyPath: path].map { $0.stored }) }
        return list
    }
    func load(_ row: Row, _ place: Int, into root: inout Root) throws {
        let stored: Value.Stored? = try row.value(place)
        // What does not fit is no null: it would be taken away by the next update.
        root[keyPath: path] = try stored.map { try Value.loaded($0, place) }
    }
}

private struct NeededMember<Root: Sendable, Value: FieldValue>: Member {
    let path: any WritableKeyPath<Root, Value> & Sendable
    let rule: Rule<Value>

    var parameter: SQLShape { .parameter(Value.Stored.self) }
    var stored: SQLShape { .column(Value.Stored.self) }

    func take(_ json: inout JSONReader, _ name: String, into root: inout Root) throws {
        if json.null() { throw Problem.field(name, "must not be null") }
        root[keyPath: path] = try rule.clean(Value(json: &json), name)
    }
    func set(_ json: inout JSONReader, in root: inout Root) throws(JSONError) {
        root[keyPath: path] = try Value(json: &json)
    }
    func copy(_ from: Root, to root: inout Root) { root[keyPath: path] = from[keyPath: path] }
    func isSame(_ a: Root, _ b: Root) -> Bool { a[keyPath: path] == b[keyPath: path] }
    func value(_ root: Root) -> any SQLEncodable { root[keyPath: path].stored }
    func values(_ roots: [Root]) -> any SQLEncodable { roots.map { $0[keyPath: path].stored } as [Value.Stored] }
    func load(_ row: Row, _ place: Int, into root: inout Root) throws {
        root[keyPath: path] = try Value.loaded(try row.value(place), place)
    }
}

extension FieldValue {
    /// What a column holds; what does not fit its field is our fault and not the caller's.
    fileprivate static func loaded(_ stored: Stored, _ place: Int) throws -> Self {
        guard let value = Self(stored: stored) else {
            throw PostgresError(sqlState: "XX001", message: "column \(place) holds what does not fit its field")
        }
        return value
    }
}
