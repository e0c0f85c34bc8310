import EventLoop
import Postgres

/// Statements over the whole base.
@Loop
enum LongWork {
    nonisolated static let statements: [any Preparable] = [allow, take]

    /// Lets the statements behind it in the transaction run for an hour, with memory to sort a million customers.
    nonisolated static let allow = Statement(
        "long_work.allow",
        "SELECT set_config('statement_timeout', '3600000', true), set_config('work_mem', '96MB', true)")

    nonisolated private static let take = Statement(
        "long_work.take", "SELECT pg_try_advisory_xact_lock(49, hashtext(current_schema() || $1))")

    /// Takes a piece of work until the transaction's end; false where another process has it.
    static func claim(_ name: String, _ transaction: Transaction) async throws -> Bool {
        try await transaction.query(take, name).first?.value(0) ?? false
    }
}
