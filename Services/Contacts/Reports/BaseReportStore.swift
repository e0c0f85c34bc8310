import HTTP
import Postgres
import ServiceKit

/// The views of who the customers are and how they stay: profiling and persistency (C15).
enum BaseReportStore {
    /// Who the customers are: tier, risk, tastes and habits.
    static let profiling = Report(
        "profiling", en: "Customer profile", zh: "客户画像",
        """
        WITH scored AS MATERIALIZED (
            SELECT q.net, q.abc, q.r, (q.f + q.m + 1) / 2 AS fm, \(ScoreStore.segment) AS segment, p.kind,
                coalesce(p.country, '?') AS country,
                CASE WHEN l.alive IS NULL THEN 'unknown' WHEN l.alive >= 0.7 THEN 'low' WHEN l.alive >= 0.3 THEN 'medium'
                    ELSE 'high' END AS risk,
                CASE WHEN q.r >= 4 THEN 'low' WHEN q.r = 3 THEN 'medium' ELSE 'high' END AS recency_risk
            FROM (\(ScoreStore.scored)) AS q JOIN party p ON p.id = q.party_id
            LEFT JOIN party_prediction n ON n.party_id = q.party_id AND n.currency = q.currency
            LEFT JOIN (SELECT id, tells_leaving FROM model_run) u ON u.id = n.run_id
            CROSS JOIN LATERAL (SELECT \(ScoreStore.alive("q.purchase_days")) AS alive) l),
        sold AS (
            SELECT coalesce(v.revenue - v.credited, 0) AS net, l.value ->> 0 AS sku, (l.value ->> 2)::bigint AS amount
            FROM (\(newest("order", 20_000))) x
            JOIN erp_document d ON d.id = x.id AND d.kind = x.kind AND d.source = x.source AND NOT d.is_cancelled
            JOIN \(SoundBase.values(in: "$1")) v ON v.party_id = d.party_id
            CROSS JOIN LATERAL jsonb_array_elements(x.lines) AS l(value)),
        tastes AS (
            SELECT c.abc, t.sku, sum(t.amount) AS amount,
                row_number() OVER (PARTITION BY c.abc ORDER BY sum(t.amount) DESC, t.sku) AS rank
            FROM sold t JOIN value_scale s ON s.currency = $1
            CROSS JOIN LATERAL (SELECT (ARRAY['C', 'B', 'A'])[1 + width_bucket(t.net, s.abc)] AS abc) AS c GROUP BY 1, 2)
        SELECT json_build_object(
            'customers', (SELECT count(*) FROM scored),
            'segments', \(counted("segment")), 'classes', \(counted("abc")), 'risks', \(counted("risk")),
            'recencyRisks', \(counted("recency_risk")), 'zone', \(FirmZone.name),
            'kinds', \(counted("kind")), 'countries', \(counted("country", limit: 50)),
            'grid', (SELECT coalesce(json_agg(g ORDER BY g.recency, g.strength), '[]') FROM (
                SELECT r AS recency, fm AS strength, count(*) AS customers, \(SQLMoney.text("sum(net)")) AS "netRevenue"
                FROM scored GROUP BY 1, 2) g),
            'habits', (SELECT coalesce(json_agg(h ORDER BY h.weekday, h.hour), '[]') FROM (
                SELECT left(cell, 1)::int AS weekday, right(cell, 2)::int AS hour, sum(orders)::bigint AS orders,
                    \(SQLMoney.text("sum(revenue)")) AS revenue
                FROM \(SalesCells.sound) c WHERE dimension = 'hour' GROUP BY 1, 2 HAVING sum(orders) <> 0 OR sum(revenue) <> 0) h),
            'tastes', (SELECT coalesce(json_agg(json_build_object('class', t.abc, 'sku', t.sku,
                'name', coalesce(n.name, t.sku), 'revenue', \(SQLMoney.text("t.amount"))) ORDER BY t.abc, t.rank), '[]')
                FROM tastes t LEFT JOIN product_name n USING (sku) WHERE t.rank <= 5))::text
        """,
        data: [
            .init("customers", .integer()), .init("segments", counts, "By RFM segment"),
            .init("classes", counts, "By Pareto class"),
            .init(
                "risks", counts,
                "By chance of having left, by the model: under 30, 70 %; `unknown` where it cannot tell"),
            .init("recencyRisks", counts, "By recency class: the upper two fifths, the third, the others"),
            .init("zone", .string, "Whose weekdays and hours are counted"),
            .init("kinds", counts), .init("countries", counts, "The 50 with most customers"),
            .init(
                "grid",
                .array(
                    .object([
                        .init("recency", .integer(1...5)), .init("strength", .integer(1...5)),
                        .init("customers", .integer()), .init("netRevenue", .amount),
                    ])), "Recency class by the mean of frequency and monetary class"),
            .init(
                "habits",
                .array(
                    .object([
                        .init("weekday", .integer(1...7)), .init("hour", .integer(0...23)), .init("orders", .integer()),
                        .init("revenue", .amount),
                    ])), "Orders by weekday (1 is Monday) and hour of the firm's zone"),
            .init(
                "tastes",
                .array(
                    .object([
                        .init("class", .string), .init("sku", .string), .init("name", .string),
                        .init("revenue", .amount),
                    ])), "What each Pareto class buys most, of the newest 20,000 orders"),
        ],
        labels: ReportLabels.segments + ReportLabels.classes + ReportLabels.risks + ReportLabels.kinds)

