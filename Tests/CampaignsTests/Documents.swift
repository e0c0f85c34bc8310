import Postgres
import ServiceKit

@testable import Campaigns

extension NewsHandlers {
    /// Applies documents alone.
    func apply(_ entries: [LedgerEntry], _ transaction: Transaction) async throws {
        try await apply(entries.map(MemberNews.document), transaction)
    }
}
