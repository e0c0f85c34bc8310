import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// A document of the ERP as a service keeps it: enough to prove, document by document, that nothing was lost or doubled.
public struct LedgerEntry: Sendable {
    /// What kinds of documents there are.
    public enum Kind: String, Sendable {
        /// An order.
        case order
        /// A credit.
        case credit
        /// An invoice of an order.
        case invoice
        /// An invoice without an order: an adjustment of the books.
        case adjustment
        /// A payment.
        case payment
    }

    /// The kind.
    public let kind: Kind
    /// The document.
    public let document: ERPDocument
    /// Whether it does not count any more.
    public let isCancelled: Bool
    /// When the ERP told it, by its own clock.
    public let toldAt: Date?

    /// Takes a document.
    public init(_ kind: Kind, _ document: ERPDocument, isCancelled: Bool = false, toldAt: Date? = nil) {
        self.kind = kind
        self.document = document
        self.isCancelled = isCancelled
        self.toldAt = toldAt
    }

    /// An invoice, or an adjustment where it has no order.
    public init(invoice: ERPDocument, toldAt: Date? = nil) {
        self.init(invoice.orderID == nil ? .adjustment : .invoice, invoice, toldAt: toldAt)
    }

    /// Names a document among all kinds.
    var name: String { "\(kind.rawValue)\n\(document.id)" }

    /// Whether this state is older than another of the same document, which was met before it.
    ///
    /// Under one customer number the topic keeps the order of states. A document that goes to another number goes to another
    /// partition, where only the ERP's clock says which state is the newer; at one and the same time the greater party counts, so
    /// that all services decide alike. Without a time the one that comes last counts.
    public func isOutdated(by other: LedgerEntry) -> Bool {
        guard document.partyID != other.document.partyID, let toldAt, let then = other.toldAt else { return false }
        return (toldAt, document.partyID?.text ?? "") < (then, other.document.partyID?.text ?? "")
    }
}

/// What a newly recorded document changes in sums that were kept before it.
public struct LedgerChange: Sendable {
    /// The kind of document.
    public let kind: LedgerEntry.Kind
    /// Whose sums change; nil for a walk-in.
    public let party: UUID?
    /// The document as it is now; of one that has moved away from a customer or currency, what was there before.
    public let document: ERPDocument
    /// By how many the number of valid documents grows: 1, 0 or -1.
    public let count: Int
    /// By how much their sum grows.
    public let total: Amount
    /// What was recorded before; nil for a document that is new here, and for one that comes from another customer or currency.
    public let previous: LedgerRecord?
}

/// The ERP documents that a service has applied: absolute state, so that a document that is told again changes nothing.
public enum Ledger {
    /// The table, for the migrations of services that keep a ledger.
    public static let migration = Migration(
        "m0001_ledger",
        """
        -- ERP documents as applied. Amounts are ten-thousandths of the currency's unit.
        CREATE TABLE erp_document (
            kind text NOT NULL, id text NOT NULL,
            party_id uuid, at timestamptz NOT NULL, currency text NOT NULL, total bigint NOT NULL,
            status text NOT NULL, is_cancelled boolean NOT NULL, lines integer NOT NULL,
            PRIMARY KEY (id, kind)
        );
        CREATE INDEX erp_document_of_party ON erp_document (party_id, at DESC) WHERE party_id IS NOT NULL;
        """)

    /// All statements, for the test that prepares them.
    public static let statements = [record, lockMoving, move, page, entries, size, totals] + Redirects.statements

    /// The migrations of a service that keeps a ledger.
    public static let migrations = [migration, Redirects.migration, moves, told]

    /// Records documents, the newest state of each, and says what they change; of a document that stands in a newer state already,
    /// nothing. Throws what has the batch tried again where
    /// another process records a document at the same moment, under another customer number.
    ///
    /// It locks the redirects of their parties, and the documents: once in a transaction, before any party is locked. Whoever follows
    /// redirects in the same transaction has foreseen it, so that those documents are locked here too.
    @Loop
    public static func record(_ entries: [LedgerEntry], in transaction: Transaction) async throws -> [LedgerChange] {
        let fresh = latest(entries)
        Redirects.hold(fresh.compactMap(\.document.partyID), in: transaction)
        DocumentLocks.of(transaction).areTaken = true
        let found = try LedgerAnswer(
            try await transaction.query(
                record, fresh.map(\.kind.rawValue), fresh.map(\.document.id), fresh.map(\.document.partyID),
                fresh.map(\.document.at), fresh.map(\.document.currency), fresh.map(\.document.total.units),
                fresh.map(\.document.status), fresh.map(\.isCancelled), fresh.map(\.document.lines.count),
                fresh.map(\.toldAt), Replay.isCareful, Redirects.moving(in: transaction)), to: fresh.count)
        return fresh.flatMap { entry in
            let name = entry.name
            guard !found.refused.contains(name) else { return [LedgerChange]() }
            return changes(entry, of: found.survivors[name] ?? entry.document.partyID, since: found.before[name])
        }
    }

    /// The newest state of each document, in the order in which documents were first met.
    public static func latest(_ entries: [LedgerEntry]) -> [LedgerEntry] {
        var latest: [String: LedgerEntry] = [:]
        var names: [String] = []
        for entry in entries {
            let name = entry.name
            if let met = latest[name] {
                if entry.isOutdated(by: met) { continue }
            } else {
                names.append(name)
            }
            latest[name] = entry
        }
        return names.compactMap { latest[$0] }
    }

