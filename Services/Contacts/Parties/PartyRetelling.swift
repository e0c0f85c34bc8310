import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// Tells parties again that were told in a form of before, which said less, so that other services know them as well as those that come
/// now: a hundred a second, so that nobody waits for it.
@Loop
final class PartyRetelling {
    private static let step = 100
    private let context: ServiceContext
    private let work: SteadyWork

    init(_ context: ServiceContext) {
        self.context = context
        work = SteadyWork(context.log, every: .seconds(1), failing: "parties were not told again in their new form")
    }

    func run() async {
        await work.run {
            try await step()
            return false
        }
    }

    /// Tells those whose turn it is.
    func step() async throws {
        try await context.transaction { transaction in
            let found: [UUID] = try await transaction.rows(PartyStore.toRetell, Self.step)
            guard !found.isEmpty else { return }
            let parties = found.sorted()
            PartyLocks.take(parties, in: transaction)
            transaction.enqueue(PartyStore.tellAgain, parties)
        }
    }
}
