import FoundationEssentials
import Postgres
import ServiceKit

/// The SQL of scores: nobody's score is stored. What is stored are the edges between the classes of the live base; a customer's
/// class is how many edges lie below his value, so it is right the moment his value changes.
enum ScoreStore {
    static let statements: [any Preparable] = [
        refresh, dropScale, get, page, lockWeights, setWeight, weights, raiseWeights, dropWeights, wallet, setWallet,
    ]

    /// The live base of a currency is everybody with an order that counts, by sound documents. An inner edge k of n values in order is the value at place
    /// floor((n - 1) k / 5), counted from 0: numpy's `quantile(values, k / 5, method="lower")`. The class is one more than the number
    /// of edges that are less than the value, so equal values always share a class. Where no edge equals another or the
    /// least value, these are exactly the classes of pandas' `qcut(values, 5)`, which takes no other edges.
    ///
    /// Class A are the customers above whom less than 80 % of the positive net revenue lies, class B those above whom less than
    /// 95 % lies; equal values share a class here too.
    static let refresh = Statement(
        "score.refresh",
        """
        WITH base AS MATERIALIZED (
            SELECT currency, orders, revenue - credited AS net, last_order_at FROM \(SoundBase.values()) v WHERE orders > 0),
        counted AS (
            SELECT currency, count(*) AS n, sum(orders)::bigint AS orders FROM base GROUP BY currency),
        places AS (
            SELECT currency, n, orders, ARRAY(SELECT ((n - 1) * k / 5 + 0.5) / n FROM generate_series(1, 4) AS g(k) ORDER BY k)
                ::float8[] AS at FROM counted),
        fifths AS (
            SELECT v.currency, p.n, p.orders AS bought,
                percentile_disc(p.at) WITHIN GROUP (ORDER BY v.last_order_at) AS recency,
                percentile_disc(p.at) WITHIN GROUP (ORDER BY v.orders) AS frequency,
                percentile_disc(p.at) WITHIN GROUP (ORDER BY v.net) AS monetary
            FROM base v JOIN places p USING (currency) GROUP BY v.currency, p.n, p.orders, p.at),
        amounts AS (
            SELECT currency, net, sum(net) AS sum FROM base WHERE net > 0 GROUP BY 1, 2),
        shares AS (
            SELECT currency, net, sum(sum) OVER (PARTITION BY currency) AS total,
                coalesce(sum(sum) OVER (PARTITION BY currency ORDER BY net DESC
                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS above
            FROM amounts),
        classes AS (
            SELECT currency, ARRAY[min(net) FILTER (WHERE above * 20 < total * 19),
                min(net) FILTER (WHERE above * 5 < total * 4)] AS abc
            FROM shares GROUP BY currency)
        INSERT INTO value_scale (currency, refreshed_at, customers, orders, recency, frequency, monetary, abc)
        SELECT currency, now(), n, bought, recency, frequency, monetary,
            coalesce(abc, ARRAY[9223372036854775807, 9223372036854775807])
        FROM fifths LEFT JOIN classes USING (currency)
        ON CONFLICT (currency) DO UPDATE SET refreshed_at = excluded.refreshed_at, customers = excluded.customers,
            orders = excluded.orders,
            recency = excluded.recency, frequency = excluded.frequency, monetary = excluded.monetary, abc = excluded.abc
        """)

    /// Forgets the edges of currencies in which nobody buys any more.
    static let dropScale = Statement(
        "score.drop_scale",
        """
        DELETE FROM value_scale s WHERE NOT EXISTS (
            SELECT 1 FROM party_value v WHERE v.currency = s.currency AND v.orders > 0)
        """)

    /// Recency, frequency and monetary class of `v` by the edges `s`: `width_bucket` counts the edges that are at most its operand.
    static let recency = "1 + width_bucket(v.last_order_at - interval '1 microsecond', s.recency)"
    static let frequency = "1 + width_bucket(v.orders - 1, s.frequency)"
    static let monetary = "1 + width_bucket(v.revenue - v.credited - 1, s.monetary)"
    static let abc = "(ARRAY['C', 'B', 'A'])[1 + width_bucket(v.revenue - v.credited, s.abc)]"

    /// The name of a cell of recency by the mean of frequency and monetary class, halves up. `r`, `f` and `m` are the classes.
    static let segment = """
        CASE WHEN r >= 4 THEN CASE WHEN f + m >= 7 THEN 'champions' WHEN f + m >= 3 THEN 'promising' ELSE 'new' END
            WHEN r = 3 THEN CASE WHEN f + m >= 7 THEN 'loyal' WHEN f + m >= 3 THEN 'attention' ELSE 'fading' END
            WHEN f + m >= 9 THEN 'not_to_lose' WHEN f + m >= 5 THEN 'at_risk'
            WHEN r = 2 THEN 'sleeping' ELSE 'lost' END
        """

