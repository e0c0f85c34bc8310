import FoundationEssentials
import Postgres
import ServiceKit

/// The SQL of fits and predictions.
enum ModelStore {
    static let statements: [any Preparable] = [
        ask, askDue, claim, beat, histories, spenders, spends, keepFit, page, predict, forget, finish, fail, get, list,
        again, hold, drop, put, prune,
    ]

    /// Asks for a fit; no row where one of the currency is under way.
    static let ask = Statement(
        "model.ask",
        """
        INSERT INTO model_run (id, currency, state, weeks) SELECT $1, $2, 'queued', $3
        WHERE EXISTS (SELECT 1 FROM party_value WHERE currency = $2 AND orders > 0)
        ON CONFLICT DO NOTHING RETURNING id
        """)

    /// Asks for fits of the currencies of at least $2 customers where something was sold since the last one, and it is time: at once where
    /// the base has grown by a tenth, else $1 seconds after it; and not before twenty times, or sixty times, what the last one took has
    /// passed. So what fits cost is bounded, and does not wait for long where the base stands still.
    static let askDue = Query(
        "model.ask_due", takes: Int.self, Int.self,
        sql: """
            INSERT INTO model_run (id, currency, state, weeks)
            SELECT gen_random_uuid(), s.currency, 'queued', 52 FROM value_scale s LEFT JOIN LATERAL (
                SELECT r.*, clock_timestamp() - coalesce(r.finished_at, r.asked_at) AS age,
                    coalesce(r.finished_at - r.asked_at, interval '0') AS took
                FROM model_run r WHERE r.currency = s.currency ORDER BY r.asked_at DESC LIMIT 1) r ON true
            WHERE s.customers >= $2 AND (r.id IS NULL OR s.orders IS DISTINCT FROM r.orders AND (
                age > least(make_interval(secs => $1),
                    greatest(CASE r.state WHEN 'failed' THEN interval '10 minutes' ELSE interval '1 minute' END, took * 60))
                OR (s.customers >= r.customers * 1.1 OR s.orders >= r.orders * 1.1)
                    AND age > greatest(interval '5 seconds', took * 20)))
            ON CONFLICT DO NOTHING
            """)

    /// Takes the oldest run that waits, or one whose process has not been heard of for a minute, for the owner $1: what an earlier owner
    /// still writes finds no row.
    static let claim = Statement(
        "model.claim",
        """
        UPDATE model_run m SET state = 'running', owner = $1, heartbeat_at = clock_timestamp(), (customers, orders) = (
            SELECT s.customers, s.orders FROM value_scale s WHERE s.currency = m.currency) WHERE id = (
            SELECT id FROM model_run WHERE state = 'queued'
                OR state = 'running' AND heartbeat_at < clock_timestamp() - interval '1 minute'
            ORDER BY asked_at LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING id, currency, weeks
        """)

    /// Says that the owner $2 is at it.
    static let beat = Statement(
        "model.beat", "UPDATE model_run SET heartbeat_at = clock_timestamp() WHERE id = $1 AND owner = $2 RETURNING id")

    /// Histories and how many customers have each. The observation ends with the day of the currency's newest sound order, and at the latest
    /// today.
    static let histories = Query(
        "model.histories", takes: String.self,
        gives: Int.self, Int.self, Int.self, Int.self, Date.self, Int.self,
        sql: """
            WITH v AS MATERIALIZED (
                SELECT purchase_days, orders, \(FirmZone.day("first_order_at")) AS first, \(FirmZone.day("last_order_at")) AS last
                FROM \(SoundBase.values(in: "$1")) v WHERE orders > 0),
            base AS (SELECT least(\(FirmZone.day("now()")), max(last)) AS day FROM v)
            SELECT purchase_days - 1, greatest(0, least(last, day) - first)::bigint, greatest(0, day - first)::bigint,
                count(*), \(FirmZone.start(of: "day")), sum(orders)::bigint
            FROM v, base GROUP BY 1, 2, 3, day
            """)

    /// SQL: who has spent something at repeat purchases.
    private static let spender = "orders > 0 AND purchase_days > 1 AND revenue > first_day_revenue"

