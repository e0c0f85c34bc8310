import EventLoop
import FoundationEssentials
import Postgres
import ServiceKit

/// Changes of accounts that people and programs ask for.
@Loop
enum AccountCommands {
    /// Gives an account that is still at the version seen an owner, or none.
    static func change(
        _ id: UUID, _ seen: Seen, _ said: Patch<Account>, in transaction: Transaction
    ) async throws -> Completion<Rows> {
        let (old, version) = try await Account.record.locked(id, AccountStore.lock, in: transaction)
        try await seen.check(.accounts, id, at: version, in: transaction)
        let new = said.applied(to: old)
        if Account.record.isSame(new, old) { return transaction.enqueue(AccountStore.get.statement, id) }
        return transaction.enqueue(AccountStore.update, values: Account.record.values(new))
    }
}
