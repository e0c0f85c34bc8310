import EventLoop
import FoundationEssentials
import Postgres
import ServiceKit

/// Works off the runs of the models: rows in a table, so that a run outlives the process that took it.
@Loop
package final class ModelWorker {
    private let context: ServiceContext
    private let interval: Duration
    private let work: SteadyWork

    /// Works in a service.
    package init(_ context: ServiceContext) throws {
        self.context = context
        let hours = try context.settings.value(
            Setting<Int>(
                "MODEL_REFRESH_HOURS", default: 1,
                help: "hours after which the customer models are fitted anew at the latest, where something was sold"))
        interval = .seconds(max(1, hours) * 3600)
        work = SteadyWork(context.log, every: .seconds(10), failing: "a model was not fitted")
    }

    /// Says that a run was asked for.
    func wake() { work.wake() }

    func run() async {
        await work.run(begin: { try await askDue() }) { try await workOne() }
    }

    /// Asks for fits of the currencies whose base has grown or whose last one is old enough.
    private func askDue() async throws {
        _ = try await context.pool.rows(
            ModelStore.askDue, Int(interval.components.seconds), ModelRun.leastRepeaters * 2)
    }

    /// Takes a run and works it off; false where none waits.
    package func workOne() async throws -> Bool {
        let owner = UUID()
        guard let row = try await context.pool.query(ModelStore.claim, owner).first else { return false }
        let run = ModelRun(
            id: try row.value(0), currency: try row.value(1), weeks: try row.value(2), owner: owner,
            context: context)
        try await run.work()
        return true
    }
}
