import CRMModel
import Messaging
import Postgres

/// The SQL of lifecycle stages (C5).
enum StageStore {
    static let statements = [judge, due, lead, set, get, tellAgain]

    /// Orders from which on a customer is loyal, and days without one after which he is lapsing, lapsed and lost: half a year is
    /// what campaigns call inactive too.
    static let (loyalFrom, lapsingAfter, lapsedAfter, lostAfter) = (3, 180, 365, 730)

    /// Today, or the day of the newest document where a whole past is told again: silence is measured within what was told. A document
    /// that is dated ahead ends nobody's silence.
    static let clock = """
        (SELECT least(now(), coalesce(max(x.at), now())) AS now FROM (SELECT DISTINCT currency FROM sales_cell
            WHERE dimension = 'month') c CROSS JOIN LATERAL (
            SELECT at FROM document_detail d WHERE d.currency = c.currency AND d.at <= \(SoundBase.latest)
            ORDER BY at DESC LIMIT 1) x)
        """

    /// When time alone may change a stage next.
    private static func due(_ stage: String, _ last: String) -> String {
        """
        CASE WHEN \(stage) IN ('customer', 'loyal', 'won_back') THEN \(last) + interval '\(lapsingAfter) days'
            WHEN \(stage) = 'lapsing' THEN \(last) + interval '\(lapsedAfter) days'
            WHEN \(stage) = 'lapsed' THEN \(last) + interval '\(lostAfter) days' END
        """
    }

    /// Judges parties, whose rows are locked, by their orders and by the time since the last, and publishes what changed. A stage that
    /// time brought has its own cause; $2 are the causes of others. Who is lapsed or lost and orders is won back until his next order.
    static let judge = Statement(
        "stage.judge",
        """
        WITH asked AS (SELECT * FROM unnest($1::uuid[], $2::text[]) AS n(party_id, cause)),
        clock AS \(clock),
        sums AS (
            SELECT a.party_id, a.cause, coalesce(v.orders, 0) AS orders, v.first, v.last, coalesce(s.stage, 'prospect') AS old,
                s.last_order_at AS seen, s.due_at, c.now
            FROM asked a CROSS JOIN clock c LEFT JOIN LATERAL (
                SELECT sum(v.orders) AS orders, min(v.first_order_at) AS first, max(v.last_order_at) AS last FROM party_value v
                WHERE v.party_id = a.party_id AND v.orders > 0) v ON true
            LEFT JOIN LATERAL (SELECT * FROM party_stage s WHERE s.party_id = a.party_id LIMIT 1) s ON true),
        judged AS (
            SELECT *, CASE WHEN orders = 0 THEN CASE WHEN old = 'lead' THEN old ELSE 'prospect' END
                WHEN last <= now - interval '\(lostAfter) days' THEN 'lost'
                WHEN last <= now - interval '\(lapsedAfter) days' THEN 'lapsed'
                WHEN last <= now - interval '\(lapsingAfter) days' THEN 'lapsing'
                WHEN old IN ('lapsed', 'lost') OR old = 'won_back' AND last <= seen THEN 'won_back'
                WHEN orders >= \(loyalFrom) THEN 'loyal' ELSE 'customer' END AS stage FROM sums),
        changed AS (
            SELECT party_id, old, stage, last, CASE stage WHEN 'lapsing' THEN 'no order for \(lapsingAfter) days'
                WHEN 'lapsed' THEN 'no order for \(lapsedAfter) days' WHEN 'lost' THEN 'no order for \(lostAfter) days'
                ELSE cause END AS cause, least(now(), CASE WHEN stage = 'lapsing' THEN last + interval '\(lapsingAfter) days'
                    WHEN stage = 'lapsed' THEN last + interval '\(lapsedAfter) days'
                    WHEN stage = 'lost' THEN last + interval '\(lostAfter) days'
                    WHEN old IN ('prospect', 'lead') AND stage = 'customer' THEN first ELSE coalesce(last, now()) END) AS since
            FROM judged WHERE stage <> old),
        \(written("""
            SELECT party_id, stage, since, cause, last, \(due("stage", "last"))
            FROM (SELECT party_id, stage, since, cause, last FROM changed
                UNION ALL SELECT party_id, stage, NULL, NULL, last FROM judged
                WHERE stage = old AND due_at <= now) w
            """))
        """)

    /// Customers whose stage time alone may have changed.
    static let due = Statement(
        "stage.due",
        """
        SELECT party_id FROM party_stage WHERE due_at <= (SELECT now FROM \(clock) c) ORDER BY due_at LIMIT 500
        """)

