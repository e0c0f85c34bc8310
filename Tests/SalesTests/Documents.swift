import EventLoop
import Postgres
import ServiceKit

@testable import Sales

extension AccountHandlers {
    /// Applies documents alone.
    static func apply(_ entries: [LedgerEntry], _ transaction: Transaction) async throws {
        try await apply(entries.map(AccountNews.document), transaction)
    }
}
