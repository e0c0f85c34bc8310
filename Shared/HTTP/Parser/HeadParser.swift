/// Reads request heads: bytes in, a head or a refusal out.
///
/// It always starts at the head's first byte and judges line by line, each line's length before its content, so that
/// how the bytes were cut on their way cannot change the answer. What two readers could understand differently is
/// refused: bare line feeds, folded lines, doubled or mixed lengths, blanks before the colon.
struct HeadParser {
    private let limits: Limits
    private var head = RequestHead()
    private var hostCount = 0
    private var length: Int?
    private var isChunked = false
    private var hasConnectionClose = false

    /// Parses the head at the start of `bytes`; nil while it is incomplete, else also its length in bytes.
    static func parse(
        _ bytes: Span<UInt8>, _ limits: Limits
    ) throws(Refusal) -> (head: RequestHead, length: Int)? {
        var parser = HeadParser(limits: limits)
        guard let end = try parser.run(bytes) else { return nil }
        bytes.extracting(0..<end).withUnsafeBufferPointer { parser.head.bytes = Array($0) }
        return (parser.head, end)
    }

    private init(limits: Limits) { self.limits = limits }

    private mutating func run(_ bytes: Span<UInt8>) throws(Refusal) -> Int? {
        // RFC 9112 2.2: one empty line before a request is ignored.
        let start = bytes.count >= 2 && bytes[0] == Byte.cr && bytes[1] == Byte.lf ? 2 : 0
        let tooLong = Refusal(414, "The request line is too long.")
        guard let lineEnd = try Self.endOfLine(bytes, start, limits.requestLineBytes, tooLong) else { return nil }
        try readRequestLine(bytes, start..<lineEnd)
        var position = lineEnd + 2
        let fieldsEnd = position + limits.headerBytes
        head.fields.reserveCapacity(8)
        while true {
            let tooLarge = Refusal(431, "The header fields are too large.")
            guard let end = try Self.endOfLine(bytes, position, max(0, fieldsEnd - position), tooLarge) else {
                return nil
            }
            if end == position { break }
            if head.fields.count == limits.headerFields { throw Refusal(431, "There are too many header fields.") }
            try readField(bytes, position..<end)
            position = end + 2
        }
        try conclude()
        return position + 2
    }

    /// The place of the CR that ends the line at `start`; nil while the line is incomplete.
    private static func endOfLine(
        _ bytes: Span<UInt8>, _ start: Int, _ limit: Int, _ tooLong: @autoclosure () -> Refusal
    ) throws(Refusal) -> Int? {
        let stop = min(bytes.count, start + limit + 2)
        var index = start
        while index < stop {
            if bytes[index] == Byte.lf {
                guard index > start, bytes[index - 1] == Byte.cr else {
                    throw Refusal(.badRequest, "A line ends without a carriage return.")
                }
                return index - 1
            }
            index += 1
        }
        if bytes.count >= start + limit + 2 { throw tooLong() }
        return nil
    }

    // MARK: The request line

