import EventLoop
import Messaging
import Telemetry

/// The figures of reactions that wait, by kind.
@Loop
final class IntentFigures {
    private let runner: IntentRunner
    private var shown: Set<String> = []

    init(_ runner: IntentRunner) { self.runner = runner }

    /// Counts and shows; a kind of which none waits any more goes to zero.
    func update() async throws {
        try await runner.measure()
        shown.formUnion(runner.waiting.keys)
        for kind in shown {
            Metrics.shared.gauge(
                "crm_intents_waiting", help: "Reactions that wait for a fact of another topic", labels: ["kind": kind]
            ).set(runner.waiting[kind] ?? 0)
        }
        for (kind, count) in runner.expired {
            Metrics.shared.counter(
                "crm_intents_expired_total", help: "Reactions given up, as their fact was not told in time",
                labels: ["kind": kind]
            ).advance(to: count)
        }
    }
}
