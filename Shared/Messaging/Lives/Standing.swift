/// What the rows of a table are when a life of somebody has ended.
public struct Standing: Sendable, Equatable {
    /// The kinds.
    public enum Kind: String, Sendable {
        /// What the owner of something says of it: it ends with the owner's life, unless that is told again.
        case assertion
        /// What has happened: it stays.
        case fact
        /// What may not be done, as a withdrawal or an erasure: it stays until a later decision is told.
        case restriction
        /// What only this service's people entered, or its own work: a life that lost it has it from a backup, or not.
        case own
    }

    /// The table.
    public let table: String
    /// What its rows are.
    public let kind: Kind

    private init(_ table: String, _ kind: Kind) {
        self.table = table
        self.kind = kind
    }

    /// What the owner of something says of it.
    public static func assertion(_ table: String) -> Standing { Standing(table, .assertion) }
    /// What has happened.
    public static func fact(_ table: String) -> Standing { Standing(table, .fact) }
    /// What may not be done.
    public static func restriction(_ table: String) -> Standing { Standing(table, .restriction) }
    /// What only this service's people entered, or its own work.
    public static func own(_ table: String) -> Standing { Standing(table, .own) }
}

extension MessagingSchema {
    /// Those of its tables.
    public static let standings: [Standing] = [
        .own("outbox"), .own("consumer_offset"), .fact("inbox"), .fact("applied_sequence"), .own("dead_letter"),
        .own("dead_letter_action"), .own("timer"), .own("idempotency_key"), .own("parked_key"), .own("parked_message"),
        .restriction("subject_key"), .own("rebuild"), .own("intent"), .own("life"), .fact("source_life"),
        .own("tell_again"), .own("held"), .own("told_end"), .own("ended_key"),
        .restriction("erasure_done"),
    ]
}