    /// How many customers have spent something at repeat purchases.
    static let spenders = Statement(
        "model.spenders", "SELECT count(*) FROM \(SoundBase.values(in: "$1")) v WHERE \(spender)")

    /// Repeat purchases and their mean amount: of all customers, or of one in $2 by the last digits of their ids.
    static let spends = Statement(
        "model.spends",
        """
        SELECT purchase_days - 1, ((revenue - first_day_revenue) / 10000.0 / (purchase_days - 1))::float8
        FROM \(SoundBase.values(in: "$1")) v
        WHERE \(spender) AND ('x' || right(party_id::text, 7))::bit(28)::int % $2 = 0
        """)

    static let keepFit = Query(
        "model.keep_fit", takes: UUID.self, Date.self, Int.self, Double.self, Double.self, Double.self, Double.self,
        Double.self, Double?.self, Double?.self, Double?.self, Double?.self, Double.self, UUID.self, Int.self,
        Bool.self,
        gives: UUID.self,
        sql: """
            UPDATE model_run SET heartbeat_at = clock_timestamp(), as_of = $2, customers = $3, r = $4, alpha = $5, a = $6,
                b = $7, bg_likelihood = $8, p = $9, q = $10, gamma = $11, gg_likelihood = $12, fit_seconds = $13, done = 0,
                after = NULL, orders = $15, tells_leaving = $16
            WHERE id = $1 AND owner = $14 RETURNING id
            """)

    private static let pageOfParties = """
        SELECT * FROM party_value WHERE currency = $1 AND orders > 0 AND party_id > $2 ORDER BY party_id LIMIT $4
        """

    /// The next customers to foretell, in order of id. Their age counts to the day of $3. Who has no sound order has repeats of -1.
    static let page = Query(
        "model.page", takes: String.self, UUID.self, Date.self, Int.self,
        gives: UUID.self, Int.self, Int.self, Int.self, Double.self,
        sql: """
            SELECT party_id, \(history("v", until: "$3::timestamptz"))
            FROM \(SoundBase.values(of: pageOfParties, in: "$1")) v ORDER BY party_id
            """)

    /// SQL: repeats, recency, age and mean amount of a customer's history, which is observed until the day of a time or of his last order.
    private static func history(_ v: String, until end: String) -> String {
        let (first, last) = (FirmZone.day("\(v).first_order_at"), FirmZone.day("\(v).last_order_at"))
        return """
            \(v).purchase_days - 1, (\(last) - \(first))::bigint, (greatest(\(FirmZone.day(end)), \(last)) - \(first))::bigint,
                CASE WHEN \(v).purchase_days > 1 AND \(v).revenue > \(v).first_day_revenue
                    THEN ((\(v).revenue - \(v).first_day_revenue) / 10000.0 / (\(v).purchase_days - 1))::float8 ELSE 0 END
            """
    }

    /// Keeps a page of predictions, where the run is still that owner's: its row is locked before any of theirs.
    static let predict = Query(
        "model.predict", takes: UUID.self, String.self, [UUID].self, [Double].self, [Double].self, [Int?].self,
        [Int?].self, UUID.self, UUID.self,
        gives: UUID.self,
        sql: """
            WITH mine AS MATERIALIZED (SELECT id FROM model_run WHERE id = $1 AND owner = $9 FOR UPDATE),
            written AS (
                INSERT INTO party_prediction (party_id, currency, run_id, alive, purchases, spend, lifetime_value)
                SELECT party_id, $2, m.id, alive, purchases, spend, lifetime_value
                FROM mine m CROSS JOIN unnest($3::uuid[], $4::float8[], $5::float8[], $6::bigint[], $7::bigint[])
                    AS n(party_id, alive, purchases, spend, lifetime_value)
                ON CONFLICT (party_id, currency) DO UPDATE SET run_id = excluded.run_id, alive = excluded.alive,
                    purchases = excluded.purchases, spend = excluded.spend, lifetime_value = excluded.lifetime_value)
            UPDATE model_run r SET heartbeat_at = clock_timestamp(), done = done + cardinality($3::uuid[]), after = $8
            FROM mine m WHERE r.id = m.id RETURNING r.id
            """)

