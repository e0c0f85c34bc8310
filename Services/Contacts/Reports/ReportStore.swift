import Postgres

/// The SQL of kept reports.
enum ReportStore {
    static let statements = [currencies, isSold, isDue, keep, get] + Report.all.map(\.statement)

    static let currencies = Statement("report.currencies", "SELECT currency FROM value_scale ORDER BY customers DESC")

    static let isSold = Statement("report.is_sold", "SELECT 1 FROM sales_cell WHERE currency = $1 LIMIT 1")

    static let isDue = Statement(
        "report.is_due",
        """
        SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM report WHERE name = $1 AND currency = $2
            AND computed_at > clock_timestamp() - make_interval(secs => greatest(8, seconds * 20)))
        """)

    static let keep = Statement(
        "report.keep",
        """
        INSERT INTO report (name, currency, computed_at, seconds, body) VALUES ($1, $2, clock_timestamp(), $3, $4)
        ON CONFLICT (name, currency) DO UPDATE SET computed_at = excluded.computed_at, seconds = excluded.seconds,
            body = excluded.body
        """)

    static let get = Statement("report.get", "SELECT body, computed_at FROM report WHERE name = $1 AND currency = $2")
}
