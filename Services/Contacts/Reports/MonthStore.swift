import Postgres

/// The SQL of who ordered in which month: what persistency and growth rest on.
///
/// A month counts customers by the month of their first order, so it changes only when something in it or before it does: a refresh
/// counts from the earliest month that changed. That is the current one, but for documents that come late.
enum MonthStore {
    static let statements = [since, refresh]

    /// The earliest month that changed since this was asked last, or NULL. New documents change the sums by month; what else may have
    /// changed is in `month_stale`.
    static let since = Statement(
        "month.since",
        """
        WITH sums AS (
            SELECT to_date(cell, 'YYYY-MM') AS month, sum(orders) AS orders, sum(revenue) AS revenue FROM sales_cell
            WHERE currency = $1 AND dimension = 'month' GROUP BY 1),
        stale AS (DELETE FROM month_stale WHERE currency = $1 RETURNING month),
        seen AS (
            INSERT INTO month_seen (currency, month, orders, revenue) SELECT $1, month, orders, revenue FROM sums
            ON CONFLICT (currency, month) DO UPDATE SET orders = excluded.orders, revenue = excluded.revenue)
        SELECT min(month)::text FROM (
            SELECT n.month FROM sums n LEFT JOIN month_seen s ON s.currency = $1 AND s.month = n.month
            WHERE (n.orders, n.revenue) IS DISTINCT FROM (s.orders, s.revenue)
            UNION ALL SELECT month FROM stale) x
        """)

    /// Counts from the month $2 on, which is a parameter so that the planner knows how much that is: it hashes the whole base or looks few
    /// customers up.
    static let refresh = Statement(
        "month.refresh",
        """
        WITH counted AS MATERIALIZED (
            SELECT date_trunc('month', v.first_order_at)::date AS cohort, m.month, count(*) AS customers,
                count(b.party_id) AS kept
            FROM party_month m JOIN party_value v ON v.party_id = m.party_id AND v.currency = $1
            LEFT JOIN party_month b ON b.party_id = m.party_id AND b.month = (m.month - interval '1 month')::date
                AND b.currency = $1 AND b.orders > 0
            WHERE m.currency = $1 AND m.orders > 0 AND m.month >= $2::text::date GROUP BY 1, 2),
        emptied AS (
            DELETE FROM cohort_month c WHERE c.currency = $1 AND c.month >= $2::text::date AND NOT EXISTS (
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
