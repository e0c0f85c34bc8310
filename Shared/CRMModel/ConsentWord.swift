import FoundationEssentials

/// What a person said of a channel and a purpose, and when.
///
/// Of two words the one that was decided later counts, whichever is told later, and a refusal where the times are equal. So a grant that is
/// derived again, told again or told late never beats a withdrawal that was made after it. The SQL of those who keep words says the same.
public struct ConsentWord: Sendable, Equatable, Comparable {
    /// Whether it is allowed.
    public let granted: Bool
    /// When that was decided.
    public let decidedAt: Date

    /// When something was decided of which nobody knows it: before all else. The first moment that RFC 3339 can write.
    public static let timeUnknown = Date(timeIntervalSince1970: -62_135_596_800)

    /// Says it.
    public init(granted: Bool, decidedAt: Date) {
        self.granted = granted
        self.decidedAt = decidedAt
    }

    /// Whether another word counts and not this one.
    public static func < (one: ConsentWord, other: ConsentWord) -> Bool {
        (one.decidedAt, one.granted ? 0 : 1) < (other.decidedAt, other.granted ? 0 : 1)
    }
}
