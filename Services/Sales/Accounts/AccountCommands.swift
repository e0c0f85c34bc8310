import EventLoop
import FoundationEssentials
import Postgres
import ServiceKit

/// Changes of accounts that people and programs ask for.
@Loop
enum AccountCommands {
    /// Gives an account that is still at the version seen an owner, a team or a territory, or none.
    static func change(
        _ id: UUID, _ seen: Seen, _ said: Patch<Account>, in transaction: Transaction
    ) async throws -> Completion<Rows> {
        try await Account.record.change(
            id, seen, said, of: .accounts, lock: AccountStore.lock, in: transaction
        ) { new, _, _ in transaction.enqueue(AccountStore.update, values: Account.record.values(new)) }
    }
}
