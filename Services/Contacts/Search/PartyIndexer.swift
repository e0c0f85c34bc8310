import EventLoop
import FoundationEssentials
import Postgres
import ServiceKit
import Telemetry

/// Writes the search terms of parties that were changed without them: by orders that came before their customer, by the ERP's
/// master over a fuller record, by a merge, and of all there were when search was new.
@Loop
final class PartyIndexer {
    private let context: ServiceContext

    init(_ context: ServiceContext) { self.context = context }

    func run() async {
        while !Task.isCancelled {
            do {
                while try await step() > 0, !Task.isCancelled {}
            } catch {
                context.log.warning("search terms were not written: \(error)")
            }
            try? await Loop.sleep(for: .milliseconds(500))
        }
    }

    /// Writes the terms of up to 500 parties and tells how many there were.
    func step() async throws -> Int {
        try await context.pool.transaction { transaction in
            let parties = try await transaction.query(PartyStore.unsearched).map { try Party($0) }
            guard !parties.isEmpty else { return 0 }
            let search = parties.map(\.search)
            transaction.enqueue(
                PartyStore.setSearch, parties.map(\.id), search.map(\.sortName), search.map(\.text),
                search.map(\.terms))
            return parties.count
        }
    }
}
