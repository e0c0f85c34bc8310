import EventLoop
import FoundationEssentials
import Postgres
import ServiceKit
import Telemetry

/// Works off the runs of the models: rows in a table, so that a run outlives the process that took it.
@Loop
final class ModelWorker {
    private let context: ServiceContext
    private let interval: Duration
    private let changed = Notice()
    private var isWoken = false

    init(_ context: ServiceContext) throws {
        self.context = context
        let hours = try context.settings.value(
            Setting<Int>("MODEL_REFRESH_HOURS", default: 24, help: "hours between two fits of the customer models"))
        interval = .seconds(max(1, hours) * 3600)
    }

    /// Says that a run was asked for.
    func wake() {
        isWoken = true
        changed.notify()
    }

    func run() async {
        while !Task.isCancelled {
            isWoken = false
            do {
                _ = try await context.pool.query(
                    ModelStore.askDue, Int(interval.components.seconds), ModelRun.leastRepeaters * 2)
                while try await workOne(), !Task.isCancelled {}
            } catch {
                context.log.warning("a model was not fitted: \(error)")
            }
            _ = try? await changed.wait(until: { isWoken }, atMost: .seconds(10))
        }
    }

    /// Takes a run and works it off; false where none waits.
    func workOne() async throws -> Bool {
        let owner = UUID()
        guard let row = try await context.pool.query(ModelStore.claim, owner).first else { return false }
        let run = ModelRun(
            id: try row.value(0), currency: try row.value(1), weeks: try row.value(2), owner: owner,
            context: context)
        try await run.work()
        return true
    }
}