    /// The names of the cells.
    static let segments = [
        "champions", "promising", "new", "loyal", "attention", "fading", "not_to_lose", "at_risk", "sleeping", "lost",
    ]

    /// The customers `v` with their edges, classes and predictions, for the statements below and the reports.
    static let scored = """
        SELECT v.*, v.revenue - v.credited AS net, \(recency) AS r, \(frequency) AS f, \(monetary) AS m, \(abc) AS abc
        FROM \(SoundBase.values(in: "$1")) v JOIN value_scale s USING (currency) WHERE v.orders > 0
        """

    /// Whether a customer is one still, by the model: `n` is what is foretold of him, `u` the fit, `days` his purchase days. The model lets
    /// nobody leave before the second, and where the base shows no leaving, it tells nothing of anybody.
    static func alive(_ days: String) -> String { "CASE WHEN u.tells_leaving AND \(days) > 1 THEN n.alive END" }

    /// The behaviours that the firm may weigh. A behaviour that is not known of a customer counts nothing.
    static let behaviours = [
        "recency", "frequency", "monetary", "tenureYears", "returnRate", "satisfaction", "aliveChance",
    ]

    private static let json = """
        json_build_object('currency', v.currency, 'orders', v.orders, 'revenue', \(SQLMoney.text("v.revenue")),
            'credits', v.credits, 'credited', \(SQLMoney.text("v.credited")), 'netRevenue', \(SQLMoney.text("v.revenue - v.credited")),
            'returnRate', CASE WHEN v.revenue > 0 THEN round(v.credited / v.revenue::numeric, 4) END,
            'margin', CASE WHEN v.costed <> 0 THEN \(SQLMoney.text("v.costed - v.cost")) END,
            'marginKnownFor', \(SQLMoney.text("v.costed")), 'paid', \(SQLMoney.text("v.paid")),
            'averageOrder', CASE WHEN v.orders > 0 THEN (v.revenue / 10000.0 / v.orders)::numeric(24, 4)::text END,
            'meanDaysBetweenOrders', CASE WHEN v.orders > 1 THEN round((extract(epoch FROM v.last_order_at
                - v.first_order_at) / 86400 / (v.orders - 1))::numeric, 4) END,
            'purchaseDays', v.purchase_days, 'firstOrderAt', v.first_order_at, 'lastOrderAt', v.last_order_at,
            'rfm', CASE WHEN k.r IS NOT NULL THEN json_build_object('recency', k.r, 'frequency', k.f,
                'monetary', k.m, 'segment', k.segment, 'asOf', k.refreshed_at) END,
            'abc', k.abc,
            'prediction', CASE WHEN n.party_id IS NOT NULL THEN json_build_object(
                'aliveChance', round((\(alive("v.purchase_days")))::numeric, 6),
                'churnRisk', round((1 - \(alive("v.purchase_days")))::numeric, 6), 'cannotTell', CASE
                    WHEN NOT u.tells_leaving THEN 'no_leaving' WHEN v.purchase_days < 2 THEN 'one_purchase_day' END,
                'purchases', round(n.purchases::numeric, 6), 'weeks', u.weeks, 'meanPurchase', \(SQLMoney.text("n.spend")),
                'futureValue', \(SQLMoney.text("n.lifetime_value")),
                'lifetimeValue', \(SQLMoney.text("v.revenue - v.credited + n.lifetime_value")),
                'asOf', u.as_of, 'fit', n.run_id) END,
            'weightedScore', w.score,
            'shareOfWallet', \(shareOfWallet))
        """

    /// What of his yearly spend a customer spent here in the last year.
    static let shareOfWallet = """
        CASE WHEN y.yearly_spend > 0 THEN round((SELECT coalesce(sum(h.revenue - h.credited), 0)
            FROM party_month h WHERE h.party_id = v.party_id AND h.currency = v.currency
            AND h.month >= date_trunc('month', \(FirmZone.local("now() - interval '1 year'")))
            AND h.month <= \(FirmZone.day(SoundBase.latest))) / y.yearly_spend::numeric, 4) END
        """

