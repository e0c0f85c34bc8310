import Text

/// JSON in the making, member by member: for many events, where the general encoder takes too long.
package struct JSONText {
    private var bytes: [UInt8] = [UInt8(ascii: "{")]
    private var isFirst = true

    /// An object without members yet.
    package init() {}

    /// Closes the object and gives its bytes.
    package mutating func finish() -> [UInt8] {
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    /// Adds a member; nil adds nothing.
    package mutating func add(_ name: String, _ value: String?) {
        guard let value else { return }
        begin(name)
        JSONString.append(value, to: &bytes)
    }

    /// Adds a whole number.
    package mutating func add(_ name: String, number: Int64) { add(name, raw: Array(String(number).utf8)) }

    /// Adds a value that is JSON already.
    package mutating func add(_ name: String, raw: [UInt8]) {
        begin(name)
        bytes.append(contentsOf: raw)
    }

    /// Adds a truth value.
    package mutating func add(_ name: String, _ value: Bool) {
        begin(name)
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    private mutating func begin(_ name: String) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        JSONString.append(name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
    }
}
