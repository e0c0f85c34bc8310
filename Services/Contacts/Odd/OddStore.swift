import FoundationEssentials
import Postgres
import ServiceKit

/// The SQL of what is told that cannot be, or can hardly be: orders and credits by the indexes of their details, all else by `odd_fact`.
enum OddStore {
    static let statements: [any Preparable] = [note, page, counts]

    static let migration = Migration(
        "m202611301911_odd",
        """
        -- What was told with a time that cannot be, besides orders and credits, which are found by their details. What is dated ahead is odd
        -- until its day comes, so who reads this looks at the time again.
        CREATE TABLE odd_fact (
            kind text NOT NULL, reference text NOT NULL, source text NOT NULL, party_id uuid, at timestamptz NOT NULL,
            told_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (kind, reference, source)
        );
        CREATE INDEX odd_fact_of ON odd_fact (party_id) WHERE party_id IS NOT NULL;
        -- The largest figure of a document: its sum, what its lines come to, or the pieces; in ten-thousandths.
        ALTER TABLE document_detail ADD COLUMN largest bigint;
        ALTER TABLE document_detail_elsewhere ADD COLUMN largest bigint;
        UPDATE document_detail x SET largest = abs(d.total) FROM erp_document d
        WHERE d.id = x.id AND d.kind = x.kind AND d.source = x.source AND abs(d.total) > \(SoundBase.neverLarge);
        CREATE INDEX document_detail_large ON document_detail (currency) WHERE largest > \(SoundBase.neverLarge);
        CREATE INDEX party_by_birthday ON party (birthday) WHERE birthday IS NOT NULL
        """)

    static let note = Query(
        "odd.note", takes: [String].self, [String].self, [String].self, [UUID?].self, [Date].self,
        sql: """
            INSERT INTO odd_fact (kind, reference, source, party_id, at)
            SELECT DISTINCT ON (kind, reference, source) * FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::timestamptz[])
                AS n(kind, reference, source, party_id, at)
            WHERE NOT (\(SoundBase.isSound("at"))) ORDER BY kind, reference, source
            ON CONFLICT (kind, reference, source) DO UPDATE SET party_id = excluded.party_id, at = excluded.at
            """)

    /// SQL: how many documents of a party count for it and not in figures of the base: by index, however many it has.
    static func count(of party: String) -> String {
        func dated(_ condition: String) -> String {
            """
            (SELECT count(*) FROM erp_document d WHERE d.party_id = \(party) AND \(condition) AND NOT d.is_cancelled
                AND d.kind IN ('order', 'credit', 'payment'))
            """
        }
        return """
            SELECT \(dated("d.at > \(SoundBase.latest)")) + \(dated("d.at < \(SoundBase.earliest)")) + (
                SELECT count(*) FROM document_detail x
                JOIN erp_document d ON d.id = x.id AND d.kind = x.kind AND d.source = x.source
                WHERE x.largest > \(SoundBase.neverLarge) AND x.largest > \(SoundBase.bound("x.currency"))
                    AND \(SoundBase.isSound("x.at")) AND d.party_id = \(party) AND NOT d.is_cancelled)
            """
    }

    /// All that is odd, each with why.
    private static let all = """
        (SELECT d.kind, d.id AS reference, d.source, d.party_id, d.at, d.total, d.currency,
            CASE WHEN d.at > \(SoundBase.latest) THEN 'ahead' WHEN d.at < \(SoundBase.earliest) THEN 'early' ELSE 'large' END AS why
        FROM \(SoundBase.currencies) c CROSS JOIN LATERAL \(SoundBase.oddDocuments(in: "c.currency")) o
        JOIN erp_document d ON d.id = o.id AND d.kind = o.kind AND d.source = o.source AND NOT d.is_cancelled
        UNION ALL
        SELECT f.kind, f.reference, f.source, f.party_id, f.at, NULL, NULL,
            CASE WHEN f.at > \(SoundBase.latest) THEN 'ahead' ELSE 'early' END
        FROM odd_fact f
        WHERE NOT (\(SoundBase.isSound("f.at"))) AND NOT EXISTS (
            SELECT FROM erp_document d WHERE d.id = f.reference AND d.kind = f.kind AND d.source = f.source
                AND (d.is_cancelled OR \(SoundBase.isSound("d.at"))))
        UNION ALL
        SELECT 'birthday', p.id::text, '', p.id, p.birthday::timestamptz, NULL, NULL,
            CASE WHEN p.birthday > now()::date + 2 THEN 'ahead' ELSE 'early' END
        FROM party p WHERE p.birthday > now()::date + 2 OR p.birthday < '1900-01-01')
        """

    static let page = Query(
        "odd.page", takes: String.self, String.self, String.self, Int.self,
        gives: String.self, String.self, String.self, String.self,
        sql: """
            SELECT json_build_object('kind', kind, 'reference', reference, 'source', nullif(source, ''), 'partyId', party_id,
                'at', at, 'why', why, 'amount', \(SQLMoney.text("total")), 'currency', currency)::text,
                kind, reference, source
            FROM \(all) AS o WHERE (kind, reference, source) > ($1, $2, $3) ORDER BY kind, reference, source LIMIT $4
            """)

    static let counts = Query(
        "odd.counts", gives: String.self, Int.self,
        sql: "SELECT kind, count(*) FROM \(all) AS o GROUP BY kind ORDER BY kind")
}
