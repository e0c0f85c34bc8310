import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// The SQL that records documents.
package enum LedgerStore {
    static let statements: [any Preparable] = [
        claim, record, states, settle, putAside, takeBack, lockMoving, move, page, entries, size, totals,
    ]

    /// SQL: the order in which documents are locked, everywhere.
    static let order = #"id COLLATE "C", kind COLLATE "C", source COLLATE "C""#

    private static let columns = """
        source, kind, id, party_id, origin_id, off, told_at, is_cancelled, at, currency, total, status, lines, is_moved
        """
    private static let values = """
        source, kind, id, coalesce(survivor_id, party_id), CASE WHEN survivor_id IS NOT NULL THEN party_id END, off,
                told_at, is_cancelled, at, currency, total, status, lines, is_moved
        """
    /// Rows of documents with the survivors of their parties; looked up row by row, by their keys: a plan that was made while tables
    /// were small would read them whole until they are next analysed.
    private static let incoming = """
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::bigint[], $6::timestamptz[], $7::boolean[],
                $8::timestamptz[], $9::text[], $10::bigint[], $11::text[], $12::bigint[], $13::boolean[])
                AS n(source, kind, id, party_id, off, told_at, is_cancelled, at, currency, total, status, lines, is_moved)
            LEFT JOIN LATERAL (
                SELECT r.survivor_id FROM party_redirect r WHERE r.party_id = n.party_id LIMIT 1) r ON true
        """
    private static let replacing = """
        party_id = excluded.party_id, origin_id = excluded.origin_id, off = excluded.off,
                is_cancelled = excluded.is_cancelled, at = excluded.at, currency = excluded.currency,
                total = excluded.total, status = excluded.status, lines = excluded.lines, is_moved = excluded.is_moved
        """

    /// Records documents, one state of each; answers, each in rows of their own, those that were there, as they were, those that count for
    /// the survivor of a merge, and in one row how many were new.
    ///
    /// First those that are missing are added, in order, then those that were there are locked, in order, those of parties that move
    /// ($15) among them: who waits in one of the two holds nothing that one in the other waits for. What was told under one customer
    /// number alone is written: its last state counts. The others are left open, and with $14 all: what is told comes after its time.
    package static let record = Query(
        "ledger.record", locks: .documents, takes: [String].self, [String].self, [String].self, [UUID?].self,
        [Int?].self,
        [Date?].self, [Bool].self, [Date].self, [String].self, [Int].self, [String].self, [Int].self, [Bool].self,
        Bool.self,
        [UUID].self,
        gives: String.self, String.self, String.self, String.self, Int?.self, Bool?.self, UUID?.self, String?.self,
        Date?.self, Date?.self, Bool?.self,
        sql: """
            WITH incoming AS (\(incoming)),
            added AS (
                INSERT INTO erp_document (\(columns)) SELECT \(values) FROM incoming ORDER BY \(order)
                ON CONFLICT (id, kind, source) DO NOTHING RETURNING id, kind, source),
            due AS (
                SELECT *, true AS is_told FROM incoming WHERE (id, kind, source) NOT IN (SELECT id, kind, source FROM added)
                UNION ALL
                SELECT source, kind, id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, false
                FROM \(documents(of: "$15")) m),
            old AS MATERIALIZED (
                SELECT n.*, d.total AS old_total, d.is_cancelled AS was_cancelled, d.party_id AS old_party_id,
                    d.currency AS old_currency, d.at AS old_at, d.told_at AS old_told_at,
                    $14::boolean OR n.is_moved OR d.is_moved
                        OR n.party_id IS DISTINCT FROM coalesce(d.origin_id, d.party_id) AS is_open
                FROM (SELECT * FROM due ORDER BY \(order)) n
                CROSS JOIN LATERAL (
                    SELECT * FROM erp_document d WHERE d.id = n.id AND d.kind = n.kind AND d.source = n.source FOR UPDATE) d),
            written AS (
                INSERT INTO erp_document AS d (\(columns)) SELECT \(values) FROM old WHERE is_told AND NOT is_open
                ON CONFLICT (id, kind, source) DO UPDATE SET \(replacing),
                    told_at = greatest(d.told_at, excluded.told_at))
            SELECT source, kind, id, 'before', old_total, was_cancelled, old_party_id, old_currency, old_at, old_told_at, is_open
            FROM old WHERE is_told
            UNION ALL
            SELECT source, kind, id, 'survivor', NULL, NULL, survivor_id, NULL, NULL, NULL, NULL FROM incoming
            WHERE survivor_id IS NOT NULL
            UNION ALL
            SELECT '', '', '', 'new', count(*), NULL, NULL, NULL, NULL, NULL, NULL FROM added
            """)

    /// Gives documents without a source that of those told under their number, of the same customer: another ERP may use the number too.
    static let claim = Statement(
        "ledger.claim",
        """
        UPDATE erp_document d SET source = n.source
        FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[]) AS n(kind, id, source, party_id)
        WHERE EXISTS (SELECT FROM erp_document WHERE source = '') AND d.source = '' AND n.source <> '' AND d.id = n.id
            AND d.kind = n.kind AND coalesce(d.origin_id, d.party_id) IS NOT DISTINCT FROM n.party_id
            AND NOT EXISTS (SELECT FROM erp_document k WHERE k.id = n.id AND k.kind = n.kind AND k.source = n.source)
        RETURNING d.source, d.kind, d.id
        """)

    /// SQL: the keys of all documents that count for parties or came with them.
    private static func documents(of parties: String) -> String {
        """
        (SELECT DISTINCT d.id, d.kind, d.source FROM unnest(\(parties)::uuid[]) AS t(party) CROSS JOIN LATERAL (
            SELECT id, kind, source FROM erp_document WHERE party_id = t.party
            UNION ALL SELECT id, kind, source FROM erp_document WHERE origin_id = t.party) d)
        """
    }

    // MARK: Documents of several numbers

    /// All that is kept of documents that are locked: for each what counts, then the states of other numbers.
    static let states = Query(
        "ledger.states", takes: [String].self, [String].self, [String].self,
        gives: String.self, String.self, String.self, UUID?.self, Int?.self, Date?.self, Bool.self, Date.self,
        String.self, Int.self, String.self, Int.self,
        sql: """
            SELECT n.source, n.kind, n.id, s.party_id, s.off, s.told_at, s.is_cancelled, s.at, s.currency, s.total, s.status,
                s.lines
            FROM unnest($1::text[], $2::text[], $3::text[]) AS n(source, kind, id) CROSS JOIN LATERAL (
                (SELECT 0 AS place, coalesce(d.origin_id, d.party_id) AS party_id, d.off, d.told_at, d.is_cancelled, d.at,
                    d.currency, d.total, d.status, d.lines
                FROM erp_document d WHERE d.id = n.id AND d.kind = n.kind AND d.source = n.source LIMIT 1)
                UNION ALL
                SELECT 1, nullif(e.party_id, '\(UUID.nobody.text)'), e.off, e.told_at, e.is_cancelled, e.at, e.currency, e.total,
                    e.status, e.lines
                FROM erp_document_elsewhere e WHERE e.id = n.id AND e.kind = n.kind AND e.source = n.source) s
            ORDER BY s.place
            """)

    /// Writes what counts of documents that are locked; answers for whom it counts.
    private static let settle = Query(
        "ledger.settle", takes: [String].self, [String].self, [String].self, [UUID?].self, [Int?].self, [Date?].self,
        [Bool].self, [Date].self, [String].self, [Int].self, [String].self, [Int].self, [Bool].self,
        gives: String.self, String.self, String.self, UUID?.self,
        sql: """
            WITH incoming AS (\(incoming))
            INSERT INTO erp_document AS d (\(columns)) SELECT \(values) FROM incoming ORDER BY \(order)
            ON CONFLICT (id, kind, source) DO UPDATE SET \(replacing), told_at = excluded.told_at
            RETURNING source, kind, id, party_id
            """)

    private static let putAside = Query(
        "ledger.put_aside", takes: [String].self, [String].self, [String].self, [UUID].self, [Int?].self, [Date?].self,
        [Bool].self, [Date].self, [String].self, [Int].self, [String].self, [Int].self,
        sql: """
            INSERT INTO erp_document_elsewhere AS e
                (source, kind, id, party_id, off, told_at, is_cancelled, at, currency, total, status, lines)
            SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::bigint[], $6::timestamptz[], $7::boolean[],
                $8::timestamptz[], $9::text[], $10::bigint[], $11::text[], $12::bigint[])
            ON CONFLICT (id, kind, source, party_id) DO UPDATE SET off = excluded.off, told_at = excluded.told_at,
                is_cancelled = excluded.is_cancelled, at = excluded.at, currency = excluded.currency,
                total = excluded.total, status = excluded.status, lines = excluded.lines
            """)

    private static let takeBack = Statement(
        "ledger.take_back",
        """
        DELETE FROM erp_document_elsewhere e
        USING unnest($1::text[], $2::text[], $3::text[], $4::uuid[]) AS n(source, kind, id, party_id)
        WHERE e.id = n.id AND e.kind = n.kind AND e.source = n.source AND e.party_id = n.party_id
        """)

    // MARK: Moving between parties

    /// Row by row in the order of all.
    static let lockMoving = Statement(
        "ledger.lock_moving", locks: .documents,
        """
        SELECT count(*) FROM (SELECT * FROM \(documents(of: "$1")) m ORDER BY \(order)) k
        CROSS JOIN LATERAL (
            SELECT FROM erp_document d WHERE d.id = k.id AND d.kind = k.kind AND d.source = k.source FOR UPDATE) d
        """)

    /// Nobody else writes documents of these parties meanwhile: their redirects are claimed, and the documents locked.
    static let move = Query(
        "ledger.move", takes: [UUID].self, [UUID].self,
        gives: String.self, String.self, String.self, UUID.self, UUID.self, Date.self, String.self, Int.self, Bool.self,
        String.self,
        sql: """
            WITH told AS (SELECT * FROM unnest($1::uuid[], $2::uuid[]) AS n(origin_id, survivor_id)),
            found AS (
                SELECT d.id, d.kind, d.source, d.party_id, t.* FROM told t
                JOIN erp_document d ON d.party_id = t.origin_id AND d.origin_id IS NULL WHERE t.survivor_id <> t.origin_id
                UNION ALL
                SELECT d.id, d.kind, d.source, d.party_id, t.* FROM told t
                JOIN erp_document d ON d.origin_id = t.origin_id WHERE d.party_id <> t.survivor_id)
            UPDATE erp_document d SET party_id = f.survivor_id, origin_id = nullif(f.origin_id, f.survivor_id)
            FROM found f WHERE d.id = f.id AND d.kind = f.kind AND d.source = f.source
            RETURNING d.source, d.kind, d.id, f.party_id, f.survivor_id, d.at, d.currency, d.total, d.is_cancelled, d.status
            """)

    // MARK: Reading

    /// For whoever compares them here: few at a time, as the loop reads them.
    static let entries = Query(
        "ledger.entries", takes: String.self, String.self, String.self,
        gives: String.self, String.self, String.self, UUID?.self, String.self, Int.self, Bool.self,
        sql: """
            SELECT source, kind, id, coalesce(origin_id, party_id), currency, total, is_cancelled
            FROM erp_document WHERE (id, kind, source) > ($1, $2, $3) ORDER BY id, kind, source LIMIT 500
            """)

    /// About how many there are.
    static let size = Statement(
        "ledger.size",
        "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'erp_document'::regclass")

    static let page = Statement(
        "ledger.page",
        """
        SELECT id, kind, source, json_build_object('source', source, 'kind', kind, 'id', id,
            'partyId', coalesce(origin_id, party_id), 'currency', currency, 'units', total, 'cancelled', is_cancelled)::text
        FROM erp_document WHERE (id, kind, source) > ($1, $2, $3) ORDER BY id, kind, source LIMIT 2000
        """)

    static let totals = Statement(
        "ledger.totals",
        """
        SELECT coalesce(json_agg(json_build_object('kind', kind, 'currency', currency, 'count', n, 'units', units)
            ORDER BY kind, currency), '[]')::text
        FROM (SELECT kind, currency, count(*) AS n, \(BoundedSum.of("sum(total)")) AS units FROM erp_document
            WHERE NOT is_cancelled GROUP BY kind, currency) AS t
        """)
}

