/// SQL of sums that stay within a `bigint`, whatever is added to them.
///
/// A document is bounded by its contract, and what many of them come to is not. A service that keeps a sum must not refuse a document that
/// others take: beyond half of what a `bigint` holds (some 461 million million of a currency's unit) a sum stays at that end, so that the
/// difference of two such sums is one that can be held too.
public enum BoundedSum {
    private static let (least, most) = ("-4611686018427387904", "4611686018427387903")

    /// A sum that was worked out as `numeric`.
    public static func of(_ sum: String) -> String { "least(greatest(\(sum), \(least)), \(most))::bigint" }

    /// A sum that is kept so, and what is added to it: what of it there is room for, without a detour over `numeric`.
    public static func of(_ kept: String, and more: String) -> String {
        "\(kept) + least(greatest(\(more), \(least) - \(kept)), \(most) - \(kept))"
    }
}
