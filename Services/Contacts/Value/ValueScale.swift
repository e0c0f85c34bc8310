import EventLoop
import Postgres
import ServiceKit
import Telemetry

/// Keeps the edges of the classes and the reports near the live base: one pass over the values, at most every ten seconds, and never
/// for more than a twentieth of the time.
@Loop
final class ValueScale {
    private let context: ServiceContext

    init(_ context: ServiceContext) { self.context = context }

    func run() async {
        while !Task.isCancelled {
            let begin = Loop.now
            do {
                try await ValueScale.refresh(context)
                try await Reports.refreshAll(context)
            } catch {
                context.log.warning("the value scale was not refreshed: \(error)")
            }
            let pause = max(.seconds(10), (Loop.now - begin) * 20)
            try? await Loop.sleep(for: pause)
        }
    }

    /// One pass; of several processes that come together one does it.
    static func refresh(_ context: ServiceContext) async throws {
        try await context.pool.transaction { transaction in
            transaction.enqueue(LongWork.allow)
            guard try await LongWork.claim("value scale", transaction) else { return }
            transaction.enqueue(ScoreStore.refresh)
            transaction.enqueue(ScoreStore.dropScale)
        }
    }
}

/// Statements over the whole base.
@Loop
enum LongWork {
    nonisolated static let statements = [allow, take]

    /// Lets the statements behind it in the transaction run for an hour, with memory to sort a million customers.
    nonisolated static let allow = Statement(
        "long_work.allow",
        "SELECT set_config('statement_timeout', '3600000', true), set_config('work_mem', '96MB', true)")

    nonisolated private static let take = Statement(
        "long_work.take", "SELECT pg_try_advisory_xact_lock(43, hashtext(current_schema() || $1))")

    /// Takes a piece of work until the transaction's end; false where another process has it.
    static func claim(_ name: String, _ transaction: Transaction) async throws -> Bool {
        try await transaction.query(take, name).first?.value(0) ?? false
    }
}
