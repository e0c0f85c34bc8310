import FoundationEssentials
import Postgres
import ServiceKit

/// The SQL of the timeline.
enum TimelineStore {
    static let statements: [any Preparable] = [touch, page]

    static let touch = Query(
        "timeline.touch", takes: [UUID].self, [Date].self, [String].self, [String].self, [String].self,
        sql: """
            INSERT INTO touch (party_id, at, kind, reference, title)
            SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[])
            ON CONFLICT DO NOTHING
            """)

    /// Newest first, over ERP documents, touches, what channels told, decisions and merges, of the party and of all that are merged into it. Each side
    /// reads no more than a page from its index, for each of these parties; a cursor stands behind an entry: its time, kind,
    /// reference and source ($8). $5 is from when, $6 the kinds wanted, or parts of them before a dot.
    static let page = Query(
        "timeline.page", takes: UUID.self, Date.self, String.self, String.self, Date.self, [String]?.self, Int.self,
        String.self,
        gives: String.self, Date.self, String.self, String.self, String.self,
        sql: """
            WITH circle AS (SELECT unnest(\(Redirects.circle("$1"))) AS id)
            SELECT json_build_object('at', at, 'kind', kind, 'reference', reference, 'title', title, 'amount', amount,
                'currency', currency, 'partyId', party_id, 'source', nullif(source, ''))::text, at, kind, reference, source
            FROM (
                (\(side("""
                SELECT d.at, d.kind, d.id AS reference,
                    d.kind || ' ' || d.id || CASE WHEN d.is_cancelled THEN ' (cancelled)' ELSE '' END AS title,
                    (d.total / 10000.0)::numeric(20, 4)::text AS amount, d.currency,
                    coalesce(d.origin_id, d.party_id) AS party_id, d.source
                FROM erp_document d WHERE d.party_id = $1
                """)))
                UNION ALL
                SELECT s.* FROM circle c CROSS JOIN LATERAL (\(side("""
                SELECT t.at, t.kind, t.reference, t.title, NULL AS amount, NULL AS currency, t.party_id, '' AS source
                FROM touch t WHERE t.party_id = c.id
                """))) s
                UNION ALL
                SELECT s.* FROM circle c CROSS JOIN LATERAL (\(side("""
                SELECT i.at, i.kind, i.reference, i.title, NULL AS amount, NULL AS currency, i.party_id, i.source
                FROM interaction i WHERE i.party_id = c.id
                """))) s
                UNION ALL
                SELECT s.* FROM circle c CROSS JOIN LATERAL (\(side("""
                SELECT k.decided_at AS at, 'consent' AS kind, k.id::text AS reference,
                    k.channel || ' ' || k.purpose || CASE WHEN k.granted THEN ' allowed' ELSE ' refused' END
                        || ' (' || k.source || ')' AS title, NULL AS amount, NULL AS currency, k.party_id, '' AS source
                FROM consent_decision k WHERE k.party_id = c.id
                """))) s
                UNION ALL
                (\(side("""
                SELECT x.at, x.kind, m.id::text AS reference, x.title, NULL AS amount, NULL AS currency,
                    m.merged_id AS party_id, '' AS source
                FROM party_merge m
                JOIN party o ON o.id = CASE WHEN m.survivor_id = $1 THEN m.merged_id ELSE m.survivor_id END
                CROSS JOIN LATERAL (VALUES
                    (m.merged_at, 'merge', 'merged with ' || o.name),
                    (m.undone_at, 'merge.undone', 'merge with ' || o.name || ' undone')) AS x(at, kind, title)
                WHERE (m.survivor_id = $1 OR m.merged_id = $1) AND x.at IS NOT NULL
                """)))) AS entries
            ORDER BY at DESC, kind DESC, reference DESC, source DESC LIMIT $7
            """)

    /// One side's entries behind the cursor, as many as a page holds.
    private static func side(_ entries: String) -> String {
        """
        SELECT * FROM (\(entries)) e
        WHERE at <= $2 AND (at < $2 OR (kind, reference, source) < ($3, $4, $8)) AND at >= $5
            AND ($6::text[] IS NULL OR kind = ANY($6) OR split_part(kind, '.', 1) = ANY($6))
        ORDER BY at DESC, kind DESC, reference DESC, source DESC LIMIT $7
        """
    }
}
