/// What texts, figures and lists of the contracts may be: said here once, and looked at where an event is read.
///
/// All services read by the same types. So a message that one of them refuses is refused by all, with the same words, and none is taken
/// that only the tables of one of them would refuse. Each rule answers what it expected; nil where all is well.
public enum Judgement {
    /// Bytes of what systems call a thing. It stands in keys and indexes, several together, and a row of an index takes no more than 2,704.
    public static let longestID = 200
    /// Bytes of a line for people that an index may hold, in other letters too.
    public static let longestLine = 1000
    /// The largest sum of a document, and of its lines: so that the sums of any batch stay within an integer, differences between any two
    /// totals too.
    public static let largest = Amount(units: 5_000_000_000_000_000)
    /// How many elements a list or a map has at most.
    public static let mostElements = 10_000

    /// A number or name by which systems know a thing.
    public static func id(_ text: String, from least: Int = 1, to most: Int = longestID) -> String? {
        let bytes = text.utf8
        guard (least...most).contains(bytes.count) else {
            return least == 0 ? "at most \(most) bytes" : "\(least) to \(most) bytes"
        }
        return bytes.contains { $0 < 0x20 || $0 == 0x7F } ? "no control character" : nil
    }

    /// The same where it may be absent; the empty text counts as absent.
    public static func id(_ text: String?) -> String? { text.flatMap { id($0, from: 0) } }

    /// One line for people.
    public static func line(_ text: String?, to most: Int = longestLine) -> String? {
        (text?.utf8.count ?? 0) <= most ? nil : "at most \(most) bytes"
    }

    /// A sum of money, or a quantity.
    public static func amount(_ amount: Amount?) -> String? {
        (amount?.units.magnitude ?? 0) <= largest.units.magnitude ? nil : "at most \(largest.units / Amount.scale)"
    }

    /// A code of ISO 4217, a withdrawn one too: books of the past tell of them.
    public static func currency(_ code: String) -> String? {
        Currency.isKnown(code) ? nil : "an ISO 4217 code such as \"EUR\""
    }

    /// The number of a list's or map's elements.
    public static func count(_ count: Int?) -> String? {
        count ?? 0 <= mostElements ? nil : "at most \(mostElements) elements"
    }

    /// Throws where something was expected of a member.
    public static func expect(_ field: String, _ what: String?) throws(JSONError) {
        if let what { throw JSONError(field: field, message: "expected \(what)") }
    }

    /// Throws where a text of a document holds NUL, which PostgreSQL's text does not take, whatever reads the document.
    static func withoutNUL(_ json: UnsafeRawBufferPointer) throws(JSONError) {
        let escape = StaticString("\\u0000")
        var isThere = false
        for start in json.indices.dropLast(escape.utf8CodeUnitCount - 1) where json[start] == escape.utf8Start[0] {
            isThere = (1..<escape.utf8CodeUnitCount).allSatisfy { json[start + $0] == escape.utf8Start[$0] }
            if isThere { break }
        }
        // The backslash may be one that is written itself: the reader knows, and names the member.
        guard isThere else { return }
        try JSONReader.object(json) { _, reader throws(JSONError) in try reader.skip() }
    }
}

extension JSONReader {
    /// Throws where something else was expected of the member that was just read.
    func expect(_ what: String?) throws(JSONError) {
        if let what { throw expected(what) }
    }

    /// Reads what systems call a thing.
    mutating func id(from least: Int = 1) throws(JSONError) -> String {
        let text = try string()
        try expect(Judgement.id(text, from: least))
        return text
    }

    /// Reads what systems call a thing, or null as nil.
    mutating func optionalID() throws(JSONError) -> String? {
        let text = try optionalString()
        try expect(Judgement.id(text))
        return text
    }

    /// Reads a line for people, or null as nil.
    mutating func optionalLine() throws(JSONError) -> String? {
        let text = try optionalString()
        try expect(Judgement.line(text))
        return text
    }

    /// Reads an amount within the bounds of a document.
    mutating func boundedAmount() throws(JSONError) -> Amount {
        let value = try amount()
        try expect(Judgement.amount(value))
        return value
    }
}
