import FoundationEssentials
import Postgres

/// The SQL of quotas.
enum QuotaStore {
    static let statements: [any Preparable] = [put, list]

    static let put = Query(
        "quota.put", takes: String.self, String.self, String.self, String.self, Int.self, gives: Int.self,
        sql: """
            INSERT INTO quota AS q (owner, period_start, period_end, currency, target)
            VALUES ($1, $2::text::date, $3::text::date, $4, $5)
            ON CONFLICT (owner, period_start, period_end, currency)
                DO UPDATE SET target = excluded.target, version = q.version + 1, updated_at = now()
            RETURNING version
            """)

    /// Quotas that a day falls into, or all, with what the ledger says was sold: orders, credits apart.
    static let list = Query(
        "quota.list", takes: String?.self, String?.self, gives: String.self,
        sql: """
            SELECT coalesce(json_agg(json_build_object('owner', q.owner, 'periodStart', q.period_start,
                'periodEnd', q.period_end, 'currency', q.currency, 'target', (q.target * 0.0001)::text,
                'version', q.version, 'orders', s.orders, 'revenue', (s.revenue * 0.0001)::text,
                'credited', (s.credited * 0.0001)::text, 'attainmentPercent', round(s.revenue * 100.0 / q.target, 2)::text)
                ORDER BY q.period_start, q.owner, q.currency, q.period_end), '[]')::text
            FROM quota q CROSS JOIN LATERAL (
                SELECT count(*) FILTER (WHERE d.kind = 'order') AS orders,
                    coalesce(sum(d.total) FILTER (WHERE d.kind = 'order'), 0) AS revenue,
                    coalesce(sum(d.total) FILTER (WHERE d.kind = 'credit'), 0) AS credited
                FROM erp_document d
                WHERE d.kind IN ('order', 'credit') AND NOT d.is_cancelled AND d.currency = q.currency
                    AND d.at >= q.period_start::timestamptz AND d.at < (q.period_end + 1)::timestamptz
                    AND (q.owner = 'all' OR EXISTS (
                        SELECT 1 FROM account a WHERE a.id = d.party_id AND a.owner = q.owner))) s
            WHERE ($1::text IS NULL OR q.owner = $1)
                AND ($2::text IS NULL OR $2::text::date BETWEEN q.period_start AND q.period_end)
            """)
}