    /// The tables behind `json`. `v` is the customer's value.
    static let joins = """
        LEFT JOIN LATERAL (
            SELECT q.*, \(segment) AS segment FROM (
                SELECT \(recency) AS r, \(frequency) AS f, \(monetary) AS m, \(abc) AS abc, s.refreshed_at
                FROM value_scale s WHERE s.currency = v.currency AND v.orders > 0) AS q) AS k ON true
        LEFT JOIN party_prediction n ON n.party_id = v.party_id AND n.currency = v.currency
        LEFT JOIN model_run u ON u.id = n.run_id
        LEFT JOIN LATERAL (
            SELECT w.yearly_spend FROM party_wallet w
            WHERE w.party_id = ANY(\(Redirects.circle("v.party_id"))) AND w.currency = v.currency
            ORDER BY w.party_id <> v.party_id, w.updated_at DESC LIMIT 1) AS y ON true
        LEFT JOIN LATERAL (
            SELECT round(sum(g.weight * CASE g.behaviour WHEN 'recency' THEN k.r WHEN 'frequency' THEN k.f
                WHEN 'monetary' THEN k.m
                WHEN 'tenureYears' THEN extract(epoch FROM v.last_order_at - v.first_order_at) / 31557600
                WHEN 'returnRate' THEN CASE WHEN v.revenue > 0 THEN v.credited / v.revenue::float8 END
                WHEN 'satisfaction' THEN (SELECT sum(total) / sum(answers) FROM party_voice o
                    WHERE o.party_id = ANY(\(Redirects.circle("v.party_id"))) AND o.survey = 'csat')
                WHEN 'aliveChance' THEN \(alive("v.purchase_days")) END)::numeric, 4) AS score
            FROM value_weight g) AS w ON true
        """

    /// A customer's values in all currencies; no row where there is no such party.
    static let get = Statement(
        "score.get",
        """
        SELECT json_build_object('version', p.version, 'zone', \(FirmZone.name),
            'odd', (\(OddStore.count(of: "p.id"))), 'values', coalesce((SELECT json_agg(\(json) ORDER BY v.revenue DESC, v.currency)
            FROM party_value v \(joins) WHERE v.party_id = p.id), '[]'))::text
        FROM party p WHERE p.id = $1
        """)

    /// Customers by net revenue, the greatest first, from the index; of one class of value or all, behind a cursor.
    static let page = Query(
        "score.page", takes: String.self, Int.self, UUID.self, Int.self, String.self,
        gives: String.self, Int.self, UUID.self,
        sql: """
            SELECT json_build_object('partyId', v.party_id, 'name', p.name, 'kind', p.kind, 'country', p.country,
                'value', \(json))::text, (v.revenue - v.credited)::bigint, v.party_id
            FROM (SELECT b.* FROM party_value b WHERE b.currency = $1
                AND (b.revenue - b.credited) <= $2 AND ((b.revenue - b.credited) < $2 OR b.party_id > $3)
                AND ($5 = '' OR b.orders > 0 AND (SELECT (ARRAY['C', 'B', 'A'])[1 + width_bucket(b.revenue - b.credited, s.abc)]
                    FROM value_scale s WHERE s.currency = $1) = $5)
                ORDER BY b.revenue - b.credited DESC, b.party_id LIMIT $4) AS v
            JOIN party p ON p.id = v.party_id \(joins)
            ORDER BY v.revenue - v.credited DESC, v.party_id
            """)

    /// Locks the weights, which are changed together, and gives their version.
    static let lockWeights = Statement("score.lock_weights", "SELECT version FROM weighting FOR UPDATE")

    /// Raises the version where the weights will be others.
    static let raiseWeights = Statement(
        "score.raise_weights",
        """
        UPDATE weighting SET version = version + 1 WHERE EXISTS (
            SELECT FROM unnest($1::text[], $2::float8[]) AS n(behaviour, weight)
            FULL JOIN value_weight w USING (behaviour) WHERE n.weight IS DISTINCT FROM w.weight)
        """)

    static let setWeight = Statement(
        "score.set_weight",
        """
        INSERT INTO value_weight (behaviour, weight) SELECT * FROM unnest($1::text[], $2::float8[])
        ON CONFLICT (behaviour) DO UPDATE SET weight = excluded.weight
        """)

    static let dropWeights = Statement(
        "score.drop_weights", "DELETE FROM value_weight WHERE NOT behaviour = ANY($1::text[])")

    /// All weights, and their version.
    static let weights = Statement(
        "score.weights",
        """
        SELECT json_build_object('weights', (
            SELECT coalesce(json_object_agg(behaviour, weight ORDER BY behaviour), '{}') FROM value_weight))::text, version
        FROM weighting
        """)

    /// What was told of a party's yearly spend or, of a currency in which nothing was, of those merged into it; no row where there is no
    /// such party.
    static let wallet = Statement(
        "score.wallet",
        """
        SELECT json_build_object('items', (SELECT coalesce(json_agg(json_build_object('currency', w.currency,
            'yearlySpend', \(SQLMoney.text("w.yearly_spend"))) ORDER BY w.currency), '[]')
            FROM (SELECT DISTINCT ON (currency) currency, yearly_spend FROM party_wallet
                WHERE party_id = ANY(\(Redirects.circle("p.id"))) ORDER BY currency, party_id <> p.id, updated_at DESC) w))::text
        FROM party p WHERE p.id = $1
        """)

    static let setWallet = Statement(
        "score.set_wallet",
        """
        INSERT INTO party_wallet (party_id, currency, yearly_spend) VALUES ($1, $2, $3)
        ON CONFLICT (party_id, currency) DO UPDATE SET yearly_spend = excluded.yearly_spend, updated_at = now()
        """)
}
