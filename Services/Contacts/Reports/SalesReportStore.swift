import HTTP
import Postgres
import ServiceKit

/// The views of what the base brings: profitability, performance and prospecting (C15).
enum SalesReportStore {
    /// Margin and net revenue by customer, and how unevenly they are spread.
    static let profitability = Report(
        "profitability", en: "Customer profitability", zh: "客户盈利性",
        """
        WITH scored AS MATERIALIZED (
            SELECT q.party_id, q.orders, q.net, q.credited, q.cost, q.costed, q.abc,
                ntile(20) OVER (ORDER BY q.net DESC, q.party_id) AS twentieth,
                row_number() OVER (ORDER BY q.net DESC, q.party_id) AS place
            FROM (\(ScoreStore.scored)) AS q),
        whole AS (SELECT count(*) AS customers, sum(net) AS net, sum(costed) AS costed, sum(cost) AS cost FROM scored),
        curve AS (
            SELECT twentieth, count(*) AS customers, sum(net) AS net, sum(sum(net)) OVER (ORDER BY twentieth) AS below,
                sum(count(*)) OVER (ORDER BY twentieth) AS n
            FROM scored GROUP BY twentieth)
        SELECT json_build_object('customers', w.customers, 'netRevenue', \(SQLMoney.text("w.net")),
            'margin', CASE WHEN w.costed <> 0 THEN \(SQLMoney.text("w.costed - w.cost")) END,
            'marginKnownFor', CASE WHEN w.net > 0 THEN round(w.costed / w.net::numeric, 4) END,
            'classes', (SELECT coalesce(json_agg(json_build_object('key', abc, 'customers', customers,
                'netRevenue', \(SQLMoney.text("net")), 'share', round(net / nullif(w.net, 0)::numeric, 6),
                'margin', CASE WHEN costed <> 0 THEN \(SQLMoney.text("costed - cost")) END) ORDER BY abc), '[]')
                FROM (SELECT abc, count(*) AS customers, sum(net) AS net, sum(cost) AS cost, sum(costed) AS costed
                    FROM scored GROUP BY abc) c),
            'curve', (SELECT coalesce(json_agg(json_build_object('customers', round(n / w.customers::numeric, 4),
                'netRevenue', round(below / nullif(w.net, 0)::numeric, 6)) ORDER BY twentieth), '[]') FROM curve),
            'top', (SELECT coalesce(json_agg(json_build_object('partyId', s.party_id, 'name', p.name, 'orders', s.orders,
                'netRevenue', \(SQLMoney.text("s.net")), 'credited', \(SQLMoney.text("s.credited")),
                'margin', CASE WHEN s.costed <> 0 THEN \(SQLMoney.text("s.costed - s.cost")) END, 'class', s.abc)
                ORDER BY s.place), '[]') FROM scored s JOIN party p ON p.id = s.party_id WHERE s.place <= 50))::text
        FROM whole w
        """,
        data: [
            .init("customers", .integer()), .init("netRevenue", .nullable(.amount)),
            .init("margin", .nullable(.amount), "Of the sales whose cost is known"),
            .init("marginKnownFor", .nullable(.number), "The share of net revenue whose cost is known"),
            .init(
                "classes",
                .array(
                    .object([
                        .init("key", .string), .init("customers", .integer()), .init("netRevenue", .amount),
                        .init("share", .nullable(.number)), .init("margin", .nullable(.amount)),
                    ]))),
            .init(
                "curve",
                .array(.object([.init("customers", .number), .init("netRevenue", .nullable(.number))])),
                "Share of the customers, the best first, and the share of net revenue they bring"),
            .init(
                "top",
                .array(
                    .object([
                        .init("partyId", .uuid), .init("name", .string), .init("orders", .integer()),
                        .init("netRevenue", .amount), .init("credited", .amount),
                        .init("margin", .nullable(.amount)), .init("class", .string),
                    ])), "The best 50; `GET /v1/value/customers` has all"),
        ], labels: ReportLabels.classes)

