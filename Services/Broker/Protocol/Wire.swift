import EventLoop

/// A request that does not follow the protocol; its connection is closed.
struct MalformedRequest: Error {
    let reason: String
}

/// Reads the protocol's primitive types from one frame.
struct WireReader {
    let bytes: [UInt8]
    private(set) var position: Int
    /// How many values were made of this frame.
    private(set) var values = 0
    /// The most there may be, so that a small frame cannot fill the memory nor hold up everybody: a request for each
    /// of the most partitions has half of that.
    private static let valueLimit = 300_000

    init(_ bytes: [UInt8], from position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    var remaining: Int { bytes.count - position }

    mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
        guard count >= 0, count <= remaining else { throw MalformedRequest(reason: "cut short") }
        defer { position += count }
        return bytes[position..<position + count]
    }

    mutating func integer<T: FixedWidthInteger>(_ type: T.Type) throws -> Int {
        var value: T = 0
        for byte in try take(MemoryLayout<T>.size) { value = value << 8 | T(truncatingIfNeeded: byte) }
        return Int(value)
    }

    /// An unsigned variable-length number of at most 32 bits.
    mutating func uvarint() throws -> Int {
        var value = 0
        for shift in stride(from: 0, to: 35, by: 7) {
            let byte = try integer(UInt8.self)
            value |= (byte & 0x7f) << shift
            if byte & 0x80 == 0 { return value }
        }
        throw MalformedRequest(reason: "number too long")
    }

    mutating func spend() throws {
        values += 1
        if values > Self.valueLimit { throw MalformedRequest(reason: "too many values") }
    }

    mutating func skipTaggedFields() throws {
        for _ in 0..<(try uvarint()) {
            try spend()
            _ = try uvarint()
            _ = try take(try uvarint())
        }
    }
}

/// An answer on its way out: bytes, with parts of files between them that are sent from there.
struct Frame: Sendable {
    var bytes: [UInt8] = []
    var parts: [(place: Int, part: FilePart)] = []

    var count: Int { parts.reduce(bytes.count) { $0 + $1.part.count } }

    @Loop func write(to stream: EventLoop.Stream) {
        var sent = 0
        for (place, part) in parts {
            stream.write(bytes[sent..<place])
            stream.write(part)
            sent = place
        }
        stream.write(bytes[sent...])
    }
}

/// Writes the protocol's primitive types.
struct WireWriter {
    var bytes: [UInt8] = []
    /// Parts of files, and where among `bytes` they belong.
    private(set) var parts: [(place: Int, part: FilePart)] = []

    /// Has a part of a file sent after what was written so far.
    mutating func attach(_ part: FilePart) {
        // Of little, a copy costs less than another call of the system.
        if part.count < 16 * 1024, let copy = part.read(part.count) { return append(copy) }
        parts.append((bytes.count, part))
    }

    /// All that was written, as a frame with its length in the first four bytes.
    mutating func frame() -> Frame {
        set(parts.reduce(bytes.count) { $0 + $1.part.count } - 4, Int32.self, at: 0)
        return Frame(bytes: bytes, parts: parts)
    }

    mutating func integer<T: FixedWidthInteger>(_ value: Int, _ type: T.Type) {
        withUnsafeBytes(of: T(truncatingIfNeeded: value).bigEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func uvarint(_ value: Int) {
        var rest = UInt(bitPattern: value)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func append(_ more: some Collection<UInt8>) { bytes.append(contentsOf: more) }

    /// Writes over what stands at a position.
    mutating func set<T: FixedWidthInteger>(_ value: Int, _ type: T.Type, at position: Int) {
        let number = withUnsafeBytes(of: T(truncatingIfNeeded: value).bigEndian) { Array($0) }
        bytes.replaceSubrange(position..<position + number.count, with: number)
    }
}
