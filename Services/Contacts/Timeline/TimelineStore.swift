import Postgres

/// The SQL of the timeline.
enum TimelineStore {
    static let statements = [touch, page]

    static let touch = Statement(
        "timeline.touch",
        """
        INSERT INTO touch (party_id, at, kind, reference, title)
        SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[])
        ON CONFLICT DO NOTHING
        """)

    /// Newest first, over ERP documents and touches; each side reads no more than a page from its index.
    static let page = Statement(
        "timeline.page",
        """
        SELECT coalesce(json_agg(json_build_object('at', at, 'kind', kind, 'reference', reference, 'title', title,
            'amount', amount, 'currency', currency) ORDER BY at DESC, kind DESC, reference DESC), '[]')::text
        FROM (
            SELECT * FROM (
                (SELECT at, kind, id AS reference,
                    kind || ' ' || id || CASE WHEN is_cancelled THEN ' (cancelled)' ELSE '' END AS title,
                    (total / 10000.0)::numeric(20, 4)::text AS amount, currency
                FROM erp_document WHERE party_id = $1 AND at < $2 ORDER BY at DESC LIMIT $3)
                UNION ALL
                (SELECT at, kind, reference, title, NULL, NULL FROM touch
                WHERE party_id = $1 AND at < $2 ORDER BY at DESC LIMIT $3)) AS both_sides
            ORDER BY at DESC, kind DESC, reference DESC LIMIT $3) AS entries
        """)
}
