import FoundationEssentials
import Postgres

/// The SQL of kept reports.
enum ReportStore {
    static let statements: [any Preparable] =
        [
            currencies, hasScale, isSold, isDue, documents, keep, get,
        ] + Report.all.map(\.statement)

    static let currencies = Statement(
        "report.currencies",
        """
        SELECT currency FROM (SELECT DISTINCT currency FROM sales_cell WHERE dimension = 'month') c
        LEFT JOIN value_scale s USING (currency) ORDER BY s.customers DESC NULLS LAST, currency
        """)

    static let hasScale = Query(
        "report.has_scale", takes: String.self, gives: String.self,
        sql: "SELECT currency FROM value_scale WHERE currency = $1")

    static let isSold = Statement("report.is_sold", "SELECT 1 FROM sales_cell WHERE currency = $1 LIMIT 1")

    static let isDue = Statement(
        "report.is_due",
        """
        SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM report WHERE name = $1 AND currency = $2
            AND computed_at > clock_timestamp() - make_interval(secs => greatest(8, seconds * 20)))
        """)

    /// Orders and credits of a currency that were applied: by it a report says how many it does not hold.
    static let documents = Query(
        "report.documents", takes: String.self, gives: Int.self,
        sql: """
            SELECT coalesce(sum(orders + credits), 0)::bigint FROM sales_cell WHERE currency = $1 AND dimension = 'month'
            """)

    /// Keeps a report with what it usually takes: one that took long by chance no more than doubles that.
    static let keep = Query(
        "report.keep", takes: String.self, String.self, Double.self, String.self, Int.self,
        sql: """
            INSERT INTO report AS r (name, currency, computed_at, as_of, seconds, body, documents)
            VALUES ($1, $2, clock_timestamp(), now(), least($3, 1), $4, $5)
            ON CONFLICT (name, currency) DO UPDATE SET computed_at = excluded.computed_at, as_of = excluded.as_of,
                seconds = least($3, greatest(r.seconds * 2, 0.5)), body = excluded.body, documents = excluded.documents
            """)

    static let get = Query(
        "report.get", takes: String.self, String.self, gives: String.self, Date.self, Date.self, Int.self,
        sql: """
            SELECT r.body, r.computed_at, coalesce(r.as_of, r.computed_at), abs(c.documents - coalesce(r.documents, 0))::bigint
            FROM report r CROSS JOIN (
                SELECT coalesce(sum(orders + credits), 0) AS documents FROM sales_cell
                WHERE currency = $2 AND dimension = 'month') c WHERE r.name = $1 AND r.currency = $2
            """)

    static let migration = Migration(
        "m202611301913_report_as_of",
        """
        -- What a report holds: as of when, and how many orders and credits there were.
        ALTER TABLE report ADD COLUMN as_of timestamptz, ADD COLUMN documents bigint;
        -- Months hold no odd documents any more: where they did, they are counted anew.
        INSERT INTO month_stale (currency, month) SELECT currency, min(month) FILTER (WHERE month >= '1990-01-01') FROM cohort_month
        GROUP BY currency HAVING (min(cohort) < '1990-01-01' OR max(month) > now()::date + 2) AND max(month) >= '1990-01-01';
        DELETE FROM cohort_month WHERE cohort < '1990-01-01' OR month > now()::date + 2;
        DELETE FROM month_seen WHERE month < '1990-01-01' OR month > now()::date + 2
        """)
}
