import EventLoop
import FoundationEssentials
import Postgres
import ServiceKit
import Telemetry

/// Looks again, behind the transactions that wrote them, at touches that were found to be nobody's, and at parties who can be found by
/// something new.
///
/// Whoever writes a touch does not see the party that comes at the same moment, and whoever comes does not see the touch. One of the two
/// commits last, and what it has left here is looked at after that; so they need not wait for each other.
@Loop
final class InteractionMatcher {
    private static let step = 500
    private let context: ServiceContext
    private let work: SteadyWork

    init(_ context: ServiceContext) {
        self.context = context
        work = SteadyWork(context.log, every: .seconds(1), failing: "touches that are nobody's were not looked at")
    }

    /// Looks again and again.
    func run() async {
        await work.run {
            let count = try await look()
            if count > 0 { _ = try await context.pool.query(InteractionStore.expire) }
            return count == Self.step
        }
    }

    /// Looks at what has waited longest, which other processes pass over meanwhile, and says how much it was.
    func look() async throws -> Int {
        try await context.pool.transaction { transaction in
            var parties: [UUID] = []
            var kinds: [String] = []
            var references: [String] = []
            var sources: [String] = []
            let rows = try await transaction.rows(InteractionStore.take, Self.step)
            for (party, kind, reference, source) in rows {
                if let party { parties.append(party) }
                if let kind, let reference {
                    kinds.append(kind)
                    references.append(reference)
                    sources.append(source)
                }
            }
            if !rows.isEmpty { transaction.enqueue(InteractionStore.claim, parties, kinds, references, sources) }
            return rows.count
        }
    }
}
