import EventLoop
import Postgres
import ServiceKit
import Telemetry

/// Keeps the edges of the classes near the live base: one pass over the values, at most every ten seconds, and not for more than a
/// twentieth of the time.
@Loop
package final class ValueScale {
    private let context: ServiceContext
    private let work: SteadyWork

    init(_ context: ServiceContext) {
        self.context = context
        work = SteadyWork(
            context.log, every: .seconds(10), resting: 20, failing: "the value scale was not refreshed")
    }

    func run() async {
        await work.run {
            try await ValueScale.refresh(context)
            return false
        }
    }

    /// One pass; of several processes that come together one does it.
    package static func refresh(_ context: ServiceContext) async throws {
        try await context.pool.transaction { transaction in
            transaction.enqueue(LongWork.allow)
            guard try await LongWork.claim("value scale", transaction) else { return }
            transaction.enqueue(ScoreStore.refresh)
            transaction.enqueue(ScoreStore.dropScale)
        }
    }
}
