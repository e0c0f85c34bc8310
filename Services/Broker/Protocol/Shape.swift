/// The layout of one structure on the wire in all its versions, read from a compact description.
///
/// A description lists fields as `Name type modifiers;`. Types: `bool i8 i16 i32 i64 uuid s` (string) `b` (bytes)
/// `r` (records) `[...]` (array of one type or of a structure) `{...}` (a structure). Modifiers: `5+`, `2-4` or `3`
/// (the versions that have the field), `?` or `?2+` (may be null, from a version), `=-1` (default), `#0` (tag).
final class Shape: Sendable {
    let fields: [Field]
    let names: [String]

    init(_ fields: [Field]) {
        self.fields = fields
        names = fields.map(\.name)
    }

    convenience init(_ description: String) {
        var parser = ShapeParser(description)
        self.init(parser.fields())
    }
}

/// One field of a structure.
struct Field: Sendable {
    let name: String
    let kind: Kind
    var versions = 0...99
    var nullable: ClosedRange<Int>?
    var tag: Int?
    var fallback: Value
}

/// A type of the protocol.
indirect enum Kind: Sendable {
    case bool, int8, int16, int32, int64, uuid, string, bytes, records
    case array(Kind)
    case structure(Shape)

    var fallback: Value {
        switch self {
        case .bool, .int8, .int16, .int32, .int64: .int(0)
        case .uuid: .bytes(ArraySlice(repeating: 0, count: 16))
        case .string: .text("")
        case .bytes, .records: .bytes([])
        case .array: .list([Value]())
        case .structure(let shape): .message(Message(names: shape.names, values: shape.fields.map(\.fallback)))
        }
    }
}

/// Reads descriptions; they are part of the program, so a mistake in one stops it at its first test.
private struct ShapeParser {
    private var tokens: ArraySlice<String>

    init(_ description: String) {
        var tokens: [String] = []
        var word = ""
        for character in description {
            let isMark = "[]{};".contains(character)
            guard isMark || character.isWhitespace else {
                word.append(character)
                continue
            }
            if !word.isEmpty { tokens.append(word) }
            word = ""
            if isMark { tokens.append(String(character)) }
        }
        if !word.isEmpty { tokens.append(word) }
        self.tokens = tokens[...]
    }

    mutating func fields() -> [Field] {
        var fields: [Field] = []
        while let name = tokens.first, name != "]", name != "}" {
            tokens.removeFirst()
            if name != ";" { fields.append(field(name)) }
        }
        return fields
    }

    private mutating func field(_ name: String) -> Field {
        let kind = kind(tokens.popFirst() ?? "")
        var field = Field(name: name, kind: kind, fallback: kind.fallback)
        while let modifier = tokens.first, ![";", "]", "}"].contains(modifier) {
            tokens.removeFirst()
            apply(modifier, to: &field)
        }
        return field
    }

    private mutating func kind(_ word: String) -> Kind {
        switch word {
        case "bool": return .bool
        case "i8": return .int8
        case "i16": return .int16
        case "i32": return .int32
        case "i64": return .int64
        case "uuid": return .uuid
        case "s": return .string
        case "b": return .bytes
        case "r": return .records
        case "{":
            let shape = Shape(fields())
            tokens.removeFirst()
            return .structure(shape)
        case "[":
            let isPlain = tokens.dropFirst().first == "]"
            let element = isPlain ? kind(tokens.removeFirst()) : .structure(Shape(fields()))
            tokens.removeFirst()
            return .array(element)
        default: preconditionFailure("no type is called \(word)")
        }
    }

    private func apply(_ modifier: String, to field: inout Field) {
        let rest = String(modifier.dropFirst())
        switch modifier.first {
        case "?":
            field.nullable = rest.isEmpty ? 0...99 : range(rest)
        case "#": field.tag = Int(rest)
        case "=": field.fallback = .int(Int(rest) ?? 0)
        default: field.versions = range(modifier)
        }
        // A field that may be null and is left out is null.
        if field.nullable != nil, case .int = field.fallback {} else if field.nullable != nil { field.fallback = .null }
    }

    private func range(_ text: String) -> ClosedRange<Int> {
        if text.hasSuffix("+"), let from = Int(text.dropLast()) { return from...99 }
        let ends = text.split(separator: "-").compactMap { Int($0) }
        guard let first = ends.first, let last = ends.last else { preconditionFailure("no versions: \(text)") }
        return first...last
    }
}