    /// One change, or two where a document went to another customer or currency: it leaves the old sums whole.
    private static func changes(
        _ entry: LedgerEntry, of party: UUID?, since old: LedgerRecord?
    ) -> [LedgerChange] {
        let document = entry.document
        let count = entry.isCancelled ? 0 : 1
        let total = entry.isCancelled ? 0 : document.total.units
        func change(_ count: Int, _ total: Int, _ previous: LedgerRecord? = nil) -> LedgerChange {
            LedgerChange(
                kind: entry.kind, party: party, document: document, count: count,
                total: Amount(units: total), previous: previous)
        }
        guard let old else { return [change(count, total)] }
        if old.party == party, old.currency == document.currency {
            return [change(count - old.count, total - old.total.units, old)]
        }
        var left = document
        left.currency = old.currency
        if old.party != party { left.customerNo = nil }
        let leaving = LedgerChange(
            kind: entry.kind, party: old.party, document: left, count: -old.count, total: -old.total,
            previous: old)
        return old.count == 0 ? [change(count, total)] : [leaving, change(count, total)]
    }

    /// Records documents; answers, each in rows of their own, those that were there, as they were, those that count for the
    /// survivor of a merge, and in one row how many were new.
    ///
    /// First those that are missing are added, in order, then those that were there are locked, in order, those of parties that move
    /// ($12) among them: who waits in one of the two holds nothing that one in the other waits for. What was there is looked up row
    /// by row, by its key: a plan that was made while the tables were small would read them whole until they are next analysed.
    public static let record = Statement(
        "ledger.record", locks: .documents,
        """
        WITH incoming AS (
            SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::timestamptz[], $5::text[], $6::bigint[],
                $7::text[], $8::boolean[], $9::bigint[], $10::timestamptz[])
                AS n(kind, id, party_id, at, currency, total, status, is_cancelled, lines, told_at)
            LEFT JOIN LATERAL (
                SELECT r.survivor_id FROM party_redirect r WHERE r.party_id = n.party_id LIMIT 1) r ON true),
        added AS (
            INSERT INTO erp_document (\(columns)) SELECT \(values) FROM incoming ORDER BY \(order)
            ON CONFLICT (id, kind) DO NOTHING RETURNING id, kind),
        due AS (
            SELECT *, true AS is_told FROM incoming WHERE (id, kind) NOT IN (SELECT id, kind FROM added)
            UNION ALL
            SELECT kind, id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, false FROM \(documents(of: "$12")) m),
        old AS MATERIALIZED (
            SELECT n.*, d.total AS old_total, d.is_cancelled AS was_cancelled, d.party_id AS old_party_id,
                d.currency AS old_currency, d.at AS old_at,
                \(isOlder("n.told_at", "n.party_id", than: "d.told_at", "coalesce(d.origin_id, d.party_id)")) AS is_newer
            FROM (SELECT * FROM due ORDER BY \(order)) n
            CROSS JOIN LATERAL (
                SELECT * FROM erp_document d WHERE d.id = n.id AND d.kind = n.kind FOR UPDATE) d),
        written AS (
            INSERT INTO erp_document AS d (\(columns)) SELECT \(values) FROM old WHERE is_told AND NOT is_newer
            ON CONFLICT (id, kind) DO UPDATE SET party_id = excluded.party_id, origin_id = excluded.origin_id,
                at = excluded.at, currency = excluded.currency, total = excluded.total, status = excluded.status,
                is_cancelled = excluded.is_cancelled, lines = excluded.lines, told_at = excluded.told_at)
        SELECT kind, id, 'before', old_total, was_cancelled, old_party_id, old_currency, old_at, is_newer FROM old
        WHERE is_told
        UNION ALL
        SELECT kind, id, 'survivor', NULL, NULL, survivor_id, NULL, NULL, NULL FROM incoming
        WHERE survivor_id IS NOT NULL
        UNION ALL
        SELECT '', '', 'new', count(*), NULL, NULL, NULL, NULL, NULL FROM added
        """)

    private static let columns =
        "kind, id, party_id, origin_id, at, currency, total, status, is_cancelled, lines, told_at"
    private static let values = """
        kind, id, coalesce(survivor_id, party_id), CASE WHEN survivor_id IS NOT NULL THEN party_id END, at,
                currency, total, status, is_cancelled, lines, told_at
        """

    /// SQL: the order in which documents are locked, everywhere.
    static let order = #"id COLLATE "C", kind COLLATE "C""#

    /// SQL: the keys of all documents that count for parties or came with them.
    static func documents(of parties: String) -> String {
        """
        (SELECT DISTINCT d.id, d.kind FROM unnest(\(parties)::uuid[]) AS t(party) CROSS JOIN LATERAL (
            SELECT id, kind FROM erp_document WHERE party_id = t.party
            UNION ALL SELECT id, kind FROM erp_document WHERE origin_id = t.party) d)
        """
    }

    /// SQL: whether the state of a time and a party is outdated by another. In a careful replay the time counts under one customer
    /// number too, as what is replayed is out of the topic's order.
    private static func isOlder(_ time: String, _ party: String, than other: String, _ otherParty: String) -> String {
        func pair(_ time: String, _ party: String) -> String {
            "(\(time), coalesce(\(party), '00000000-0000-0000-0000-000000000000'))"
        }
        return "((\(pair(time, party)) < \(pair(other, otherParty))) IS TRUE"
            + " AND ($11::boolean OR \(party) IS DISTINCT FROM \(otherParty)))"
    }

    /// The same for whoever compares them here: few at a time, as the loop reads them.
    static let entries = Statement(
        "ledger.entries",
        """
        SELECT id, kind, coalesce(origin_id, party_id), currency, total, is_cancelled
        FROM erp_document WHERE (id, kind) > ($1, $2) ORDER BY id, kind LIMIT 500
        """)

    /// About how many there are.
    static let size = Statement(
        "ledger.size",
        "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'erp_document'::regclass")
}
