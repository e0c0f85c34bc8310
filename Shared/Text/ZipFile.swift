/// A ZIP archive of files that are stored as they are (APPNOTE.TXT 6.3.10, sections 4.3 and 4.4): what every desktop opens.
///
/// Files are added one after the other, so that no more than one of them is in memory; the directory comes at the end. Without the
/// 64-bit extensions: files and archive below 4 GiB, at most 65,535 files.
public struct ZipFile {
    /// Why an archive cannot be written.
    public struct TooLarge: Error, CustomStringConvertible {
        /// For people.
        public let description = "a ZIP archive without extensions ends at 4 GiB"
    }

    private var directory: [UInt8] = []
    private var count: UInt16 = 0
    private var offset = 0

    /// An archive without files.
    public init() {}

    /// The bytes of a file with its header.
    public mutating func file(_ name: String, _ content: [UInt8]) throws -> [UInt8] {
        let name = Array(name.utf8)
        let start = offset
        guard start + content.count + 4096 < UInt32.max, count < .max else { throw TooLarge() }
        var fields: [UInt8] = []
        // Version 2.0; names are UTF-8; stored; the time is 1980-01-01, the earliest that the format knows.
        fields.append(short: 20)
        fields.append(short: 1 << 11)
        fields.append(short: 0)
        fields.append(short: 0)
        fields.append(short: 0x21)
        fields.append(long: Self.checksum(content))
        fields.append(long: UInt32(content.count))
        fields.append(long: UInt32(content.count))
        fields.append(short: UInt16(clamping: name.count))
        fields.append(short: 0)
        var bytes: [UInt8] = [0x50, 0x4B, 3, 4]
        bytes += fields + name + content
        directory += [0x50, 0x4B, 1, 2]
        directory.append(short: 20)
        directory += fields
        // No comment, on the first disk, no attributes.
        for _ in 0..<5 { directory.append(short: 0) }
        directory.append(long: UInt32(start))
        directory += name
        offset += bytes.count
        count += 1
        return bytes
    }

    /// The directory, with which the archive ends.
    public func end() -> [UInt8] {
        var bytes = directory + [0x50, 0x4B, 5, 6]
        bytes.append(long: 0)
        bytes.append(short: count)
        bytes.append(short: count)
        bytes.append(long: UInt32(clamping: directory.count))
        bytes.append(long: UInt32(clamping: offset))
        bytes.append(short: 0)
        return bytes
    }

    /// The checksum of ISO 3309, as ZIP and gzip have it.
    public static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { table[Int(($0 ^ UInt32($1)) & 0xFF)] ^ ($0 >> 8) }
    }

    private static let table: [UInt32] = (0..<256).map { number in
        (0..<8).reduce(UInt32(number)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }
}

extension [UInt8] {
    fileprivate mutating func append(short value: UInt16) {
        self += [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
    }

    fileprivate mutating func append(long value: UInt32) {
        append(short: UInt16(truncatingIfNeeded: value))
        append(short: UInt16(truncatingIfNeeded: value >> 16))
    }
}
