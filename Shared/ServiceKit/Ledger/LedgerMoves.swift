import CRMModel
import EventLoop
import FoundationEssentials
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
    /// The step that lets a document remember whose it is while it counts for another party.
    public static let moves = Migration(
        "m0031_ledger_origin",
        """
        -- The party of the document's own customer number, where it counts for the survivor of a merge.
        ALTER TABLE erp_document ADD COLUMN origin_id uuid;
        CREATE INDEX erp_document_of_origin ON erp_document (origin_id) WHERE origin_id IS NOT NULL;
        """)

    /// The step that lets a document remember when its state was told.
    static let told = Migration(
        "m0037_ledger_told",
        """
        -- The ERP's own time of the state, which says what is newer when a document comes under another customer number.
        ALTER TABLE erp_document ADD COLUMN told_at timestamptz;
        """)

    /// Follows what contacts says of some parties: their documents move to where they count now, those that came after a merge
    /// too. Answers what that changes in sums, as if the ERP had given each document to the other customer.
    @Loop
    public static func follow(_ redirects: [Redirect], in transaction: Transaction) async throws -> [LedgerChange] {
        Redirects.follow(redirects, in: transaction)
        let latest = Redirects.last(redirects)
        lock(documentsOf: latest.map(\.party), in: transaction)
        let rows = try await transaction.query(move, latest.map(\.party), latest.map(\.survivor))
        return try rows.flatMap { row in
            var document = ERPDocument()
            document.id = try row.value(1)
            document.at = try row.value(4)
            document.currency = try row.value(5)
            document.total = Amount(units: try row.value(6))
            document.status = try row.value(8)
            guard let kind = LedgerEntry.Kind(rawValue: try row.value(0)) else { return [LedgerChange]() }
            let from: UUID = try row.value(2)
            let to: UUID = try row.value(3)
            let isCancelled: Bool = try row.value(7)
            let count = isCancelled ? 0 : 1
            let total = isCancelled ? 0 : document.total.units
            return [
                LedgerChange(
                    kind: kind, party: from, document: document, count: -count, total: Amount(units: -total),
                    previous: nil),
                LedgerChange(
                    kind: kind, party: to, document: document, count: count, total: Amount(units: total),
                    previous: nil),
            ]
        }
    }

    /// Locks the documents of parties that are going to move, where the transaction has locked none yet; their redirects are claimed.
    @Loop
    public static func lock(documentsOf parties: [UUID], in transaction: Transaction) {
        let locks = DocumentLocks.of(transaction)
        guard !locks.areTaken else { return }
        locks.areTaken = true
        transaction.enqueue(lockMoving, parties.sorted())
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

    /// Row by row in the order of all.
    static let lockMoving = Statement(
        "ledger.lock_moving", locks: .documents,
        """
        SELECT count(*) FROM (SELECT * FROM \(documents(of: "$1")) m ORDER BY \(order)) k
        CROSS JOIN LATERAL (SELECT FROM erp_document d WHERE d.id = k.id AND d.kind = k.kind FOR UPDATE) d
        """)

    /// Nobody else writes documents of these parties meanwhile: their redirects are claimed, and the documents locked.
    static let move = Statement(
        "ledger.move",
        """
        WITH told AS (SELECT * FROM unnest($1::uuid[], $2::uuid[]) AS n(origin_id, survivor_id)),
        found AS (
            SELECT d.id, d.kind, d.party_id, t.* FROM told t
            JOIN erp_document d ON d.party_id = t.origin_id AND d.origin_id IS NULL WHERE t.survivor_id <> t.origin_id
            UNION ALL
            SELECT d.id, d.kind, d.party_id, t.* FROM told t
            JOIN erp_document d ON d.origin_id = t.origin_id WHERE d.party_id <> t.survivor_id)
        UPDATE erp_document d SET party_id = f.survivor_id, origin_id = nullif(f.origin_id, f.survivor_id)
        FROM found f WHERE d.id = f.id AND d.kind = f.kind
        RETURNING d.kind, d.id, f.party_id, d.party_id, d.at, d.currency, d.total, d.is_cancelled, d.status
        """)
}