    private mutating func readRequestLine(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(Refusal) {
        let malformed = "The request line is malformed."
        var index = line.lowerBound
        while index < line.upperBound, Byte.isToken(bytes[index]) { index += 1 }
        let method = line.lowerBound..<index
        guard !method.isEmpty, index < line.upperBound, bytes[index] == Byte.space else {
            throw Refusal(.badRequest, malformed)
        }
        index += 1
        let targetStart = index
        while index < line.upperBound, Byte.isTarget(bytes[index]) { index += 1 }
        let target = targetStart..<index
        guard !target.isEmpty, index < line.upperBound, bytes[index] == Byte.space else {
            throw Refusal(.badRequest, malformed)
        }
        try readVersion(bytes, (index + 1)..<line.upperBound)
        let name = bytes.extracting(method).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
        guard let known = Method(rawValue: name) else { throw Refusal(501, "The method is not known here.") }
        head.method = known
        try readTarget(bytes, target)
    }

    private mutating func readVersion(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(Refusal) {
        let at = range.lowerBound
        guard range.count == 8, Self.isText(bytes, at..<(at + 5), "HTTP/"), Byte.isDigit(bytes[at + 5]),
            bytes[at + 6] == 0x2E, Byte.isDigit(bytes[at + 7])
        else { throw Refusal(.badRequest, "The request line is malformed.") }
        guard bytes[at + 5] == 0x31, bytes[at + 7] <= 0x31 else {
            throw Refusal(505, "Only HTTP/1.1 and HTTP/1.0 are spoken here.")
        }
        head.isCurrent = bytes[at + 7] == 0x31
    }

    private mutating func readTarget(_ bytes: Span<UInt8>, _ target: Range<Int>) throws(Refusal) {
        var start = target.lowerBound
        if bytes[start] != Byte.slash {
            if head.method == .options, target.count == 1, bytes[start] == 0x2A {
                head.path = target
                return
            }
            start = try skipAuthority(bytes, target)
        }
        var end = start
        while end < target.upperBound, bytes[end] != Byte.question { end += 1 }
        // An absolute target without a path names the root (RFC 9110, 4.2.3); a slash stands in its scheme.
        head.path =
            start < end ? start..<end : (head.authority?.lowerBound ?? 1) - 1..<(head.authority?.lowerBound ?? 1)
        if end < target.upperBound { head.query = (end + 1)..<target.upperBound }
    }

    /// Absolute form, `http://host/path`: the place where the path begins. Its host counts, and not the field (RFC 9112, 3.2.2).
    private mutating func skipAuthority(_ bytes: Span<UInt8>, _ target: Range<Int>) throws(Refusal) -> Int {
        for scheme in ["http://", "https://"] as [StaticString] where target.count > scheme.utf8CodeUnitCount {
            let hostStart = target.lowerBound + scheme.utf8CodeUnitCount
            guard Self.isText(bytes, target.lowerBound..<hostStart, scheme) else { continue }
            var index = hostStart
            while index < target.upperBound, bytes[index] != Byte.slash, bytes[index] != Byte.question { index += 1 }
            guard index > hostStart, bytes[hostStart] != Byte.colon, Self.isAuthority(bytes, hostStart..<index) else {
                break
            }
            head.authority = hostStart..<index
            return index
        }
        throw Refusal(.badRequest, "The request target is malformed.")
    }

    private static func isAuthority(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        bytes.extracting(range).withUnsafeBufferPointer { Authority.hostEnd($0) != nil }
    }

    // MARK: Fields

    private mutating func readField(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(Refusal) {
        var index = line.lowerBound
        while index < line.upperBound, Byte.isToken(bytes[index]) { index += 1 }
        guard index > line.lowerBound, index < line.upperBound, bytes[index] == Byte.colon else {
            throw Refusal(.badRequest, "A header field is malformed.")
        }
        let name = line.lowerBound..<index
        var start = index + 1
        var end = line.upperBound
        while start < end, Byte.isBlank(bytes[start]) { start += 1 }
        while end > start, Byte.isBlank(bytes[end - 1]) { end -= 1 }
        index = start
        while index < end {
            guard Byte.isFieldValue(bytes[index]) else {
                throw Refusal(.badRequest, "A header field has a control character.")
            }
            index += 1
        }
        head.fields.append(.init(name: name, value: start..<end))
        try weigh(bytes, name, start..<end)
    }

    /// Takes note of the fields that decide about framing and connection.
    private mutating func weigh(_ bytes: Span<UInt8>, _ name: Range<Int>, _ value: Range<Int>) throws(Refusal) {
        switch name.count {
        case 4 where Self.isText(bytes, name, "host"):
            hostCount += 1
            guard Self.isAuthority(bytes, value) else { throw Refusal(.badRequest, "The host is malformed.") }
            if head.authority == nil, !value.isEmpty { head.authority = value }
        case 6 where Self.isText(bytes, name, "expect"):
            guard Self.isText(bytes, value, "100-continue") else { throw Refusal(417, "Only 100-continue is met.") }
            head.expectsContinue = true
        case 10 where Self.isText(bytes, name, "connection"):
            readConnection(bytes, value)
        case 14 where Self.isText(bytes, name, "content-length"):
            try readLength(bytes, value)
        case 17 where Self.isText(bytes, name, "transfer-encoding"):
            guard !isChunked, !value.isEmpty else { throw Refusal(.badRequest, "Transfer-Encoding is ambiguous.") }
            guard Self.isText(bytes, value, "chunked") else { throw Refusal(501, "Only chunked is decoded.") }
            isChunked = true
        default: break
        }
    }

    private mutating func readLength(_ bytes: Span<UInt8>, _ value: Range<Int>) throws(Refusal) {
        let malformed = Refusal(.badRequest, "Content-Length is malformed.")
        guard length == nil, !value.isEmpty, value.count <= 18 else { throw malformed }
        var number = 0
        for index in value {
            guard Byte.isDigit(bytes[index]) else { throw malformed }
            number = number * 10 + Int(bytes[index] - 0x30)
        }
        length = number
    }

    private mutating func readConnection(_ bytes: Span<UInt8>, _ value: Range<Int>) {
        var start = value.lowerBound
        while start < value.upperBound {
            var end = start
            while end < value.upperBound, bytes[end] != 0x2C { end += 1 }
            var from = start
            var to = end
            while from < to, Byte.isBlank(bytes[from]) { from += 1 }
            while to > from, Byte.isBlank(bytes[to - 1]) { to -= 1 }
            if Self.isText(bytes, from..<to, "close") { hasConnectionClose = true }
            start = end + 1
        }
    }

    private mutating func conclude() throws(Refusal) {
        guard hostCount == 1 || (hostCount == 0 && !head.isCurrent) else {
            throw Refusal(.badRequest, "Exactly one Host is needed.")
        }
        if isChunked {
            guard length == nil, head.isCurrent else { throw Refusal(.badRequest, "The body's length is ambiguous.") }
            head.framing = .chunked
        } else if let length, length > 0 {
            guard length <= limits.bodyBytes else { throw Refusal(.contentTooLarge, "The body is too large.") }
            head.framing = .length(length)
        }
        head.keepsAlive = head.isCurrent && !hasConnectionClose
        head.expectsContinue = head.expectsContinue && head.isCurrent && head.framing != .none
    }

    /// Compares without case; `text` is in lower case but for `HTTP/`, whose case is tested as written.
    private static func isText(_ bytes: Span<UInt8>, _ range: Range<Int>, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { expected in
            for offset in 0..<expected.count {
                let byte = bytes[range.lowerBound + offset]
                if byte != expected[offset], Byte.lowercase(byte) != expected[offset] { return false }
            }
            return true
        }
    }
}
