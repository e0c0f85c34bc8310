/// Reads CSV as RFC 4180 has it, quoted line ends included, in steps of whole records. A quote opens a cell at its beginning only: 5" is
/// an inch.
///
/// It works on bytes before they are decoded: no byte of a longer character of UTF-8 or GB18030 is a quote, a separator or a line
/// end (the trailing bytes of GB18030 are digits or 0x40 and above).
public enum CSVReader {
    private static let quote = UInt8(ascii: "\"")
    private static let cr = UInt8(ascii: "\r")
    /// No record has more cells: those behind are counted only, for a line of separators must not become millions of texts.
    public static let mostCells = 1000

    /// The end of the last whole record of `bytes`; 0 where there is none.
    public static func lastRecordEnd(_ bytes: Span<UInt8>, _ form: CSVForm = CSVForm()) -> Int {
        var end = 0
        var isQuoted = false
        // Whether the next byte begins a cell, and whether the last one was a quote within one that may end it.
        var isFresh = true
        var mayEnd = false
        for index in bytes.indices {
            let byte = bytes[index]
            if isQuoted {
                guard mayEnd else {
                    mayEnd = byte == quote
                    continue
                }
                mayEnd = false
                if byte == quote { continue }
                isQuoted = false
            }
            if byte == form.newline {
                end = index + 1
                isFresh = true
            } else if byte == form.separator {
                isFresh = true
            } else {
                isQuoted = isFresh && byte == quote
                isFresh = false
            }
        }
        return end
    }

    /// A record as it stands in the text.
    public struct Record {
        /// None in a blank line, `mostCells` at most.
        public var fields: [String] = []
        /// How many cells stand behind those.
        public var cellsLeftOut = 0
        /// How many lines it takes.
        public var lines = 0
        /// Its place.
        public var raw = 0..<0
        /// Whether a quote of it is never closed.
        public var isOpen = false
    }

    /// Gives each record. The text is UTF-8.
    public static func records(
        _ bytes: [UInt8], _ form: CSVForm = CSVForm(), _ body: (Record) throws -> Void
    ) rethrows {
        var index = 0
        while index < bytes.count {
            var record = Record()
            let start = index
            repeat {
                let isWanted = record.fields.count < mostCells
                let (field, end) = field(bytes, from: index, form, isWanted, &record)
                if isWanted { record.fields.append(field) } else { record.cellsLeftOut += 1 }
                index = end
                guard index < bytes.count else { break }
                let isEnd = bytes[index] == form.newline
                index += 1
                if isEnd {
                    record.lines += 1
                    break
                }
                if index == bytes.count, isWanted { record.fields.append("") }
            } while index < bytes.count
            if record.fields == [""] { record.fields = [] }
            record.raw = start..<index
            try body(record)
        }
    }

    /// One field, empty where it is not wanted, and the place of what ends it. The line ends within are counted with the record.
    private static func field(
        _ bytes: [UInt8], from start: Int, _ form: CSVForm, _ isWanted: Bool, _ record: inout Record
    ) -> (String, Int) {
        guard start < bytes.count, bytes[start] == quote else {
            var end = start
            while end < bytes.count, bytes[end] != form.separator, bytes[end] != form.newline { end += 1 }
            guard isWanted else { return ("", end) }
            let isCRLF = end > start && bytes[end - 1] == cr && (end == bytes.count || bytes[end] == form.newline)
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
            } else if byte == form.newline {
                record.lines += 1
            }
            text.append(byte)
        }
        // What follows a closing quote before the separator belongs to the field, as spreadsheets read it.
        while index < bytes.count, bytes[index] != form.separator, bytes[index] != form.newline {
            if bytes[index] != cr { text.append(bytes[index]) }
            index += 1
        }
        return (String(decoding: text, as: UTF8.self), index)
    }
}
