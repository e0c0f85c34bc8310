import FoundationEssentials

/// Bytes that are not the JSON that was expected, with the place in terms of the document.
public struct JSONError: Error, CustomStringConvertible, Sendable {
    /// `lines[2].unitPrice`; empty for the document itself.
    public let field: String
    /// What was expected there.
    public let message: String
    /// Names a field and what was expected there.
    public init(field: String, message: String) {
        self.field = field
        self.message = message
    }
    /// For people.
    public var description: String { field.isEmpty ? message : "\(field): \(message)" }
}

/// A reader that pulls values out of JSON bytes (RFC 8259) in one pass without building a tree: for the events that come by the
/// thousand, where the general decoder takes thirty times as long.
public struct JSONReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private var path: [Step] = []
    private var depth = 0

    /// A step on the way to the value; put into words only where something is wrong.
    private enum Step {
        case member(String)
        case element(Int)
    }

    /// Whether NUL may stand in strings, as JSON has it and no text of PostgreSQL.
    private let takesNUL: Bool

    /// Reads from bytes that stay valid while the reader is used; `takesNUL` is for who only shows what is there.
    public init(_ bytes: UnsafeRawBufferPointer, takesNUL: Bool = false) {
        self.bytes = bytes
        self.takesNUL = takesNUL
    }

    /// Reads one document, which must be an object, and calls `member` for each key; `member` must read or skip the value.
    public static func object(
        _ bytes: UnsafeRawBufferPointer, _ member: (String, inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        var reader = JSONReader(bytes)
        try reader.object(member)
        reader.skipSpace()
        if reader.position != bytes.count { throw reader.expected("nothing after the document's end") }
    }

    /// Reads an object.
    public mutating func object(
        _ member: (String, inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        try enter(UInt8(ascii: "{"), "an object")
        if take(UInt8(ascii: "}")) { return leave() }
        repeat {
            skipSpace()
            let key = try readString("a key in quotes")
            guard take(UInt8(ascii: ":")) else { throw expected("a colon after \"\(key)\"") }
            path.append(.member(key))
            try member(key, &self)
            path.removeLast()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw expected("a comma or the end of the object") }
        leave()
    }

    /// Reads an array and calls `element` for each value, which it must read or skip.
    public mutating func array(_ element: (inout JSONReader) throws(JSONError) -> Void) throws(JSONError) {
        try enter(UInt8(ascii: "["), "an array")
        if take(UInt8(ascii: "]")) { return leave() }
        var index = 0
        repeat {
            path.append(.element(index))
            try element(&self)
            path.removeLast()
            index += 1
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw expected("a comma or the end of the array") }
        leave()
    }

    /// Reads a string.
    public mutating func string() throws(JSONError) -> String {
        skipSpace()
        return try readString("a string")
    }

    /// Reads a string, or null as nil.
    public mutating func optionalString() throws(JSONError) -> String? {
        skipSpace()
        return takeNull() ? nil : try readString("a string or null")
    }

    /// Reads a decimal, or null as nil.
    public mutating func optionalAmount() throws(JSONError) -> Amount? {
        skipSpace()
        return takeNull() ? nil : try amount()
    }

    /// Reads a decimal: as a string, or as a number without exponent.
    public mutating func amount() throws(JSONError) -> Amount {
        skipSpace()
        let isQuoted = peek == UInt8(ascii: "\"")
        let start = position + (isQuoted ? 1 : 0)
        var end = start
        while end < bytes.count, isDecimal(bytes[end]) { end += 1 }
        guard let value = Amount(ascii: UnsafeRawBufferPointer(rebasing: bytes[start..<end])),
            !isQuoted || end < bytes.count && bytes[end] == UInt8(ascii: "\"")
        else { throw expected("a decimal such as \"12.50\", with at most four places") }
        position = end + (isQuoted ? 1 : 0)
        return value
    }

    /// Reads a moment in RFC 3339.
    public mutating func date() throws(JSONError) -> Date {
        skipSpace()
        guard peek == UInt8(ascii: "\"") else { throw expected("a time such as \"2010-12-01T08:26:00Z\"") }
        var end = position + 1
        while end < bytes.count, bytes[end] != UInt8(ascii: "\"") { end += 1 }
        guard end < bytes.count, let date = RFC3339.date(ascii: .init(rebasing: bytes[(position + 1)..<end])) else {
            throw expected("a time such as \"2010-12-01T08:26:00Z\"")
        }
        position = end + 1
        return date
    }

    /// Takes a null where one stands.
    public mutating func null() -> Bool {
        skipSpace()
        return takeNull()
    }

    /// Reads a whole number.
    public mutating func integer() throws(JSONError) -> Int {
        skipSpace()
        let start = position
        while let byte = peek, isDecimal(byte) { position += 1 }
        guard let value = Int(String(decoding: bytes[start..<position], as: UTF8.self)) else {
            position = start
            throw expected("a whole number")
        }
        return value
    }

    /// Reads `true` or `false`.
    public mutating func boolean() throws(JSONError) -> Bool {
        skipSpace()
        for (text, value) in [("true", true), ("false", false)] {
            let end = position + text.utf8.count
            if end <= bytes.count, bytes[position..<end].elementsEqual(text.utf8) {
                position = end
                return value
            }
        }
        throw expected("true or false")
    }

    /// Whether the next value is an object.
    public mutating func isObject() -> Bool {
        skipSpace()
        return peek == UInt8(ascii: "{")
    }

    /// Whether the next value is an array.
    public mutating func isArray() -> Bool {
        skipSpace()
        return peek == UInt8(ascii: "[")
    }

    /// Passes over any value.
    public mutating func skip() throws(JSONError) {
        skipSpace()
        switch peek {
        case UInt8(ascii: "{"): try object { _, reader throws(JSONError) in try reader.skip() }
        case UInt8(ascii: "["): try array { reader throws(JSONError) in try reader.skip() }
        case UInt8(ascii: "\""): _ = try readString("a string")
        default: try skipLiteral()
        }
    }

    /// Passes over any value and says where it stands.
    public mutating func range() throws(JSONError) -> Range<Int> {
        skipSpace()
        let start = position
        try skip()
        return start..<position
    }

    /// The error that something else was expected here.
    public func expected(_ what: String) -> JSONError {
        let field = path.reduce(into: "") { text, step in
            switch step {
            case .member(let name): text += text.isEmpty ? name : ".\(name)"
            case .element(let index): text += "[\(index)]"
            }
        }
        return JSONError(field: field, message: "expected \(what)")
    }

    // MARK: Bytes

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 32, 9, 10, 13: position += 1
            default: return
            }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard peek == byte else { return false }
        position += 1
        return true
    }

    private mutating func takeNull() -> Bool {
        guard bytes.count - position >= 4, bytes[position] == 110, bytes[position + 1] == 117,
            bytes[position + 2] == 108, bytes[position + 3] == 108
        else { return false }
        position += 4
        return true
    }

    /// A bound on nesting keeps hostile input from exhausting the stack.
    private mutating func enter(_ byte: UInt8, _ what: String) throws(JSONError) {
        depth += 1
        guard depth <= 64 else { throw expected("no more than 64 levels of nesting") }
        guard take(byte) else { throw expected(what) }
    }

    private mutating func leave() { depth -= 1 }

    private func isDecimal(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 || byte == 45 || byte == 46 }

    private mutating func skipLiteral() throws(JSONError) {
        let start = position
        while let byte = peek, byte > 32, byte != 44, byte != 93, byte != 125 { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if ["true", "false", "null"].contains(text) { return }
        guard Double(text) != nil, let first = text.utf8.first, first == 45 || first >= 48 && first <= 57 else {
            position = start
            throw expected("a JSON value")
        }
    }

    private mutating func readString(_ what: String) throws(JSONError) -> String {
        guard peek == UInt8(ascii: "\"") else { throw expected(what) }
        position += 1
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\""), bytes[position] != UInt8(ascii: "\\") {
            guard bytes[position] >= 32 else { throw expected("no control character in a string") }
            position += 1
        }
        guard position < bytes.count else { throw expected("the end of the string") }
        if bytes[position] == UInt8(ascii: "\"") {
            let span = UnsafeRawBufferPointer(rebasing: bytes[start..<position])
            // Many times as fast as String(validating:as:), which was a quarter of what applying a batch cost us.
            guard let text = try? UTF8Span(validating: span.bindMemory(to: UInt8.self).span) else {
                throw expected("valid UTF-8")
            }
            position += 1
            return String(copying: text)
        }
        return try readEscapedString(from: start)
    }

    private mutating func readEscapedString(from start: Int) throws(JSONError) -> String {
        var text = [UInt8](bytes[start..<position])
        while true {
            guard let byte = peek else { throw expected("the end of the string") }
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else { throw expected("valid UTF-8") }
                return string
            case UInt8(ascii: "\\"): text.append(contentsOf: try readEscape())
            case 0..<32: throw expected("no control character in a string")
            default: text.append(byte)
            }
        }
    }

    private mutating func readEscape() throws(JSONError) -> [UInt8] {
        guard let byte = peek else { throw expected("the end of the string") }
        position += 1
        switch byte {
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "r"): return [13]
        case UInt8(ascii: "b"): return [8]
        case UInt8(ascii: "f"): return [12]
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "u"):
            let unit = try readHex()
            guard unit != 0 || takesNUL else { throw expected("no NUL in a string") }
            guard unit & 0xF800 == 0xD800 else { return scalar(UInt32(unit)) }
            guard unit < 0xDC00, peek == UInt8(ascii: "\\"), position + 1 < bytes.count, bytes[position + 1] == 117
            else { throw expected("a pair of surrogates") }
            position += 2
            let low = try readHex()
            guard low & 0xFC00 == 0xDC00 else { throw expected("a pair of surrogates") }
            return scalar(0x10000 + (UInt32(unit & 0x3FF) << 10 | UInt32(low & 0x3FF)))
        default: throw expected("an escape of JSON")
        }
    }

    private func scalar(_ value: UInt32) -> [UInt8] {
        Unicode.Scalar(value).map { Array(String(Character($0)).utf8) } ?? []
    }

    private mutating func readHex() throws(JSONError) -> UInt16 {
        guard bytes.count - position >= 4,
            let value = UInt16(String(decoding: bytes[position..<(position + 4)], as: UTF8.self), radix: 16),
            bytes[position] != 43, bytes[position] != 45
        else { throw expected("four hexadecimal digits") }
        position += 4
        return value
    }
}