    /// Prospects of whom sales has a lead or an opportunity; whoever has ordered stays what he is.
    static let lead = Statement(
        "stage.lead",
        """
        WITH changed AS (
            SELECT DISTINCT ON (n.party_id) n.party_id, coalesce(s.stage, 'prospect') AS old, 'lead' AS stage,
                NULL::timestamptz AS last, n.cause, now() AS since
            FROM unnest($1::uuid[], $2::text[]) AS n(party_id, cause) JOIN party p ON p.id = n.party_id
            LEFT JOIN party_stage s ON s.party_id = n.party_id
            WHERE coalesce(s.stage, 'prospect') = 'prospect'),
        \(written("SELECT party_id, stage, since, cause, last, NULL::timestamptz FROM changed"))
        """)

    /// Sets a stage by hand; the next order or the clock goes on from there.
    static let set = Statement(
        "stage.set",
        """
        WITH changed AS (
            SELECT p.id AS party_id, coalesce(s.stage, 'prospect') AS old, $2::text AS stage, v.last, $3::text AS cause, now() AS since
            FROM party p LEFT JOIN party_stage s ON s.party_id = p.id
            LEFT JOIN LATERAL (SELECT max(last_order_at) AS last FROM party_value v WHERE v.party_id = p.id) v ON true
            WHERE p.id = $1 AND coalesce(s.stage, 'prospect') <> $2),
        \(written("SELECT party_id, stage, since, cause, last, greatest(\(due("stage", "last")), now() + interval '30 days') FROM changed"))
        """)

    /// Tells again where parties stand, each under its next version; not of those who were erased.
    static let tellAgain = Statement(
        "stage.tell_again",
        """
        WITH raised AS (
            UPDATE party p SET version = p.version + 1, figures = p.figures + 1 FROM party_stage s
            WHERE p.id = ANY($1::uuid[]) AND s.party_id = p.id
                AND NOT EXISTS (SELECT FROM erasure e WHERE p.id = ANY(e.parties))
            RETURNING p.id, p.version, s.stage, s.cause)
        \(SQLEvent.insert(
            StageChanged.self, key: "id::text", sequence: "version",
            ["partyId": "id", "stage": "stage", "previous": "stage", "cause": "cause"]))
        FROM raised ORDER BY id
        """)

    static let get = Statement(
        "stage.get",
        """
        SELECT json_build_object('stage', coalesce(s.stage, 'prospect'), 'since', coalesce(s.since, p.created_at),
            'knownAt', coalesce(s.known_at, s.since, p.created_at),
            'cause', coalesce(s.cause, 'entered'), 'changes', (
                SELECT coalesce(json_agg(json_build_object('at', c.at, 'since', coalesce(c.since, c.at), 'stage', c.stage, 'previous', c.previous, 'cause', c.cause)
                    ORDER BY c.at DESC, c.stage), '[]')
                FROM (SELECT * FROM party_stage_change c WHERE c.party_id = p.id ORDER BY at DESC LIMIT 100) c))::text
        FROM party p LEFT JOIN party_stage s ON s.party_id = p.id WHERE p.id = $1
        """)

    /// Writes stages (a NULL time keeps the time and the cause), and notes and publishes the changes. `since` is the time of the facts that
    /// brought the stage, beside it stands when it was known.
    private static func written(_ stages: String) -> String {
        """
        written AS (
            INSERT INTO party_stage AS s (party_id, stage, since, known_at, cause, last_order_at, due_at)
            SELECT party_id, stage, coalesce(since, now()), now(), coalesce(cause, ''), last, due
            FROM (\(stages)) AS n(party_id, stage, since, cause, last, due)
            ON CONFLICT (party_id) DO UPDATE SET stage = excluded.stage, last_order_at = excluded.last_order_at,
                since = CASE WHEN s.stage = excluded.stage THEN s.since ELSE excluded.since END,
                known_at = CASE WHEN s.stage = excluded.stage THEN s.known_at ELSE excluded.known_at END,
                cause = CASE WHEN s.stage = excluded.stage THEN s.cause ELSE excluded.cause END, due_at = excluded.due_at),
        noted AS (
            INSERT INTO party_stage_change (party_id, stage, previous, cause, since)
            SELECT party_id, stage, old, cause, since FROM changed),
        raised AS (
            UPDATE party p SET version = p.version + 1, figures = p.figures + 1 FROM changed c WHERE p.id = c.party_id
            RETURNING p.id, p.version, c.stage, c.old, c.cause)
        \(SQLEvent.insert(
            StageChanged.self, key: "id::text", sequence: "version",
            ["partyId": "id", "stage": "stage", "previous": "old", "cause": "cause"]))
        FROM raised ORDER BY id
        """
    }
}