    /// Sales by month, product, channel and place.
    static let performance = Report(
        "performance", en: "Sales performance", zh: "销售业绩",
        """
        WITH newest AS MATERIALIZED (
            SELECT x.id, x.kind, x.at, x.channel, x.lines, d.total, CASE x.kind WHEN 'credit' THEN -1 ELSE 1 END AS sign
            FROM (\(BaseReportStore.newest(nil, 100_000))) x
            JOIN erp_document d ON d.id = x.id AND d.kind = x.kind AND d.source = x.source AND NOT d.is_cancelled),
        products AS (
            SELECT l.value ->> 0 AS sku, count(*) FILTER (WHERE kind = 'order') AS orders,
                sum((l.value ->> 1)::bigint * sign) AS quantity, sum((l.value ->> 2)::bigint * sign) AS net,
                sum((l.value ->> 2)::bigint) FILTER (WHERE kind = 'credit') AS credited
            FROM newest CROSS JOIN LATERAL jsonb_array_elements(lines) AS l(value) GROUP BY 1
            ORDER BY 4 DESC, 1 LIMIT 50)
        SELECT json_build_object(
            'months', (SELECT coalesce(json_agg(json_build_object('month', cell, 'orders', orders,
                'revenue', \(SQLMoney.text("revenue")), 'credits', credits, 'credited', \(SQLMoney.text("credited")),
                'walkInOrders', walk_ins, 'walkInRevenue', \(SQLMoney.text("walk_in_revenue"))) ORDER BY cell), '[]') FROM (
                SELECT cell, coalesce(sum(orders) FILTER (WHERE dimension = 'month'), 0)::bigint AS orders,
                    coalesce(sum(revenue) FILTER (WHERE dimension = 'month'), 0) AS revenue,
                    coalesce(sum(credits) FILTER (WHERE dimension = 'month'), 0)::bigint AS credits,
                    coalesce(sum(credited) FILTER (WHERE dimension = 'month'), 0) AS credited,
                    coalesce(sum(orders) FILTER (WHERE dimension = 'walk-in'), 0)::bigint AS walk_ins,
                    coalesce(sum(revenue) FILTER (WHERE dimension = 'walk-in'), 0) AS walk_in_revenue
                FROM \(SalesCells.sound) c WHERE dimension IN ('month', 'walk-in') GROUP BY cell
                HAVING (sum(orders), sum(revenue), sum(credits), sum(credited)) <> (0, 0, 0, 0)) m),
            'zone', \(FirmZone.name), 'odd', (SELECT count(*) FROM \(SalesCells.oddDocuments) o),
            'window', (SELECT json_build_object('documents', count(*), 'from', min(at), 'to', max(at)) FROM newest),
            'products', (SELECT coalesce(json_agg(json_build_object('sku', p.sku, 'name', coalesce(n.name, p.sku),
                'category', n.category, 'orders', p.orders, 'quantity', \(SQLMoney.text("p.quantity")),
                'netRevenue', \(SQLMoney.text("p.net")),
                'credited', \(SQLMoney.text("coalesce(p.credited, 0)"))) ORDER BY p.net DESC, p.sku), '[]')
                FROM products p LEFT JOIN product_name n USING (sku)),
            'channels', (SELECT coalesce(json_agg(json_build_object('key', channel, 'orders', orders,
                'netRevenue', \(SQLMoney.text("net"))) ORDER BY net DESC, channel), '[]') FROM (
                SELECT coalesce(channel, '?') AS channel, count(*) FILTER (WHERE kind = 'order') AS orders,
                    sum(total * sign) AS net FROM newest GROUP BY 1 ORDER BY 3 DESC LIMIT 50) c),
            'places', (SELECT coalesce(json_agg(json_build_object('key', country, 'customers', customers,
                'orders', orders, 'netRevenue', \(SQLMoney.text("net"))) ORDER BY net DESC, country), '[]') FROM (
                SELECT coalesce(p.country, '?') AS country, count(*) AS customers, sum(v.orders)::bigint AS orders,
                    sum(v.revenue - v.credited) AS net
                FROM \(SoundBase.values(in: "$1")) v JOIN party p ON p.id = v.party_id WHERE v.orders > 0
                GROUP BY 1 ORDER BY 4 DESC LIMIT 100) c))::text
        """,
        data: [
            .init(
                "months",
                .array(
                    .object([
                        .init("month", .string), .init("orders", .integer()), .init("revenue", .amount),
                        .init("credits", .integer()), .init("credited", .amount),
                        .init("walkInOrders", .integer(), "Of the orders"),
                        .init("walkInRevenue", .amount, "Of the revenue"),
                    ])), "All sound documents"),
            .init("zone", .string, "Whose months are counted"),
            .init("odd", .integer(), "Orders and credits that are left out; `GET /v1/odd` says why"),
            .init(
                "window",
                .object([
                    .init("documents", .integer()), .init("from", .nullable(.dateTime)),
                    .init("to", .nullable(.dateTime)),
                ]), "What products and channels are from: the newest 100,000 orders and credits"),
            .init(
                "products",
                .array(
                    .object([
                        .init("sku", .string), .init("name", .string), .init("category", .nullable(.string)),
                        .init("orders", .integer()), .init("quantity", .amount),
                        .init("netRevenue", .amount), .init("credited", .amount),
                    ]))),
            .init(
                "channels",
                .array(
                    .object([
                        .init("key", .string), .init("orders", .integer()), .init("netRevenue", .amount),
                    ]))),
            .init(
                "places",
                .array(
                    .object([
                        .init("key", .string), .init("customers", .integer()), .init("orders", .integer()),
                        .init("netRevenue", .amount),
                    ])), "By the customers' country"),
        ])

