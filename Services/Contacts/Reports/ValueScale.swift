import EventLoop
import Postgres
import ServiceKit
import Telemetry

/// Keeps the edges of the classes and the reports near the live base: one pass over the values, at most every ten seconds, and never
/// for more than a twentieth of the time.
@Loop
package final class ValueScale {
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
    package static func refresh(_ context: ServiceContext) async throws {
        try await context.pool.transaction { transaction in
            transaction.enqueue(LongWork.allow)
            guard try await LongWork.claim("value scale", transaction) else { return }
            transaction.enqueue(ScoreStore.refresh)
            transaction.enqueue(ScoreStore.dropScale)
        }
    }
}
