import Postgres
import ServiceKit

/// The SQL of what the firm sells.
enum RevenueStore {
    static let statements: [any Preparable] = [months]

    /// From day $1 to day $2 in currency $3. Rounded once, at the end of each sum.
    static let months = Query(
        "revenue.months", takes: String?.self, String?.self, String.self, gives: String.self,
        sql: """
            WITH span AS (
                SELECT coalesce($1::text::date, (date_trunc('month', today) - interval '11 months')::date) AS first,
                    coalesce($2::text::date, today) AS last
                FROM (SELECT \(FirmZone.day("now()")) AS today) t),
            days AS (
                SELECT x.*, r.rate, r.day AS rate_day FROM span s CROSS JOIN LATERAL (
                    \(sold("kind IN ('order', 'credit')")) UNION ALL \(sold("kind = 'payment'"))) x
                CROSS JOIN LATERAL rate_of(x.currency, $3, x.day) r),
            months AS (
                SELECT to_char(day, 'YYYY-MM') AS month,
                    coalesce(sum(documents) FILTER (WHERE kind = 'order'), 0)::bigint AS orders,
                    coalesce(round(sum(total * rate) FILTER (WHERE kind = 'order')), 0) AS revenue,
                    coalesce(round(sum(total * rate) FILTER (WHERE kind = 'credit')), 0) AS credited,
                    coalesce(round(sum(total * rate) FILTER (WHERE kind = 'payment')), 0) AS paid
                FROM days WHERE rate IS NOT NULL GROUP BY 1)
            SELECT json_build_object('currency', $3, 'zone', \(FirmZone.name), 'from', s.first, 'to', s.last,
                'months', (SELECT coalesce(json_agg(json_build_object('month', month, 'orders', orders,
                    'revenue', (revenue * 0.0001)::text, 'credited', (credited * 0.0001)::text,
                    'netRevenue', ((revenue - credited) * 0.0001)::text, 'paid', (paid * 0.0001)::text)
                    ORDER BY month), '[]') FROM months),
                'converted', (SELECT coalesce(json_agg(json_build_object('kind', kind, 'currency', currency,
                    'documents', documents, 'amount', (total * 0.0001)::text, 'worth', (round(worth) * 0.0001)::text,
                    'firstRateDay', first, 'lastRateDay', last) ORDER BY currency, kind), '[]') FROM (
                    SELECT kind, currency, sum(documents)::bigint AS documents, sum(total) AS total,
                        sum(total * rate) AS worth, min(rate_day) AS first, max(rate_day) AS last
                    FROM days WHERE rate IS NOT NULL AND currency <> $3 GROUP BY 1, 2) c),
                'notConverted', (SELECT coalesce(json_agg(json_build_object('kind', kind, 'currency', currency,
                    'documents', documents, 'amount', (total * 0.0001)::text) ORDER BY currency, kind), '[]') FROM (
                    SELECT kind, currency, sum(documents)::bigint AS documents, sum(total) AS total
                    FROM days WHERE rate IS NULL GROUP BY 1, 2) c))::text
            FROM span s
            """)

    /// What documents of some kinds come to within the span `s`, by kind, currency and day.
    private static func sold(_ kinds: String) -> String {
        """
        SELECT d.kind, d.currency, \(FirmZone.day("d.at")) AS day, count(*) AS documents, sum(d.total) AS total
        FROM (\(EarnedSums.currencies(kinds))) c JOIN erp_document d ON d.currency = c.currency AND \(kinds)
            AND NOT d.is_cancelled AND d.at >= \(FirmZone.start(of: "s.first"))
            AND d.at < \(FirmZone.start(of: "s.last + 1"))
        GROUP BY 1, 2, 3
        """
    }
}
