import HTTP
import Postgres
import ServiceKit

/// The views of what is bought together and what campaigns did (C15), Kotler's grid (C13) and the loyalty quadrant (C14).
enum MarketReportStore {
    /// Which products go together: support, confidence and lift over the newest orders (Agrawal, Imielinski, Swami 1993).
    static let product = Report(
        "product", en: "Product affinity", zh: "产品关联",
        """
        WITH baskets AS MATERIALIZED (
            SELECT x.source || chr(10) || x.id AS id, l.value ->> 0 AS sku, (l.value ->> 2)::bigint AS amount
            FROM (\(BaseReportStore.newest("order", 20_000))) x
            JOIN erp_document d ON d.id = x.id AND d.kind = x.kind AND d.source = x.source AND NOT d.is_cancelled
            CROSS JOIN LATERAL jsonb_array_elements(x.lines) AS l(value)),
        whole AS (SELECT count(DISTINCT id) AS n FROM baskets),
        frequent AS MATERIALIZED (
            SELECT sku, count(*) AS orders, sum(amount) AS revenue FROM baskets GROUP BY sku
            ORDER BY 2 DESC, 1 LIMIT 200),
        chosen AS MATERIALIZED (SELECT id, sku FROM baskets JOIN frequent USING (sku)),
        pairs AS (
            SELECT a.sku AS one, b.sku AS other, count(*) AS orders FROM chosen a JOIN chosen b ON b.id = a.id AND a.sku < b.sku
            GROUP BY 1, 2 HAVING count(*) > 1),
        rules AS (
            SELECT p.one, p.other, p.orders, f.orders AS one_orders, g.orders AS other_orders,
                p.orders * w.n / (f.orders::numeric * g.orders) AS lift, w.n
            FROM pairs p JOIN frequent f ON f.sku = p.one JOIN frequent g ON g.sku = p.other, whole w
            ORDER BY p.orders DESC, lift DESC, p.one, p.other LIMIT 100)
        SELECT json_build_object('orders', (SELECT n FROM whole),
            'products', (SELECT coalesce(json_agg(json_build_object('sku', f.sku, 'name', coalesce(n.name, f.sku),
                'orders', f.orders, 'support', round(f.orders / w.n::numeric, 6),
                'revenue', \(SQLMoney.text("f.revenue"))) ORDER BY f.orders DESC, f.sku), '[]')
                FROM (SELECT * FROM frequent ORDER BY orders DESC, sku LIMIT 50) f
                LEFT JOIN product_name n USING (sku), whole w),
            'pairs', (SELECT coalesce(json_agg(json_build_object('a', r.one, 'aName', coalesce(m.name, r.one),
                'b', r.other, 'bName', coalesce(n.name, r.other), 'orders', r.orders,
                'support', round(r.orders / r.n::numeric, 6), 'confidence', round(r.orders / r.one_orders::numeric, 6),
                'confidenceBack', round(r.orders / r.other_orders::numeric, 6), 'lift', round(r.lift, 4))
                ORDER BY r.orders DESC, r.lift DESC, r.one, r.other), '[]')
                FROM rules r LEFT JOIN product_name m ON m.sku = r.one LEFT JOIN product_name n ON n.sku = r.other))::text
        """,
        data: [
            .init("orders", .integer(), "The newest orders looked at, at most 20,000"),
            .init(
                "products",
                .array(
                    .object([
                        .init("sku", .string), .init("name", .string), .init("orders", .integer()),
                        .init("support", .number), .init("revenue", .amount),
                    ])), "The 50 in most orders"),
            .init(
                "pairs",
                .array(
                    .object([
                        .init("a", .string), .init("aName", .string), .init("b", .string), .init("bName", .string),
                        .init("orders", .integer(), "Orders with both"),
                        .init("support", .number, "Share of orders with both"),
                        .init("confidence", .number, "Share of the orders with a that hold b"),
                        .init("confidenceBack", .number, "Share of the orders with b that hold a"),
                        .init("lift", .number, "How much more often than by chance"),
                    ])), "The 100 most frequent pairs among the 200 most frequent products"),
        ])

