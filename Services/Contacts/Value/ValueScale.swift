import EventLoop
import Postgres
import ServiceKit
import Telemetry

/// Keeps the fifths of recency, frequency and revenue near the live base: one pass over the values, at most every ten seconds and
/// not while the pass itself takes long.
@Loop
final class ValueScale {
    private let context: ServiceContext

    init(_ context: ServiceContext) { self.context = context }

    func run() async {
        while !Task.isCancelled {
            let begin = Loop.now
            do {
                _ = try await context.pool.query(ValueStore.refresh)
            } catch {
                context.log.warning("the value scale was not refreshed: \(error)")
            }
            let pause = max(.seconds(10), (Loop.now - begin) * 20)
            try? await Loop.sleep(for: pause)
        }
    }
}
