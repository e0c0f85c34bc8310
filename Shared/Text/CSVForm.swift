/// How a CSV file parts its cells and lines.
public struct CSVForm: Sendable, Equatable {
    /// Between cells.
    public var separator: UInt8
    /// At the end of a line: LF, before which CR may stand, or CR alone, as old programs for the Mac write.
    public var newline: UInt8

    /// What RFC 4180 has, or what is said.
    public init(separator: UInt8 = UInt8(ascii: ","), newline: UInt8 = UInt8(ascii: "\n")) {
        self.separator = separator
        self.newline = newline
    }

    /// The likeliest form of a file by its beginning, and how many bytes of it say so: Excel writes `sep=;` before the headings.
    public static func of(_ bytes: [UInt8]) -> (form: CSVForm, said: Int) {
        let newline = newline(bytes)
        guard bytes.count > 5, bytes.starts(with: Array("sep=".utf8)) || bytes.starts(with: Array("SEP=".utf8)) else {
            return (CSVForm(separator: separator(bytes, newline), newline: newline), 0)
        }
        let end = bytes.firstIndex(of: newline).map { $0 + 1 } ?? bytes.count
        return (CSVForm(separator: bytes[4], newline: newline), end)
    }

    /// Lines end with CR where no LF stands outside quotes.
    private static func newline(_ bytes: [UInt8]) -> UInt8 {
        let (lf, cr) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))
        var isQuoted = false
        var hasCR = false
        for byte in bytes {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            guard !isQuoted else { continue }
            if byte == lf { return lf }
            hasCR = hasCR || byte == cr
        }
        return hasCR ? cr : lf
    }

    /// The commonest of comma, semicolon, tab and bar in the first line.
    private static func separator(_ bytes: [UInt8], _ newline: UInt8) -> UInt8 {
        var counts: [UInt8: Int] = [:]
        var isQuoted = false
        for byte in bytes {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if byte == newline, !isQuoted { break }
            if !isQuoted { counts[byte, default: 0] += 1 }
        }
        return [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|")].reduce(UInt8(ascii: ",")) {
            counts[$1, default: 0] > counts[$0, default: 0] ? $1 : $0
        }
    }
}
