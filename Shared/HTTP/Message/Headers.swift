/// Header fields in their order; names are compared without case.
public struct Headers: Sendable, ExpressibleByDictionaryLiteral {
    /// Names and values as they were added.
    public private(set) var fields: [(name: String, value: String)] = []

    /// No fields.
    public init() {}

    /// The given fields.
    public init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { (name: $0.0, value: $0.1) }
    }

    /// All values of a name, joined by `, `; setting replaces them all, nil removes them.
    public subscript(name: String) -> String? {
        get {
            let values = fields.filter { Headers.isSame($0.name, name) }.map(\.value)
            return values.isEmpty ? nil : values.joined(separator: ", ")
        }
        set {
            fields.removeAll { Headers.isSame($0.name, name) }
            if let newValue { fields.append((name, newValue)) }
        }
    }

    /// Adds one more field, whatever is there under the name (`Set-Cookie`).
    public mutating func add(_ name: String, _ value: String) { fields.append((name, value)) }

    static func isSame(_ a: String, _ b: String) -> Bool {
        a.utf8.count == b.utf8.count && zip(a.utf8, b.utf8).allSatisfy { Byte.lowercase($0) == Byte.lowercase($1) }
    }
}

/// The header fields of a received request, read where they lie in the head.
public struct RequestHeaders: Sendable {
    let head: RequestHead

    /// All values of a name, joined by `, `; bytes that are not UTF-8 are replaced.
    public subscript(name: String) -> String? {
        var found: String?
        for field in head.fields where head.isName(field, name) {
            let value = head.text(field.value)
            found = found.map { "\($0), \(value)" } ?? value
        }
        return found
    }

    /// All fields, names as they were sent.
    public var all: [(name: String, value: String)] {
        head.fields.map { (name: head.text($0.name), value: head.text($0.value)) }
    }
}
