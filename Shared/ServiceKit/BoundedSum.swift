/// SQL of sums that stay within a `bigint`, whatever is added to them.
///
/// A document is bounded by its contract, and what many of them come to is not. A service that keeps a sum must not refuse a document that
/// others take: beyond half of what a `bigint` holds (some 461 million million of a currency's unit) a sum stays at that end, so that the
/// difference of two such sums is one that can be held too.
public enum BoundedSum {
    /// A sum that was worked out as `numeric`.
    public static func of(_ sum: String) -> String {
        "least(greatest(\(sum), -4611686018427387904), 4611686018427387903)::bigint"
    }

    /// A sum that is kept, and what is added to it.
    public static func of(_ kept: String, and more: String) -> String { of("\(kept)::numeric + \(more)") }
}
