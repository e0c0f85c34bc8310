/// Reads the CSV of a file that comes in pieces, in constant memory; lines without anything are passed over.
public struct CSVStream: Sendable {
    private var carry: [UInt8] = []

    /// Before the first piece.
    public init() {}

    /// Takes the next bytes and calls `body` with the fields of each record that is complete.
    public mutating func read(_ bytes: some Sequence<UInt8>, _ body: ([String]) throws -> Void) rethrows {
        try take(bytes, isLast: false, body)
    }

    /// Gives the last record where the file does not end with a line end.
    public mutating func finish(_ body: ([String]) throws -> Void) rethrows { try take([], isLast: true, body) }

    private mutating func take(
        _ bytes: some Sequence<UInt8>, isLast: Bool, _ body: ([String]) throws -> Void
    ) rethrows {
        carry.append(contentsOf: bytes)
        let end = isLast ? carry.count : CSVReader.lastRecordEnd(carry.span)
        guard end > 0 else { return }
        let whole = Array(carry[..<end])
        carry.removeFirst(end)
        try CSVReader.records(whole) { if !$0.fields.isEmpty { try body($0.fields) } }
    }
}
