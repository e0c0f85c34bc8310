import EventLoop
import FoundationEssentials
import Postgres
import ServiceKit
import Writing

/// Writes the search terms of parties that were changed without them: by orders that came before their customer, by the ERP's
/// master over a fuller record, by a merge, and of all whose terms a program of another folding wrote.
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
            let written = try await transaction.query(
                PartyIndexStore.setSearch.statement, parties.map(\.id), search.map(\.sortName), search.map(\.text),
                search.map(\.terms), marks
            ).affected
            try await codeCountries(parties, transaction)
            return written
        }
    }

    /// Puts the codes of countries in the place of names that were stored before names were understood; others are told of it, as of any
    /// change.
    private func codeCountries(_ parties: [Party], _ transaction: Transaction) async throws {
        let ids = parties.filter { $0.country.map { Country.stored($0) != $0 } ?? false }.map(\.id)
        guard !ids.isEmpty else { return }
        for row in try await transaction.query(PartyIndexStore.lock, ids) {
            let old = try Party(row)
            var party = old
            party.country = old.country.map(Country.stored)
            party.completeNumbers()
            if party != old { try PartyCommands.save(party, over: old, in: transaction) }
        }
    }
}
