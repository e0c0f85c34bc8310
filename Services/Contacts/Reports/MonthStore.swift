import Postgres

/// The SQL of who ordered in which month: what persistency and growth rest on.
///
/// A month counts customers by the month of their first order, so it changes only when something in it or before it does: a refresh
/// counts from the earliest month that changed. That is the current one, but for documents that come late.
enum MonthStore {
    static let statements = [refresh]

    /// New documents change the sums by month; what else may have changed is in `month_stale`.
    static let refresh = Statement(
        "month.refresh",
        """
        WITH sums AS (
            SELECT to_date(cell, 'YYYY-MM') AS month, sum(orders) AS orders, sum(revenue) AS revenue FROM sales_cell
            WHERE currency = $1 AND dimension = 'month' GROUP BY 1),
        stale AS (DELETE FROM month_stale WHERE currency = $1 RETURNING month),
        since AS MATERIALIZED (
            SELECT min(month) AS month FROM (
                SELECT n.month FROM sums n LEFT JOIN month_seen s ON s.currency = $1 AND s.month = n.month
                WHERE (n.orders, n.revenue) IS DISTINCT FROM (s.orders, s.revenue)
                UNION ALL SELECT month FROM stale) x),
        seen AS (
            INSERT INTO month_seen (currency, month, orders, revenue) SELECT $1, month, orders, revenue FROM sums
            ON CONFLICT (currency, month) DO UPDATE SET orders = excluded.orders, revenue = excluded.revenue),
        active AS (
            SELECT m.month, f.cohort, f.before FROM since s JOIN party_month m ON m.month >= s.month
            CROSS JOIN LATERAL (
                SELECT min(o.month) AS cohort, max(o.month) FILTER (WHERE o.month < m.month) AS before FROM party_month o
                WHERE o.party_id = m.party_id AND o.currency = $1 AND o.orders > 0 AND o.month <= m.month) f
            WHERE m.currency = $1 AND m.orders > 0),
        counted AS MATERIALIZED (
            SELECT cohort, month, count(*) AS customers,
                count(*) FILTER (WHERE before = month - interval '1 month') AS kept
            FROM active GROUP BY 1, 2),
        emptied AS (
            DELETE FROM cohort_month c USING since s WHERE c.currency = $1 AND c.month >= s.month AND NOT EXISTS (
                SELECT 1 FROM counted n WHERE n.cohort = c.cohort AND n.month = c.month))
        INSERT INTO cohort_month (currency, cohort, month, customers, kept)
        SELECT $1, cohort, month, customers, kept FROM counted
        ON CONFLICT (currency, cohort, month) DO UPDATE SET customers = excluded.customers, kept = excluded.kept
        """)

    /// By month who ordered, who of them for the first time, and who in the month before too.
    static let months = """
        SELECT month, sum(customers)::bigint AS active, coalesce(sum(customers) FILTER (WHERE cohort = month), 0)::bigint AS new,
            sum(kept)::bigint AS kept
        FROM cohort_month WHERE currency = $1 GROUP BY month
        """
}