    /// What campaigns did: who bought in the fourteen days after a message, beside the fourteen days before it.
    static let promotion = Report(
        "promotion", en: "Promotion results", zh: "促销成效",
        """
        WITH sent AS MATERIALIZED (
            SELECT campaign_id, party_id, sent_at FROM campaign_message ORDER BY sent_at DESC LIMIT 200000),
        seen AS (
            SELECT s.campaign_id, s.sent_at, coalesce(a.orders, 0) AS after, coalesce(a.revenue, 0) AS revenue,
                coalesce(b.orders, 0) AS before, coalesce(b.revenue, 0) AS revenue_before
            FROM sent s
            LEFT JOIN LATERAL (SELECT count(*) AS orders, sum(total) AS revenue FROM erp_document d
                WHERE d.party_id = s.party_id AND d.kind = 'order' AND NOT d.is_cancelled AND d.currency = $1
                AND d.at > s.sent_at AND d.at <= s.sent_at + interval '14 days') a ON true
            LEFT JOIN LATERAL (SELECT count(*) AS orders, sum(total) AS revenue FROM erp_document d
                WHERE d.party_id = s.party_id AND d.kind = 'order' AND NOT d.is_cancelled AND d.currency = $1
                AND d.at > s.sent_at - interval '14 days' AND d.at <= s.sent_at) b ON true),
        campaigns AS (
            SELECT campaign_id, count(*) AS sent, min(sent_at) AS first_at, max(sent_at) AS last_at,
                count(*) FILTER (WHERE after > 0) AS buyers, sum(revenue) AS revenue,
                count(*) FILTER (WHERE before > 0) AS buyers_before, sum(revenue_before) AS revenue_before
            FROM seen GROUP BY campaign_id)
        SELECT json_build_object('messages', (SELECT count(*) FROM sent), 'days', 14,
            'campaigns', (SELECT coalesce(json_agg(json_build_object('campaignId', c.campaign_id, 'name', n.name,
                'segment', n.segment, 'status', n.status, 'sent', c.sent, 'firstAt', c.first_at, 'lastAt', c.last_at,
                'buyers', c.buyers, 'responseRate', round(c.buyers / c.sent::numeric, 6),
                'revenue', \(SQLMoney.text("c.revenue")), 'buyersBefore', c.buyers_before,
                'revenueBefore', \(SQLMoney.text("c.revenue_before"))) ORDER BY c.last_at DESC, c.campaign_id), '[]')
                FROM campaigns c LEFT JOIN campaign_name n ON n.id = c.campaign_id))::text
        """,
        data: [
            .init("messages", .integer(), "The newest messages looked at, at most 200,000"),
            .init("days", .integer(), "How long after a message an order is counted"),
            .init(
                "campaigns",
                .array(
                    .object([
                        .init("campaignId", .uuid), .init("name", .nullable(.string)),
                        .init("segment", .nullable(.string)),
                        .init("status", .nullable(.string)), .init("sent", .integer()), .init("firstAt", .dateTime),
                        .init("lastAt", .dateTime), .init("buyers", .integer()), .init("responseRate", .number),
                        .init("revenue", .amount), .init("buyersBefore", .integer()),
                        .init("revenueBefore", .amount),
                    ]))),
        ])

    /// Kotler's levels of relationship: groups of customers by how many they are and what each brings.
    ///
    /// Few, medium and many, and low, medium and high, are the thirds of the groups: one more than the number of third edges that are
    /// less (the edge rule of `ScoreStore.refresh`). All groups are compared by one basis: margin where the costs of four fifths of what
    /// each of them bought are known, else net revenue.
    static let relationship = Report(
        "relationship", en: "Relationship level", zh: "客户关系层级",
        """
        WITH groups AS MATERIALIZED (
            SELECT g.dimension, g.key, count(*) AS customers, sum(v.revenue - v.credited) AS net, sum(v.costed) AS costed,
                CASE WHEN sum(v.costed) <> 0 THEN sum(v.costed - v.cost) END AS margin
            FROM \(SoundBase.values(in: "$1")) v JOIN party p ON p.id = v.party_id
            CROSS JOIN LATERAL (VALUES ('country', coalesce(p.country, '?')), ('kind', p.kind)) AS g(dimension, key)
            WHERE v.orders > 0 GROUP BY 1, 2),
        basis AS (SELECT coalesce(bool_and(net <= 0 OR costed >= net * 0.8) AND bool_or(net > 0), false) AS is_margin FROM groups),
        each AS (
            SELECT g.*, b.is_margin, CASE WHEN b.is_margin THEN coalesce(margin, 0) ELSE net END / customers AS worth,
                count(*) OVER (PARTITION BY dimension) AS n FROM groups g, basis b),
        edges AS (
            SELECT dimension, percentile_disc(ARRAY[((n - 1) / 3 + 0.5) / n, ((n - 1) * 2 / 3 + 0.5) / n]::float8[])
                    WITHIN GROUP (ORDER BY worth) AS worth,
                percentile_disc(ARRAY[((n - 1) / 3 + 0.5) / n, ((n - 1) * 2 / 3 + 0.5) / n]::float8[])
                    WITHIN GROUP (ORDER BY customers) AS customers
            FROM each GROUP BY dimension, n),
        levels AS (
            SELECT e.*, (e.worth > d.worth[1])::int + (e.worth > d.worth[2])::int AS worth_level,
                (e.customers > d.customers[1])::int + (e.customers > d.customers[2])::int AS count_level
            FROM each e JOIN edges d USING (dimension))
        SELECT json_build_object(
            'basis', CASE WHEN bool_or(is_margin) THEN 'margin' ELSE 'net_revenue' END,
            'costsKnownFor', round(sum(costed) FILTER (WHERE dimension = 'kind')
                / nullif(sum(net) FILTER (WHERE dimension = 'kind'), 0)::numeric, 4),
            'groups', coalesce(json_agg(json_build_object('by', dimension, 'key', key, 'customers', customers,
                'netRevenue', \(SQLMoney.text("net")), 'margin', \(SQLMoney.text("margin")),
                'costsKnownFor', round(costed / nullif(net, 0)::numeric, 4),
                'perCustomer', \(SQLMoney.text("worth")),
                'marginLevel', (ARRAY['low', 'medium', 'high'])[1 + worth_level],
                'customersLevel', (ARRAY['few', 'medium', 'many'])[1 + count_level],
                -- A step more margin and a step fewer customers both move one level up, from basic to partnership.
                'level', (ARRAY['basic', 'reactive', 'accountable', 'proactive', 'partnership'])
                    [1 + worth_level + (2 - count_level)])
                ORDER BY dimension, net DESC, key), '[]'))::text
        FROM levels
        """,
        data: [
            .init(
                "basis", .enumeration(["margin", "net_revenue"]),
                "What all groups are compared by: margin where the costs of 80 % of each group's net revenue are known"),
            .init("costsKnownFor", .nullable(.number), "The share of net revenue whose costs are known"),
            .init(
                "groups",
                .array(
                    .object([
                        .init("by", .enumeration(["country", "kind"])), .init("key", .string),
                        .init("customers", .integer()), .init("netRevenue", .amount),
                        .init("margin", .nullable(.amount), "Of the sales whose cost is known"),
                        .init("costsKnownFor", .nullable(.number), "Their share of net revenue"),
                        .init("perCustomer", .amount, "By the basis"),
                        .init("marginLevel", .enumeration(["low", "medium", "high"])),
                        .init("customersLevel", .enumeration(["few", "medium", "many"])),
                        .init("level", .enumeration(["basic", "reactive", "accountable", "proactive", "partnership"])),
                    ]))),
        ], labels: ReportLabels.levels)

