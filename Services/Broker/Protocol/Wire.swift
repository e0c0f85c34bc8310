/// A request that does not follow the protocol; its connection is closed.
struct MalformedRequest: Error {
    let reason: String
}

/// Reads the protocol's primitive types from one frame.
struct WireReader {
    let bytes: [UInt8]
    private(set) var position: Int
    /// How many more values may be made of this frame, so that a small frame cannot fill the memory.
    private var budget = 1_000_000

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

    /// The length of an array whose elements take at least a byte each; nil for null.
    mutating func count(isCompact: Bool) throws -> Int? {
        let count = try isCompact ? uvarint() - 1 : integer(Int32.self)
        guard count >= 0 else { return nil }
        guard count <= remaining else { throw MalformedRequest(reason: "more elements than bytes") }
        return count
    }

    mutating func spend() throws {
        budget -= 1
        if budget < 0 { throw MalformedRequest(reason: "too many values") }
    }

    mutating func skipTaggedFields() throws {
        for _ in 0..<(try uvarint()) {
            _ = try uvarint()
            _ = try take(try uvarint())
        }
    }
}

/// Writes the protocol's primitive types.
struct WireWriter {
    var bytes: [UInt8] = []
    /// Whether long values are kept as they are, in `pieces`, and not copied.
    var keepsPieces = false
    /// What was written before `bytes`.
    private(set) var pieces: [ArraySlice<UInt8>] = []

    /// Appends a value that need not be copied.
    mutating func attach(_ value: ArraySlice<UInt8>) {
        guard keepsPieces, value.count >= 16 * 1024 else { return append(value) }
        pieces += [bytes[...], value]
        bytes = []
    }

    /// All that was written, as a frame with its length in the first four bytes.
    mutating func frame() -> [ArraySlice<UInt8>] {
        let size = pieces.reduce(bytes.count) { $0 + $1.count }
        if pieces.isEmpty {
            set(size - 4, Int32.self, at: 0)
            return [bytes[...]]
        }
        for index in 0..<4 { pieces[0][index] = UInt8(truncatingIfNeeded: (size - 4) >> (24 - 8 * index)) }
        return pieces + [bytes[...]]
    }

    mutating func integer<T: FixedWidthInteger>(_ value: Int, _ type: T.Type) {
        withUnsafeBytes(of: T(truncatingIfNeeded: value).bigEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func uvarint(_ value: Int) {
        var rest = UInt32(truncatingIfNeeded: value)
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
