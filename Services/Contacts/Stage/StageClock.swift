import EventLoop
import FoundationEssentials
import Postgres
import ServiceKit
import Telemetry

/// Moves customers on who have been silent for long: due times are rows, so nothing is forgotten while no process runs.
@Loop
final class StageClock {
    private let context: ServiceContext
    private let work: SteadyWork

    init(_ context: ServiceContext) {
        self.context = context
        work = SteadyWork(context.log, every: .seconds(15), failing: "stages were not judged")
    }

    func run() async {
        await work.run { try await step() > 0 }
    }

    /// Judges up to 500 customers and says how many were due.
    func step() async throws -> Int {
        try await context.pool.transaction { transaction in
            let due: [UUID] = try await transaction.query(StageStore.due).map { try $0.value(0) }
            guard !due.isEmpty else { return 0 }
            Redirects.hold(due, in: transaction)
            PartyLocks.take(due, in: transaction)
            transaction.enqueue(StageStore.judge, due, due.map { _ in "time" })
            return due.count
        }
    }
}