/// A state of a document as a row of the ledger.
struct DocumentRow {
    let entry: LedgerEntry
    let party: UUID?
    let toldAt: Date?
    let lines: Int
    /// Whether it was told under other numbers too.
    let isMoved: Bool

    init(_ state: DocumentStates<LedgerEntry>.State, isMoved: Bool = false) {
        entry = state.content
        party = state.party
        toldAt = state.toldAt
        lines = entry.document.lines.count
        self.isMoved = isMoved
    }

    init(_ state: DocumentStates<KnownState>.State, isMoved: Bool = false) {
        entry = state.content.entry
        party = state.party
        toldAt = state.toldAt
        lines = state.content.lines
        self.isMoved = isMoved
    }

    init(_ one: ToldDocuments.One) { self.init(one.lead, isMoved: !one.states.elsewhere.isEmpty) }
}

extension LedgerStore {
    /// The columns of rows as arrays, as they stand in all statements that write them.
    static func columns(of rows: [DocumentRow], isAside: Bool = false) -> [any SQLEncodable] {
        let documents = rows.map(\.entry.document)
        let parties: any SQLEncodable = isAside ? rows.map { $0.party ?? .nobody } : rows.map(\.party)
        let all: [any SQLEncodable] = [
            rows.map(\.entry.source), rows.map(\.entry.kind.rawValue), documents.map(\.id), parties,
            rows.map { $0.entry.offset.map { Int($0) } }, rows.map(\.toldAt), rows.map(\.entry.isCancelled),
            documents.map(\.at), documents.map(\.currency), documents.map(\.total.units), documents.map(\.status),
            rows.map(\.lines), rows.map(\.isMoved),
        ]
        return isAside ? all.dropLast() : all
    }

    /// Keeps states of numbers that do not count.
    @Loop
    static func keepAside(_ rows: [DocumentRow], in transaction: Transaction) {
        transaction.enqueue(putAside.statement, values: columns(of: rows, isAside: true))
    }

    /// Writes documents that are locked as they are now; answers for whom each counts.
    @Loop
    static func write(
        _ documents: [SettledDocument], in transaction: Transaction
    ) async throws -> [BookName: UUID?] {
        let aside = documents.flatMap(\.rows.aside)
        if !aside.isEmpty { keepAside(aside, in: transaction) }
        let gone = documents.compactMap(\.gone)
        if !gone.isEmpty {
            transaction.enqueue(
                takeBack, gone.map(\.entry.source), gone.map(\.entry.kind.rawValue), gone.map(\.entry.document.id),
                gone.map { $0.party ?? .nobody })
        }
        var parties: [BookName: UUID?] = [:]
        let columns = columns(of: documents.map(\.rows.counting))
        for row in try await transaction.query(settle.statement, values: columns) {
            let (source, kind, id, party) = try row.values(of: settle)
            parties[BookName(source: source, kind: kind, id: id)] = .some(party)
        }
        return parties
    }
}
