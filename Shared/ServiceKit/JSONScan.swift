import CRMModel

/// Looks through a body once before anybody reads it: whether it is JSON by the letter (RFC 8259) and in UTF-8, that no object has a member
/// twice, and that there are no more members than are taken. It keeps nothing but a number for each name, so that it costs next to
/// nothing what a body costs to read.
struct JSONScan {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let most: Int
    private var place = 0
    private var count = 0
    /// Digests of the names of the objects around the place, the innermost last.
    private var names: [UInt64] = []
    private var path: [Step] = []

    private enum Step {
        case member(Range<Int>)
        case element(Int)
    }

    /// Throws what is wrong with a body.
    static func check(_ bytes: [UInt8], atMost members: Int) throws(JSONError) {
        let fault = bytes.withUnsafeBufferPointer { buffer -> JSONError? in
            guard (try? UTF8Span(validating: buffer.span)) != nil else {
                return JSONError(field: "", message: "is no JSON: it is not in UTF-8")
            }
            var scan = JSONScan(bytes: buffer, most: members)
            do throws(JSONError) {
                try scan.value(depth: 0)
                scan.skipSpace()
                return scan.place == buffer.count ? nil : scan.fault("nothing more")
            } catch {
                return error
            }
        }
        if let fault { throw fault }
    }

    private init(bytes: UnsafeBufferPointer<UInt8>, most: Int) {
        self.bytes = bytes
        self.most = most
    }

    // MARK: Values

    private mutating func value(depth: Int) throws(JSONError) {
        skipSpace()
        guard depth <= 64 else { throw fault("no more than 64 levels of nesting") }
        switch peek {
        case UInt8(ascii: "{"): try object(depth)
        case UInt8(ascii: "["): try array(depth)
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        default: try number()
        }
    }

    private mutating func object(_ depth: Int) throws(JSONError) {
        place += 1
        let first = names.count
        skipSpace()
        if take(UInt8(ascii: "}")) { return }
        repeat {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw fault("a name in quotes") }
            let name = try string()
            path.append(.member(name))
            try note(name, since: first)
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw fault("a colon") }
            try value(depth: depth + 1)
            path.removeLast()
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw fault("a comma or the end of the object") }
        try checkMany(since: first)
        names.removeSubrange(first...)
    }

    private mutating func array(_ depth: Int) throws(JSONError) {
        place += 1
        skipSpace()
        if take(UInt8(ascii: "]")) { return }
        var index = 0
        repeat {
            try tally()
            path.append(.element(index))
            try value(depth: depth + 1)
            path.removeLast()
            index += 1
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw fault("a comma or the end of the array") }
    }

    /// Passes over a string and says where its text stands.
    private mutating func string() throws(JSONError) -> Range<Int> {
        place += 1
        let start = place
        while let byte = peek, byte != UInt8(ascii: "\"") {
            guard byte >= 32 else { throw fault("no control character in a string") }
            place += 1
            if byte == UInt8(ascii: "\\") { try escape() }
        }
        guard take(UInt8(ascii: "\"")) else { throw fault("the end of the string") }
        return start..<(place - 1)
    }

    private mutating func escape() throws(JSONError) {
        guard let byte = peek else { throw fault("the end of the string") }
        place += 1
        if byte == UInt8(ascii: "u") {
            for _ in 0..<4 {
                guard let digit = peek, Self.hex(digit) != nil else { throw fault("four hexadecimal digits") }
                place += 1
            }
        } else if !"\"\\/bfnrt".utf8.contains(byte) {
            throw fault("an escape of JSON")
        }
    }

    private mutating func word(_ word: StaticString) throws(JSONError) {
        let isThere = word.withUTF8Buffer { expected in
            bytes.count - place >= expected.count
                && expected.indices.allSatisfy { bytes[place + $0] == expected[$0] }
        }
        guard isThere else { throw fault("a JSON value") }
        place += word.utf8CodeUnitCount
    }

    private mutating func number() throws(JSONError) {
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits("a JSON value") }
        if take(UInt8(ascii: ".")) { try digits("a digit") }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits("a digit")
        }
    }

    private mutating func digits(_ what: String) throws(JSONError) {
        let start = place
        while let byte = peek, byte &- 0x30 < 10 { place += 1 }
        if place == start { throw fault(what) }
    }

    // MARK: Names

    /// One more member or element.
    private mutating func tally() throws(JSONError) {
        count += 1
        if count > most { throw JSONError(field: "", message: "has more than \(most) members and elements") }
    }

    private mutating func note(_ name: Range<Int>, since first: Int) throws(JSONError) {
        try tally()
        let digest = digest(of: name)
        if names.count - first < Self.few {
            for known in names[first...] where known == digest { throw twice() }
        }
        names.append(digest)
    }

    private static let few = 16

    /// Of an object with many members equal ones stand beside each other once they are sorted.
    private mutating func checkMany(since first: Int) throws(JSONError) {
        guard names.count - first > Self.few else { return }
        names[first...].sort()
        for index in (first + 1)..<names.count where names[index] == names[index - 1] {
            throw JSONError(field: field, message: "has a member twice")
        }
    }

    private func twice() -> JSONError { JSONError(field: field, message: "must come once") }

    /// FNV-1a of a name as it is meant, escapes and all. Two names with one digest are taken for one, which only who means it meets.
    private func digest(of name: Range<Int>) -> UInt64 {
        var digest: UInt64 = 0xcbf2_9ce4_8422_2325
        func add(_ byte: UInt8) { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01b3 }
        guard bytes[name].contains(UInt8(ascii: "\\")) else {
            for index in name { add(bytes[index]) }
            return digest
        }
        for byte in text(name).utf8 { add(byte) }
        return digest
    }

    private func text(_ name: Range<Int>) -> String {
        let quoted = UnsafeRawBufferPointer(
            rebasing: UnsafeRawBufferPointer(bytes)[(name.lowerBound - 1)..<(name.upperBound + 1)])
        var reader = JSONReader(quoted, takesNUL: true)
        return (try? reader.string()) ?? String(decoding: bytes[name], as: UTF8.self)
    }

    // MARK: Places

    private var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        place += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 32 || byte == 10 || byte == 13 || byte == 9 { place += 1 }
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: byte
        default: nil
        }
    }

    private func fault(_ what: String) -> JSONError {
        JSONError(field: "", message: "is no JSON: expected \(what) at byte \(place)")
    }

    private var field: String {
        path.reduce(into: "") { text, step in
            switch step {
            case .member(let name):
                let part = self.text(name)
                text += text.isEmpty ? part : ".\(part)"
            case .element(let index): text += "[\(index)]"
            }
        }
    }
}
