import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

extension LockKind {
    /// Documents of the ERP; they come behind the redirects and before the parties.
    public static let documents = LockKind(30, "documents")
}

/// Whether a transaction has locked its documents.
@Loop
final class DocumentLocks {
    var areTaken = false

    static func of(_ transaction: Transaction) -> DocumentLocks { transaction.shared { DocumentLocks() } }
}

extension Ledger {
    /// Follows what contacts says of some parties: their documents move to where they count now, those that came after a merge
    /// too. Answers what that changes in sums, as if the ERP had given each document to the other customer.
    @Loop
    public static func follow(_ redirects: [Redirect], in transaction: Transaction) async throws -> [LedgerChange] {
        Redirects.follow(redirects, in: transaction)
        let latest = Redirects.last(redirects)
        lock(documentsOf: latest.map(\.party), in: transaction)
        let rows = try await transaction.rows(LedgerStore.move, latest.map(\.party), latest.map(\.survivor))
        return rows.flatMap { source, kind, id, before, after, at, currency, sum, isCancelled, status in
            guard let kind = LedgerEntry.Kind(rawValue: kind) else { return [LedgerChange]() }
            let name = BookName(source: source, kind: kind.rawValue, id: id)
            var document = ERPDocument()
            document.id = id
            document.at = at
            document.currency = currency
            document.total = Amount(units: sum)
            document.status = status
            let count = isCancelled ? 0 : 1
            let total = isCancelled ? 0 : document.total.units
            func change(_ party: UUID, _ sign: Int) -> LedgerChange {
                LedgerChange(
                    name: name, kind: kind, party: party, document: document, isCancelled: isCancelled,
                    count: sign * count, total: Amount(units: sign * total), previous: nil, standing: .recalled)
            }
            return [change(before, -1), change(after, 1)]
        }
    }

    /// Locks the documents of parties that are going to move, where the transaction has locked none yet; their redirects are claimed.
    @Loop
    public static func lock(documentsOf parties: [UUID], in transaction: Transaction) {
        let locks = DocumentLocks.of(transaction)
        guard !locks.areTaken else { return }
        locks.areTaken = true
        transaction.enqueue(LedgerStore.lockMoving, parties.sorted())
    }

    /// Notes that redirects of parties will be followed in this transaction, and their documents will move.
    @Loop
    public static func foresee(moving parties: [UUID], in transaction: Transaction) {
        guard !parties.isEmpty else { return }
        Redirects.foresee(moving: parties, in: transaction)
        transaction.foresee(.documents) { lock(documentsOf: Redirects.moving(in: $0), in: $0) }
    }

    /// Takes the redirects that were foreseen, and the documents that will move: whoever locks parties next does it before.
    @Loop
    public static func takeForeseen(in transaction: Transaction) {
        Redirects.hold([], in: transaction)
        let moving = Redirects.moving(in: transaction)
        if !moving.isEmpty { lock(documentsOf: moving, in: transaction) }
    }
}