    /// Some customers' histories as they are now, each with the last fit of its currency.
    static let again = Query(
        "model.again", takes: [UUID].self,
        gives: UUID.self, String.self, Int.self, Int.self, Int.self, Double.self, UUID.self, Int.self, Date?.self,
        Double?.self, Double?.self, Double?.self, Double?.self, Double?.self, Double?.self, Double?.self,
        sql: """
            SELECT v.party_id, v.currency, \(history("v", until: "u.as_of")),
                u.id, u.weeks, u.as_of, u.r, u.alpha, u.a, u.b, u.p, u.q, u.gamma
            FROM \(SoundBase.values()) v CROSS JOIN LATERAL (
                SELECT * FROM model_run m WHERE m.currency = v.currency AND m.state = 'done' AND m.r IS NOT NULL
                ORDER BY m.asked_at DESC LIMIT 1) u
            WHERE v.party_id = ANY($1::uuid[]) AND v.orders > 0
            """)

    /// Keeps the runs that are under way from writing predictions until the transaction ends.
    static let hold = Statement(
        "model.hold", "SELECT 1 FROM model_run WHERE state = 'running' ORDER BY id FOR SHARE")

    static let drop = Statement(
        "model.drop", "DELETE FROM party_prediction WHERE party_id = ANY($1::uuid[])")

    static let put = Query(
        "model.put", takes: [UUID].self, [String].self, [UUID].self, [Double].self, [Double].self, [Int?].self,
        [Int?].self,
        sql: """
            INSERT INTO party_prediction (party_id, currency, run_id, alive, purchases, spend, lifetime_value)
            SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::float8[], $5::float8[], $6::bigint[], $7::bigint[])
            """)

    /// Predictions of customers who are not in the base any more.
    static let forget = Statement(
        "model.forget", "DELETE FROM party_prediction WHERE currency = $2 AND run_id <> $1")

    /// Runs that nobody asks about any more.
    static let prune = Statement(
        "model.prune",
        """
        DELETE FROM model_run WHERE currency = $2 AND id <> $1 AND state IN ('done', 'failed')
            AND asked_at < clock_timestamp() - interval '30 days'
        """)

    static let finish = Statement(
        "model.finish",
        "UPDATE model_run SET state = 'done', finished_at = clock_timestamp() WHERE id = $1 AND owner = $2")

    static let fail = Statement(
        "model.fail",
        "UPDATE model_run SET state = 'failed', finished_at = clock_timestamp(), error = left($3, 1000) WHERE id = $1 AND owner = $2"
    )

    private static let json = """
        json_build_object('id', id, 'currency', currency, 'state', state, 'weeks', weeks, 'askedAt', asked_at,
            'finishedAt', finished_at, 'asOf', as_of, 'customers', customers, 'done', done,
            'progress', CASE WHEN state = 'done' THEN 1 WHEN customers > 0 THEN round(done / customers::numeric, 4)
                ELSE 0 END,
            'fitSeconds', round(fit_seconds::numeric, 3), 'error', error, 'tellsLeaving', CASE WHEN r IS NOT NULL THEN tells_leaving END,
            'betaGeometric', CASE WHEN r IS NOT NULL THEN json_build_object('r', r, 'alpha', alpha, 'a', a, 'b', b,
                'logLikelihood', bg_likelihood) END,
            'gammaGamma', CASE WHEN p IS NOT NULL THEN json_build_object('p', p, 'q', q, 'gamma', gamma,
                'logLikelihood', gg_likelihood) END)::text
        """

    static let get = Query(
        "model.get", takes: UUID.self, gives: String.self, sql: "SELECT \(json) FROM model_run WHERE id = $1")

    static let list = Query(
        "model.list", takes: String.self, Date.self, Int.self, gives: String.self, String.self,
        sql: """
            SELECT \(json), to_char(asked_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') FROM model_run
            WHERE ($1 = '' OR currency = $1) AND asked_at < $2 ORDER BY asked_at DESC LIMIT $3
            """)
}
