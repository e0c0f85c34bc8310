import FoundationEssentials

/// What is told of a row beside the counts: why it was refused, the party that it was taken for, what of it was not understood.
struct ImportNote: Sendable {
    enum Outcome: String {
        case refused, skipped
        /// Taken, but for a part.
        case odd
    }

    let line: Int
    let outcome: Outcome
    let field: String
    let message: String
    let record: String
    let party: UUID?

    init(_ error: ImportError) {
        (line, outcome, field, message, record, party) = (
            error.line, .refused, error.field, error.message, error.record, nil
        )
    }

    init(_ row: ImportRow, _ outcome: Outcome, _ message: String, _ party: UUID?) {
        line = row.line
        self.outcome = outcome
        field = "record"
        self.message = row.told(message)
        record = row.source
        self.party = party
    }
}
