import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
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
    public static let statements = [record, move, page, entries, size, totals] + Redirects.statements

    /// The migrations of a service that keeps a ledger.
    public static let migrations = [migration, Redirects.migration, moves, told]

    /// Records documents, the newest state of each, and says what they change; of a document that stands in a newer state already,
    /// nothing. Throws what has the batch tried again where
    /// another process records a document at the same moment, under another customer number.
    @Loop
    public static func record(_ entries: [LedgerEntry], in transaction: Transaction) async throws -> [LedgerChange] {
        let fresh = latest(entries)
        Redirects.hold(in: transaction)
        let found = try LedgerAnswer(
            try await transaction.query(
                record, fresh.map(\.kind.rawValue), fresh.map(\.document.id), fresh.map(\.document.partyID),
                fresh.map(\.document.at), fresh.map(\.document.currency), fresh.map(\.document.total.units),
                fresh.map(\.document.status), fresh.map(\.isCancelled), fresh.map(\.document.lines.count),
                fresh.map(\.toldAt), Replay.isCareful), to: fresh.count)
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

    /// The route by which `rapport reconcile` reads a service's ledger, as lines of JSON in order of id and kind.
    @Loop
    public static func routes(_ context: ServiceContext) -> [Route] {
        [
            Route(
                .get, "/v1/ledger", "All ERP documents applied, a line of JSON each", tag: "ledger", access: .operate,
                gives: .bytes("application/x-ndjson")
            ) { _ in
                Response.stream(contentType: "application/x-ndjson") { writer in
                    var after = ("", "")
                    while true {
                        let rows = try await context.pool.query(page, after.0, after.1)
                        guard let last = rows.last else { return }
                        var text = ""
                        for row in rows { text += try row.value(2) as String + "\n" }
                        try await writer.write(Array(text.utf8))
                        after = (try last.value(0), try last.value(1))
                    }
                }
            },
            Route(
                .get, "/v1/ledger/totals", "Number and sum of ERP documents by kind and currency", tag: "ledger",
                access: .operate,
                gives: .json(
                    .array(
                        .object([
                            .init("kind", .string), .init("currency", .string), .init("count", .integer()),
                            .init("units", .integer(), "Ten-thousandths of the currency's unit"),
                        ])))
            ) {
                _ in
                let rows = try await context.pool.query(totals)
                return .stored(try rows.first?.value(0) ?? "[]")
            },
        ]
    }

    /// Records documents; answers, each in rows of their own, those that were there, as they were, those that count for the
    /// survivor of a merge, and in one row how many were new.
    ///
    /// What was there is locked before anything is written: the condition upon it makes the server read it first. It is looked up row
    /// by row, by its key: a plan that was made while the tables were small would read them whole until they are next analysed.
    public static let record = Statement(
        "ledger.record",
        """
        WITH incoming AS (
            SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::timestamptz[], $5::text[], $6::bigint[],
                $7::text[], $8::boolean[], $9::bigint[], $10::timestamptz[])
                AS n(kind, id, party_id, at, currency, total, status, is_cancelled, lines, told_at)
            LEFT JOIN LATERAL (
                SELECT r.survivor_id FROM party_redirect r WHERE r.party_id = n.party_id LIMIT 1) r ON true),
        old AS MATERIALIZED (
            SELECT d.kind, d.id, d.total, d.is_cancelled, d.party_id, d.currency, d.at,
                \(isOlder("i.told_at", "i.party_id", than: "d.told_at", "coalesce(d.origin_id, d.party_id)")) AS is_newer
            FROM incoming i CROSS JOIN LATERAL (
                SELECT * FROM erp_document d WHERE d.id = i.id AND d.kind = i.kind FOR UPDATE) d),
        written AS (
            INSERT INTO erp_document AS d (kind, id, party_id, origin_id, at, currency, total, status, is_cancelled, lines,
                told_at)
            SELECT kind, id, coalesce(survivor_id, party_id), CASE WHEN survivor_id IS NOT NULL THEN party_id END, at,
                currency, total, status, is_cancelled, lines, told_at
            FROM incoming WHERE (SELECT count(*) FROM old) >= 0
            ON CONFLICT (id, kind) DO UPDATE SET party_id = excluded.party_id, origin_id = excluded.origin_id,
                at = excluded.at, currency = excluded.currency, total = excluded.total, status = excluded.status,
                is_cancelled = excluded.is_cancelled, lines = excluded.lines, told_at = excluded.told_at
            WHERE NOT \(isOlder(
                "excluded.told_at", "coalesce(excluded.origin_id, excluded.party_id)",
                than: "d.told_at", "coalesce(d.origin_id, d.party_id)"))
            RETURNING xmax = 0 AS is_new)
        SELECT kind, id, 'before', total, is_cancelled, party_id, currency, at, is_newer FROM old
        UNION ALL
        SELECT kind, id, 'survivor', NULL, NULL, survivor_id, NULL, NULL, NULL FROM incoming
        WHERE survivor_id IS NOT NULL
        UNION ALL
        SELECT '', '', 'new', count(*), NULL, NULL, NULL, NULL, NULL FROM written WHERE is_new
        """)

    /// SQL: whether the state of a time and a party is outdated by another. In a careful replay the time counts under one customer
    /// number too, as what is replayed is out of the topic's order.
    private static func isOlder(_ time: String, _ party: String, than other: String, _ otherParty: String) -> String {
        func pair(_ time: String, _ party: String) -> String {
            "(\(time), coalesce(\(party), '00000000-0000-0000-0000-000000000000'))"
        }
        return "((\(pair(time, party)) < \(pair(other, otherParty))) IS TRUE"
            + " AND ($11::boolean OR \(party) IS DISTINCT FROM \(otherParty)))"
    }

    private static let page = Statement(
        "ledger.page",
        """
        SELECT id, kind, json_build_object('kind', kind, 'id', id, 'partyId', coalesce(origin_id, party_id),
            'currency', currency, 'units', total, 'cancelled', is_cancelled)::text
        FROM erp_document WHERE (id, kind) > ($1, $2) ORDER BY id, kind LIMIT 2000
        """)

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

    private static let totals = Statement(
        "ledger.totals",
        """
        SELECT coalesce(json_agg(json_build_object('kind', kind, 'currency', currency, 'count', n, 'units', units)
            ORDER BY kind, currency), '[]')::text
        FROM (SELECT kind, currency, count(*) AS n, sum(total)::bigint AS units FROM erp_document
            WHERE NOT is_cancelled GROUP BY kind, currency) AS t
        """)
}
