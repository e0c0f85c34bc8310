import EventLoop
import FoundationEssentials
import Postgres
import ServiceKit
import Text

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

    /// Writes the terms of up to 200 parties and tells how many it wrote; one process at a time does.
    func step() async throws -> Int {
        try await context.pool.transaction { transaction in
            guard try await LongWork.claim("search terms", transaction) else { return 0 }
            let rows = try await transaction.query(PartyIndexStore.unsearched)
            guard !rows.isEmpty else { return 0 }
            let parties = try rows.map { try Party($0) }
            let marks: [String] = try rows.map { try $0.value(2) }
            let search = parties.map(\.search)
            return try await transaction.query(
                PartyIndexStore.setSearch.statement, parties.map(\.id), search.map(\.sortName), search.map(\.text),
                search.map(\.terms), marks
            ).affected
        }
    }
}
