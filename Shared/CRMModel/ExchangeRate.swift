/// How many of one currency a unit of another is worth: a decimal above nothing, kept as it is written.
public struct ExchangeRate: Codable, Sendable, Hashable {
    /// Up to twelve digits before the point and twelve behind it.
    public let text: String

    /// Reads a decimal; nil for anything else, for nothing and for more digits.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let isDecimal = parts.allSatisfy { part in
            (1...12).contains(part.utf8.count) && part.utf8.allSatisfy { (48...57).contains($0) }
        }
        guard isDecimal, text.utf8.contains(where: { (49...57).contains($0) }) else { return nil }
        self.text = text
    }

    /// Reads a decimal string; a JSON number is taken by its shortest decimal form.
    public init(from decoder: any Decoder) throws {
        self = try decoder.decimal(
            ExchangeRate.init(_:), expected: "a decimal string above nothing, such as \"7.8412\"")
    }

    /// Writes a decimal string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// The ERP said what a currency was worth in another on a day. What is said of the same day again replaces it.
public struct RatePublished: EventData, Codable {
    /// `erp.rate.published`.
    public static let type = "erp.rate.published"
    /// The currency of which a unit is worth `rate`.
    public let base: String
    /// The currency that it is worth that much of.
    public let quote: String
    /// So many of `quote` for one of `base`.
    public let rate: ExchangeRate
    /// The day from which it holds, until the next one that is told.
    public let day: CalendarDay
    /// Who says so: `ECB`, a bank.
    public let source: String?

    /// Two currencies of ISO 4217.
    public func judge() throws(JSONError) {
        try Judgement.expect("base", Judgement.currency(base))
        try Judgement.expect("quote", Judgement.currency(quote))
        try Judgement.expect("quote", base == quote ? "another currency than \(base)" : nil)
        try Judgement.expect("source", Judgement.line(source))
    }
}
