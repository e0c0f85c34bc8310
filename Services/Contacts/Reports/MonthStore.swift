import Postgres
import ServiceKit

/// The SQL of who ordered in which month: what persistency and growth rest on.
///
/// A month counts customers by the month of their first order, so it changes only when something in it or before it does: a refresh
/// counts from the earliest month that changed. That is the current one, but for documents that come late.
enum MonthStore {
    static let statements = [since, refresh, all]

    /// The earliest month that changed since this was asked last, or NULL, and whether it never was. New documents change the sums by
    /// month; what else may have changed is in `month_stale`.
    static let since = Statement(
        "month.since",
        """
        WITH sums AS (
            SELECT to_date(cell, 'YYYY-MM') AS month, sum(orders) AS orders, sum(revenue) AS revenue FROM sales_cell
            WHERE currency = $1 AND dimension = 'month' AND cell BETWEEN '1990-01' AND to_char(\(newest), 'YYYY-MM') GROUP BY 1),
        stale AS (DELETE FROM month_stale WHERE currency = $1 RETURNING month),
        seen AS (
            INSERT INTO month_seen (currency, month, orders, revenue) SELECT $1, month, orders, revenue FROM sums
            ON CONFLICT (currency, month) DO UPDATE SET orders = excluded.orders, revenue = excluded.revenue)
        SELECT min(month)::text, NOT EXISTS (SELECT 1 FROM month_seen WHERE currency = $1) FROM (
            SELECT n.month FROM sums n LEFT JOIN month_seen s ON s.currency = $1 AND s.month = n.month
            WHERE (n.orders, n.revenue) IS DISTINCT FROM (s.orders, s.revenue)
            UNION ALL SELECT month FROM stale WHERE month BETWEEN '1990-01-01' AND \(newest)) x
        """)

    /// Counts from the month $2 on: each customer of these months is looked up.
    static let refresh = Statement(
        "month.refresh",
        counted(
            """
            SELECT m.month, f.cohort, f.before FROM party_month m CROSS JOIN LATERAL (
                SELECT min(o.month) AS cohort, max(o.month) FILTER (WHERE o.month < m.month) AS before FROM party_month o
                WHERE o.party_id = m.party_id AND o.currency = $1 AND o.orders > 0 AND o.month <= m.month) f
            WHERE m.currency = $1 AND m.orders > 0 AND m.month BETWEEN $2::text::date AND \(newest)
                AND m.party_id NOT IN (SELECT party_id FROM odd)
            UNION ALL
            SELECT * FROM (SELECT month, first_value(month) OVER w AS cohort, lag(month) OVER w AS before FROM remade
                WINDOW w AS (PARTITION BY party_id ORDER BY month)) r WHERE month >= $2::text::date
            """))

    /// Counts all months, where none was counted before: one pass over the base.
    static let all = Statement(
        "month.all",
        counted(
            """
            SELECT month, first_value(month) OVER w AS cohort, lag(month) OVER w AS before FROM (
                SELECT party_id, month FROM party_month
                WHERE currency = $1 AND orders > 0 AND party_id NOT IN (SELECT party_id FROM odd) AND month <= \(newest)
                UNION ALL SELECT party_id, month FROM remade) m WINDOW w AS (PARTITION BY party_id ORDER BY month)
            """))

    /// The month that a document of today may be in.
    private static let newest = "date_trunc('month', \(FirmZone.day(SoundBase.latest)))::date"

    /// The customers whose months hold odd documents, and their months without these.
    private static let odd = """
        odd AS MATERIALIZED (\(SoundBase.oddParties(in: "$1"))),
        remade AS MATERIALIZED (
            SELECT DISTINCT party_id, date_trunc('month', day)::date AS month FROM (\(SoundBase.soundDocuments(in: "$1"))) s
            WHERE kind = 'order')
        """

    /// Keeps how many there are of `active`: who ordered in a month, with the month of his first order and of the one before.
    private static func counted(_ active: String) -> String {
        """
        WITH \(odd), active AS (\(active)),
        counted AS MATERIALIZED (
            SELECT cohort, month, count(*) AS customers,
                count(*) FILTER (WHERE before = month - interval '1 month') AS kept
            FROM active GROUP BY 1, 2),
        emptied AS (
            DELETE FROM cohort_month c WHERE c.currency = $1 AND c.month >= $2::text::date AND NOT EXISTS (
                SELECT 1 FROM counted n WHERE n.cohort = c.cohort AND n.month = c.month))
        INSERT INTO cohort_month (currency, cohort, month, customers, kept)
        SELECT $1, cohort, month, customers, kept FROM counted
        ON CONFLICT (currency, cohort, month) DO UPDATE SET customers = excluded.customers, kept = excluded.kept
        """
    }

    /// By month who ordered, who of them for the first time, and who in the month before too.
    static let months = """
        SELECT month, sum(customers)::bigint AS active, coalesce(sum(customers) FILTER (WHERE cohort = month), 0)::bigint AS new,
            sum(kept)::bigint AS kept
        FROM cohort_month WHERE currency = $1 GROUP BY month
        """
}
