/// A day of the calendar without a time, as `2011-12-31`.
public struct CalendarDay: Codable, Sendable, Hashable, Comparable {
    /// `YYYY-MM-DD`.
    public let text: String

    /// Reads a day; nil for what is none.
    public init?(_ text: String) {
        guard text.utf8.count == 10, RFC3339.date("\(text)T00:00:00Z") != nil else { return nil }
        self.text = text
    }

    private init(known text: String) { self.text = text }

    /// The first that can be written: a record without a day yet has it.
    public static let first = CalendarDay(known: "0001-01-01")

    /// Earlier first.
    public static func < (a: CalendarDay, b: CalendarDay) -> Bool { a.text < b.text }

    /// Reads a string.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let day = CalendarDay(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "expected a day such as \"2011-12-31\"")
        }
        self = day
    }

    /// Writes a string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
