import Postgres

/// The SQL of what customers are worth.
enum ValueStore {
    static let statements = [add, get, refresh]

    /// Adds changes per party and currency, and publishes the new values. The party's row is locked by raising its version before an
    /// outbox id is drawn.
    static let add = Statement(
        "value.add",
        """
        WITH incoming AS (
            SELECT * FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
                $7::bigint[], $8::timestamptz[], $9::timestamptz[])
                AS n(party_id, currency, orders, revenue, credits, credited, paid, first_at, last_at)),
        written AS (
            INSERT INTO party_value AS v
                (party_id, currency, orders, revenue, credits, credited, paid, first_order_at, last_order_at)
            SELECT * FROM incoming
            ON CONFLICT (party_id, currency) DO UPDATE SET orders = v.orders + excluded.orders,
                revenue = v.revenue + excluded.revenue, credits = v.credits + excluded.credits,
                credited = v.credited + excluded.credited, paid = v.paid + excluded.paid,
                first_order_at = least(v.first_order_at, excluded.first_order_at),
                last_order_at = greatest(v.last_order_at, excluded.last_order_at)
            RETURNING v.*),
        raised AS (
            UPDATE party p SET version = p.version + 1 FROM (SELECT DISTINCT party_id FROM incoming) i
            WHERE p.id = i.party_id RETURNING p.id, p.version),
        main AS (SELECT DISTINCT ON (party_id) * FROM written ORDER BY party_id, revenue DESC)
        INSERT INTO outbox (topic, key, seq, type, payload)
        SELECT 'crm.contacts', r.id::text, r.version, 'contacts.value.changed.v1', json_build_object(
            'partyId', r.id, 'orders', w.orders, 'revenue', ((w.revenue - w.credited) / 10000.0)::numeric(20, 4)::text,
            'currency', w.currency, 'firstOrderAt', w.first_order_at, 'lastOrderAt', w.last_order_at)::text
        FROM raised r JOIN main w ON w.party_id = r.id
        """)

    /// A party's value in each currency with its scores: a fifth is the number of bounds that the value has reached, plus one.
    static let get = Statement(
        "value.get",
        """
        SELECT coalesce(json_agg(json_build_object('currency', v.currency, 'orders', v.orders,
            'revenue', (v.revenue / 10000.0)::numeric(20, 4)::text,
            'credits', v.credits, 'credited', (v.credited / 10000.0)::numeric(20, 4)::text,
            'netRevenue', ((v.revenue - v.credited) / 10000.0)::numeric(20, 4)::text,
            'paid', (v.paid / 10000.0)::numeric(20, 4)::text,
            'averageOrder', CASE WHEN v.orders > 0 THEN (v.revenue / 10000.0 / v.orders)::numeric(20, 4)::text END,
            'firstOrderAt', v.first_order_at, 'lastOrderAt', v.last_order_at,
            'rfm', CASE WHEN s.currency IS NOT NULL AND v.orders > 0 THEN json_build_object(
                'recency', 1 + (SELECT count(*) FROM unnest(s.recency) b WHERE b <= v.last_order_at),
                'frequency', 1 + (SELECT count(*) FROM unnest(s.frequency) b WHERE b <= v.orders),
                'monetary', 1 + (SELECT count(*) FROM unnest(s.monetary) b WHERE b <= v.revenue - v.credited),
                'refreshedAt', s.refreshed_at) END) ORDER BY v.revenue DESC), '[]')::text
        FROM party_value v LEFT JOIN value_scale s USING (currency) WHERE v.party_id = $1
        """)

    /// The four bounds between the fifths of the live base, in one pass over the values.
    static let refresh = Statement(
        "value.refresh",
        """
        INSERT INTO value_scale (currency, refreshed_at, recency, frequency, monetary)
        SELECT currency, now(),
            percentile_disc(ARRAY[0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY last_order_at),
            percentile_disc(ARRAY[0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY orders),
            percentile_disc(ARRAY[0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY revenue - credited)
        FROM party_value WHERE orders > 0 GROUP BY currency
        ON CONFLICT (currency) DO UPDATE SET refreshed_at = excluded.refreshed_at, recency = excluded.recency,
            frequency = excluded.frequency, monetary = excluded.monetary
        """)
}
