/// Reads CSV as RFC 4180 has it, quoted newlines included, in steps of whole records.
///
/// It works on bytes before they are decoded: no byte of a longer character of UTF-8 or GB18030 is a quote, a separator or a line
/// end (the trailing bytes of GB18030 are digits or 0x40 and above).
public enum CSVReader {
    private static let quote = UInt8(ascii: "\"")
    private static let newline = UInt8(ascii: "\n")
    private static let cr = UInt8(ascii: "\r")

    /// The end of the last whole record of `bytes`; 0 where there is none.
    public static func lastRecordEnd(_ bytes: Span<UInt8>) -> Int {
        var end = 0
        var isQuoted = false
        for index in bytes.indices {
            switch bytes[index] {
            case quote: isQuoted.toggle()
            case newline where !isQuoted: end = index + 1
            default: break
            }
        }
        return end
    }

    /// The likeliest separator of a header line: comma, semicolon or tab.
    public static func separator(_ line: [UInt8]) -> UInt8 {
        var counts: [UInt8: Int] = [:]
        var isQuoted = false
        for byte in line {
            if byte == quote { isQuoted.toggle() }
            if byte == newline, !isQuoted { break }
            if !isQuoted { counts[byte, default: 0] += 1 }
        }
        let candidates: [UInt8] = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
        return candidates.max { counts[$0, default: 0] < counts[$1, default: 0] } ?? UInt8(ascii: ",")
    }

    /// A record as it stands in the text.
    public struct Record {
        /// None in a blank line.
        public var fields: [String] = []
        /// How many lines it takes.
        public var lines = 0
        /// Its place.
        public var raw = 0..<0
        /// Whether a quote of it is never closed.
        public var isOpen = false
    }

    /// Gives each record. The text is UTF-8.
    public static func records(
        _ bytes: [UInt8], separator: UInt8 = UInt8(ascii: ","), _ body: (Record) throws -> Void
    ) rethrows {
        var index = 0
        while index < bytes.count {
            var record = Record()
            let start = index
            repeat {
                let (field, end) = field(bytes, from: index, separator, &record)
                record.fields.append(field)
                index = end
                guard index < bytes.count else { break }
                let isEnd = bytes[index] == newline
                index += 1
                if isEnd {
                    record.lines += 1
                    break
                }
                if index == bytes.count { record.fields.append("") }
            } while index < bytes.count
            if record.fields == [""] { record.fields = [] }
            record.raw = start..<index
            try body(record)
        }
    }

    /// One field and the place of what ends it. The line ends within are counted with the record.
    private static func field(
        _ bytes: [UInt8], from start: Int, _ separator: UInt8, _ record: inout Record
    ) -> (String, Int) {
        guard start < bytes.count, bytes[start] == quote else {
            var end = start
            while end < bytes.count, bytes[end] != separator, bytes[end] != newline { end += 1 }
            let isCRLF = end > start && bytes[end - 1] == cr && (end == bytes.count || bytes[end] == newline)
            return (String(decoding: bytes[start..<(isCRLF ? end - 1 : end)], as: UTF8.self), end)
        }
        var text: [UInt8] = []
        var index = start + 1
        record.isOpen = true
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == quote {
                guard index < bytes.count, bytes[index] == quote else {
                    record.isOpen = false
                    break
                }
                index += 1
            } else if byte == newline {
                record.lines += 1
            }
            text.append(byte)
        }
        // What follows a closing quote before the separator belongs to the field, as spreadsheets read it.
        while index < bytes.count, bytes[index] != separator, bytes[index] != newline {
            if bytes[index] != cr { text.append(bytes[index]) }
            index += 1
        }
        return (String(decoding: text, as: UTF8.self), index)
    }
}