    /// How customers stay: loyalty, tenure and movement.
    static let persistency = Report(
        "persistency", en: "Customer persistency", zh: "客户持续性",
        """
        WITH cells AS (SELECT cohort, month, customers FROM cohort_month WHERE currency = $1),
        months AS (\(MonthStore.months)),
        newest AS (SELECT max(month) AS month FROM months),
        cohorts AS (
            SELECT c.cohort, s.customers AS size, json_agg(json_build_object('month', to_char(c.month, 'YYYY-MM'),
                'offset', (extract(year FROM c.month) - extract(year FROM c.cohort)) * 12 + extract(month FROM c.month)
                    - extract(month FROM c.cohort),
                'customers', c.customers, 'rate', round(c.customers / s.customers::numeric, 6)) ORDER BY c.month) AS months
            FROM cells c JOIN cells s ON s.cohort = c.cohort AND s.month = c.cohort, newest n
            WHERE c.cohort > n.month - interval '36 months' GROUP BY 1, 2),
        movement AS (
            SELECT k.month, coalesce(m.new, 0) AS new, coalesce(m.kept, 0) AS kept,
                coalesce(m.active - m.new - m.kept, 0) AS back, coalesce(p.active, 0) - coalesce(m.kept, 0) AS lapsed
            FROM (SELECT month FROM months UNION SELECT (month + interval '1 month')::date FROM months) k
            LEFT JOIN months m USING (month) LEFT JOIN months p ON p.month = (k.month - interval '1 month')::date, newest n
            WHERE k.month <= n.month AND k.month > n.month - interval '36 months'),
        tenure AS MATERIALIZED (
            SELECT CASE WHEN days < 91 THEN 'under_3_months' WHEN days < 365 THEN 'under_1_year'
                    WHEN days < 730 THEN 'under_2_years' ELSE 'over_2_years' END AS key,
                count(*) AS customers, count(*) FILTER (WHERE orders > 1) AS repeaters,
                count(*) FILTER (WHERE last_order_at > newest - interval '91 days') AS active
            FROM (SELECT *, \(FirmZone.day("newest")) - \(FirmZone.day("first_order_at")) AS days FROM (
                SELECT orders, first_order_at, last_order_at, newest FROM \(SoundBase.values(in: "$1")) v CROSS JOIN (
                    SELECT least(now(), max(last_order_at)) AS newest FROM \(SoundBase.values(in: "$1")) v WHERE orders > 0) b
                WHERE orders > 0) v) v GROUP BY 1)
        SELECT json_build_object(
            'zone', \(FirmZone.name), 'recordFrom', (SELECT to_char(min(month), 'YYYY-MM') FROM months),
            'repeatRate', (SELECT json_build_object('customers', coalesce(sum(customers), 0),
                'repeaters', coalesce(sum(repeaters), 0), 'rate', round(sum(repeaters) / nullif(sum(customers), 0), 6)) FROM tenure),
            'tenure', (SELECT coalesce(json_agg(t ORDER BY t.key), '[]') FROM tenure t),
            'retention', (SELECT coalesce(json_agg(json_build_object('cohort', to_char(cohort, 'YYYY-MM'),
                'customers', size, 'months', months) ORDER BY cohort), '[]') FROM cohorts),
            'movement', (SELECT coalesce(json_agg(json_build_object('month', to_char(month, 'YYYY-MM'), 'new', new,
                'kept', kept, 'back', back, 'lapsed', lapsed) ORDER BY month), '[]') FROM movement))::text
        """,
        data: [
            .init("zone", .string, "Whose months are counted"),
            .init("recordFrom", .nullable(.string), "Its first month: who is new in it may be an old customer"),
            .init(
                "repeatRate",
                .object([
                    .init("customers", .integer()), .init("repeaters", .integer(), "With two orders or more"),
                    .init("rate", .nullable(.number)),
                ])),
            .init(
                "tenure",
                .array(
                    .object([
                        .init("key", .string), .init("customers", .integer()), .init("repeaters", .integer()),
                        .init("active", .integer(), "With an order in the last 91 days of the observation"),
                    ])), "By time since the first order"),
            .init(
                "retention",
                .array(
                    .object([
                        .init("cohort", .string, "Month of the first order"), .init("customers", .integer()),
                        .init(
                            "months",
                            .array(
                                .object([
                                    .init("month", .string), .init("offset", .integer()),
                                    .init("customers", .integer()),
                                    .init("rate", .number),
                                ])), "Months in which some of them ordered"),
                    ])), "The newest 36 cohorts"),
            .init(
                "movement",
                .array(
                    .object([
                        .init("month", .string), .init("new", .integer()),
                        .init("kept", .integer(), "Ordered in the month before too"),
                        .init("back", .integer(), "Ordered before, but not in the month before"),
                        .init("lapsed", .integer(), "Ordered in the month before, but not in this one"),
                    ]))),
        ], labels: ReportLabels.tenures + ReportLabels.moves, needsMonths: true)

    /// The newest sound documents of a kind, or of both, that the reports on products look at.
    static func newest(_ kind: String? = nil, _ limit: Int) -> String {
        """
        SELECT * FROM document_detail y WHERE currency = $1 \(kind.map { "AND kind = '\($0)'" } ?? "")
            AND \(SoundBase.isSound("y", in: "$1")) ORDER BY at DESC LIMIT \(limit)
        """
    }

    static let counts = Schema.array(
        .object([.init("key", .string), .init("customers", .integer()), .init("netRevenue", .amount)]))

    /// Customers and net revenue by a column of `scored`, most customers first.
    private static func counted(_ column: String, limit: Int = 100) -> String {
        """
        (SELECT coalesce(json_agg(json_build_object('key', key, 'customers', customers,
            'netRevenue', \(SQLMoney.text("net"))) ORDER BY customers DESC, key), '[]') FROM (
            SELECT \(column) AS key, count(*) AS customers, sum(net) AS net FROM scored GROUP BY 1
            ORDER BY 2 DESC, 1 LIMIT \(limit)) AS c)
        """
    }
}