    /// Satisfaction by loyalty.
    ///
    /// Satisfied: the mean of the satisfaction surveys is at least three quarters of the scale. Loyal: two orders or more and a chance of
    /// at least one half to be a customer still; where the model cannot tell, recency in the upper three fifths. Attached: would
    /// recommend (a mean of nine of ten), or where that was never asked, satisfied.
    static let quadrant = Report(
        "quadrant", en: "Satisfaction and loyalty", zh: "满意度与忠诚度",
        """
        WITH voices AS (
            SELECT coalesce(d.survivor_id, a.party_id) AS party_id,
                sum(total) FILTER (WHERE survey <> 'nps') / sum(answers) FILTER (WHERE survey <> 'nps') AS csat,
                sum(total) FILTER (WHERE survey = 'nps') / sum(answers) FILTER (WHERE survey = 'nps') AS nps
            FROM party_voice a LEFT JOIN party_redirect d ON d.party_id = a.party_id GROUP BY 1),
        judged AS MATERIALIZED (
            SELECT q.net, q.orders > 1 AND coalesce(\(ScoreStore.alive("q.purchase_days")) >= 0.5, q.r >= 3) AS loyal,
                o.csat >= 0.75 AS satisfied, coalesce(o.nps >= 0.9, o.csat >= 0.75) AS attached
            FROM (\(ScoreStore.scored)) AS q
            LEFT JOIN party_prediction n ON n.party_id = q.party_id AND n.currency = q.currency
            LEFT JOIN (SELECT id, tells_leaving FROM model_run) u ON u.id = n.run_id
            LEFT JOIN voices o ON o.party_id = q.party_id),
        named AS (
            SELECT net, CASE WHEN satisfied IS NULL THEN 'unknown' WHEN satisfied AND loyal THEN 'loyalist'
                    WHEN satisfied THEN 'mercenary' WHEN loyal THEN 'hostage' ELSE 'defector' END AS quadrant,
                CASE WHEN attached IS NULL THEN 'unknown' WHEN attached AND loyal THEN 'premium' WHEN attached THEN 'latent'
                    WHEN loyal THEN 'inertia' ELSE 'price' END AS kind FROM judged)
        SELECT json_build_object('quadrants', \(counted("quadrant")), 'loyaltyKinds', \(counted("kind")))::text
        """,
        data: [.init("quadrants", BaseReportStore.counts), .init("loyaltyKinds", BaseReportStore.counts)],
        labels: ReportLabels.quadrants)

    private static func counted(_ column: String) -> String {
        """
        (SELECT coalesce(json_agg(json_build_object('key', key, 'customers', customers,
            'netRevenue', \(SQLMoney.text("net"))) ORDER BY customers DESC, key), '[]') FROM (
            SELECT \(column) AS key, count(*) AS customers, sum(net) AS net FROM named GROUP BY 1) AS c)
        """
    }
}
