/// Reads CSV (RFC 4180) from chunks of bytes in constant memory: quotes, doubled quotes and line ends inside quotes.
struct CSVReader {
    private var field: [UInt8] = []
    private var row: [String] = []
    private var isQuoted = false
    private var isAfterQuote = false
    private var hasContent = false

    /// Takes the next bytes and calls `body` with each row that is complete.
    mutating func read(_ bytes: some Sequence<UInt8>, _ body: ([String]) throws -> Void) rethrows {
        for byte in bytes {
            if isQuoted, !isAfterQuote {
                if byte == UInt8(ascii: "\"") { isAfterQuote = true } else { field.append(byte) }
                continue
            }
            switch byte {
            case UInt8(ascii: "\"") where isAfterQuote:
                field.append(byte)
                isAfterQuote = false
            case UInt8(ascii: "\"") where field.isEmpty:
                isQuoted = true
                hasContent = true
            case UInt8(ascii: ","): endField()
            case UInt8(ascii: "\n"): try endRow(body)
            case UInt8(ascii: "\r"): break
            default: field.append(byte)
            }
        }
    }

    /// Gives the last row where the file does not end with a line end.
    mutating func finish(_ body: ([String]) throws -> Void) rethrows { try endRow(body) }

    private mutating func endField() {
        row.append(String(decoding: field, as: UTF8.self))
        field.removeAll(keepingCapacity: true)
        isQuoted = false
        isAfterQuote = false
        hasContent = true
    }

    private mutating func endRow(_ body: ([String]) throws -> Void) rethrows {
        guard hasContent || !field.isEmpty else { return }
        endField()
        let complete = row
        row.removeAll(keepingCapacity: true)
        hasContent = false
        try body(complete)
    }
}
