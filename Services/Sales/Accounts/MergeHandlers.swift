import CRMModel
import EventLoop
import FoundationEssentials
import Postgres
import ServiceKit

/// What sales does when contacts merges parties or takes that back: their documents count for another account.
@Loop
enum MergeHandlers {
    static func follow(_ redirects: [Redirect], _ transaction: Transaction) async throws {
        let moved = try await Ledger.follow(redirects, in: transaction)
        guard !moved.isEmpty else { return }
        AccountHandlers.add(moved, transaction)
        // Times are kept as the latest ever: of what has left an account they have to be looked up.
        transaction.enqueue(AccountStore.redate, Set(moved.compactMap(\.party)).sorted())
    }
}
