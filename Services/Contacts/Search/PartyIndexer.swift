import EventLoop
import FoundationEssentials
import Postgres
import ServiceKit

/// Writes the search terms of parties that were changed without them: by orders that came before their customer, by the ERP's
/// master over a fuller record, by a merge, and of all there were when search was new.
@Loop
final class PartyIndexer {
    private let context: ServiceContext
    private let work: SteadyWork

    init(_ context: ServiceContext) {
        self.context = context
        work = SteadyWork(context.log, every: .milliseconds(500), failing: "search terms were not written")
    }

    func run() async { await work.run { try await step() > 0 } }

    /// Writes the terms of up to 500 parties and tells how many there were.
    func step() async throws -> Int {
        try await context.pool.transaction { transaction in
            let parties = try await transaction.query(PartyStore.unsearched).map { try Party($0) }
            guard !parties.isEmpty else { return 0 }
            PartyCommands.index(parties, transaction)
            return parties.count
        }
    }
}