    /// How the base has grown and is expected to grow.
    static let prospecting = Report(
        "prospecting", en: "Growth of the base", zh: "客户增长展望",
        """
        WITH counted AS (\(MonthStore.months)),
        -- Until somebody who buys as others do would have come again, an old customer looks like a new one.
        record AS (
            SELECT min(month) AS first, max(month) AS last, (SELECT greatest(1, least(6, ceil(
                extract(epoch FROM sum(last_order_at - first_order_at)) / 86400 / sum(purchase_days - 1) / 30.44)))
                FROM \(SoundBase.values(in: "$1")) v WHERE orders > 0 AND purchase_days > 1)::int AS start_months
            FROM counted),
        months AS (
            SELECT m.month::date AS month, coalesce(c.active, 0) AS active, coalesce(c.new, 0) AS new,
                sum(coalesce(c.new, 0)) OVER w AS ever, row_number() OVER w AS x,
                m.month < r.first + make_interval(months => coalesce(r.start_months, 1)) AS is_start,
                m.month >= r.last - interval '12 months' AND m.month < r.last AS is_recent
            FROM record r CROSS JOIN LATERAL generate_series(r.first, r.last, interval '1 month') AS m(month)
            LEFT JOIN counted c ON c.month = m.month::date WINDOW w AS (ORDER BY m.month)),
        -- The newest month may not be over.
        trend AS (
            SELECT n, mean, slope, base, last, month, n >= 6 AS can_tell, n >= 6 AND abs(slope) >= 2 * error AS is_trend
            FROM (SELECT count(*) FILTER (WHERE use) AS n, avg(new) FILTER (WHERE use) AS mean,
                    regr_slope(new, x) FILTER (WHERE use) AS slope, regr_intercept(new, x) FILTER (WHERE use) AS base,
                    sqrt(greatest(0, (1 - regr_r2(new, x) FILTER (WHERE use)) * (regr_syy(new, x) FILTER (WHERE use)))
                        / nullif(regr_sxx(new, x) FILTER (WHERE use), 0)
                        / nullif((count(*) FILTER (WHERE use) - 2), 0)) AS error,
                    max(x) - 1 AS last, (max(month) - interval '1 month')::date AS month
                FROM (SELECT *, is_recent AND NOT is_start AS use FROM months) m) t)
        SELECT json_build_object(
            'zone', \(FirmZone.name), 'recordFrom', (SELECT to_char(first, 'YYYY-MM') FROM record),
            'startMonths', (SELECT coalesce(start_months, 1) FROM record),
            'months', (SELECT coalesce(json_agg(json_build_object('month', to_char(month, 'YYYY-MM'), 'active', active,
                'new', new, 'ever', ever, 'isStart', is_start) ORDER BY month), '[]') FROM months),
            'trend', (SELECT json_build_object('months', n, 'meanNew', round(mean, 2), 'canTell', can_tell,
                'why', CASE WHEN NOT can_tell THEN 'short_record' WHEN NOT is_trend THEN 'no_trend' END,
                'growth', CASE WHEN can_tell THEN round(slope::numeric, 4) END) FROM trend),
            'forecast', (SELECT coalesce(json_agg(json_build_object('month',
                to_char(month + make_interval(months => k), 'YYYY-MM'),
                'new', greatest(0, round(CASE WHEN is_trend THEN base + slope * (last + k) ELSE mean END::numeric, 1)))
                ORDER BY k), '[]')
                FROM trend, generate_series(1, 6) AS g(k) WHERE can_tell),
            'expected', (SELECT json_build_object('weeks', max(r.weeks), 'customers', count(*),
                'alive', CASE WHEN bool_and(r.tells_leaving) THEN round(sum(n.alive)::numeric, 1) END,
                'purchases', round(sum(n.purchases)::numeric, 1),
                'futureValue', \(SQLMoney.text("sum(n.lifetime_value)")), 'asOf', max(r.as_of))
                FROM party_prediction n JOIN model_run r ON r.id = n.run_id WHERE n.currency = $1))::text
        """,
        data: [
            .init("zone", .string, "Whose months are counted"),
            .init("recordFrom", .nullable(.string), "Its first month"),
            .init(
                "startMonths", .integer(), "So many months is the time between two purchases; no growth is seen in them"
            ),
            .init(
                "months",
                .array(
                    .object([
                        .init("month", .string), .init("active", .integer(), "Customers with an order"),
                        .init("new", .integer(), "Customers with their first order"), .init("ever", .integer()),
                        .init("isStart", .boolean, "Of the start of the record, where old customers look new"),
                    ]))),
            .init(
                "trend",
                .object([
                    .init("months", .integer()), .init("meanNew", .nullable(.number)),
                    .init("growth", .nullable(.number), "Slope of the least squares line of new customers, a month"),
                    .init("canTell", .boolean, "False with fewer than six months"),
                    .init(
                        "why", .nullable(.enumeration(["short_record", "no_trend"])),
                        "Why there is no forecast, or one without growth: its slope is less than twice its error"),
                ]), "Of the twelve months before the newest, which may not be over, without the start of the record"),
            .init(
                "forecast", .array(.object([.init("month", .string), .init("new", .number)])),
                "Along the trend, or the mean where there is none; empty where nothing can be told"),
            .init(
                "expected",
                .object([
                    .init("weeks", .nullable(.integer())), .init("customers", .integer()),
                    .init("alive", .nullable(.number), "Sum of the chances to be a customer still"),
                    .init("purchases", .nullable(.number)), .init("futureValue", .nullable(.amount)),
                    .init("asOf", .nullable(.dateTime)),
                ]), "What the models expect of the customers there are"),
        ], needsMonths: true)
}
