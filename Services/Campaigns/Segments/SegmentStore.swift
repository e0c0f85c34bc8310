import CRMModel
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// The SQL of segments.
enum SegmentStore {
    static let statements: [any Preparable] = [moveClock, foldClock, due, evaluate, tellAgain, list, members]

    /// Moves the clock of orders forward, by a row more: all batches would wait for one that they all moved.
    static let moveClock = Statement(
        "segment.move_clock",
        """
        INSERT INTO order_clock_delta (newest_order_at)
        SELECT $1 WHERE NOT EXISTS (SELECT FROM order_clock WHERE newest_order_at >= $1)
        """)

    /// Puts what was added to the clock into its one row; rows that another process works on are left to it.
    static let foldClock = Statement(
        "segment.fold_clock",
        """
        WITH taken AS (
            DELETE FROM order_clock_delta WHERE ctid = ANY(ARRAY(
                SELECT ctid FROM order_clock_delta LIMIT 5000 FOR UPDATE SKIP LOCKED))
            RETURNING newest_order_at)
        UPDATE order_clock SET newest_order_at = greatest(newest_order_at, (SELECT max(newest_order_at) FROM taken))
        WHERE EXISTS (SELECT FROM taken)
        """)

    /// The time of the newest order: the clock and what is not folded into it yet.
    private static let newest = """
        SELECT max(newest_order_at) FROM (
            SELECT newest_order_at FROM order_clock UNION ALL SELECT newest_order_at FROM order_clock_delta) AS orders
        """

    /// `now`: the database's, or with $1 the newest order's.
    private static let now = "coalesce(CASE WHEN $1::boolean THEN (\(newest)) END, now())"

    /// An order that is dated more than two days ahead, or before any ERP told of orders, says nothing of when somebody bought; contacts
    /// tells of it as odd.
    private static let isSound = "d.at <= now() + interval '2 days' AND d.at >= '1990-01-01T00:00:00Z'"

    /// Members that time alone may have moved, locked; those that another process works on are left to it.
    static let due = Statement(
        "segment.due",
        """
        SELECT party_id FROM member WHERE next_check_at <= (SELECT \(now)) ORDER BY next_check_at LIMIT $2
        FOR UPDATE SKIP LOCKED
        """)

    /// Works out the segments of some members, whose rows are locked, from the ledger; publishes what changed under the members'
    /// sequences, and notes when time alone may change it next.
    static let evaluate = Statement(
        "segment.evaluate",
        """
        WITH facts AS (
            SELECT m.party_id, f.first_at, l.last_at, l.second_at, a.ahead_at, c.now, m.is_benefit_declared AS is_declared,
                CASE WHEN NOT EXISTS (SELECT FROM party_redirect r WHERE r.party_id = m.party_id) THEN m.benefit END AS benefit
            FROM member m CROSS JOIN (SELECT \(now) AS now) c
            CROSS JOIN LATERAL (
                SELECT min(d.at) AS first_at FROM erp_document d
                WHERE d.party_id = m.party_id AND d.kind = 'order' AND NOT d.is_cancelled AND \(isSound)) f
            CROSS JOIN LATERAL (
                SELECT max(t.at) AS last_at, CASE WHEN count(*) > 1 THEN min(t.at) END AS second_at
                FROM (SELECT d.at FROM erp_document d
                    WHERE d.party_id = m.party_id AND d.kind = 'order' AND NOT d.is_cancelled AND \(isSound)
                    ORDER BY d.at DESC LIMIT 2) t) l
            CROSS JOIN LATERAL (
                SELECT min(d.at) - interval '2 days' AS ahead_at FROM erp_document d
                WHERE d.party_id = m.party_id AND d.kind = 'order' AND NOT d.is_cancelled AND d.at > now() + interval '2 days') a
            WHERE m.party_id = ANY($2::uuid[])),
        states AS (
            SELECT f.party_id, f.now, s.* FROM facts f CROSS JOIN LATERAL (VALUES
                ('new', \(after("f.first_at", "6 months")) > f.now, \(after("f.first_at", "6 months")),
                    'first order on ' || \(FirmZone.day("f.first_at"))),
                ('active', \(after("f.second_at", "12 months")) > f.now, \(after("f.second_at", "12 months")),
                    'second last order on ' || \(FirmZone.day("f.second_at"))),
                ('inactive', \(after("f.last_at", "6 months")) <= f.now, \(after("f.last_at", "6 months")),
                    'last order on ' || \(FirmZone.day("f.last_at"))),
                -- An order that is dated ahead counts when its day comes.
                ('ahead', false, f.ahead_at, NULL),
                \(["functional", "process", "relationship"].map(valued).joined(separator: ", "))
                ) AS s(segment, holds, turns_at, reason)),
        gone AS (
            DELETE FROM segment_member g USING states s
            WHERE g.party_id = s.party_id AND g.segment = s.segment AND s.holds IS NOT TRUE
            RETURNING g.party_id, g.segment, coalesce(s.reason, 'no orders') AS reason),
        come AS (
            INSERT INTO segment_member (segment, party_id, since, reason)
            SELECT segment, party_id, now, reason FROM states WHERE holds
            ON CONFLICT DO NOTHING RETURNING party_id, segment, reason),
        retold AS (
            UPDATE segment_member k SET reason = s.reason FROM states s
            WHERE k.party_id = s.party_id AND k.segment = s.segment AND s.holds AND k.reason <> s.reason),
        moves AS (
            SELECT *, row_number() OVER (PARTITION BY party_id ORDER BY is_come, segment) AS place
            FROM (SELECT *, false AS is_come FROM gone UNION ALL SELECT *, true FROM come) AS m),
        counted AS (SELECT party_id, count(*) AS n FROM moves GROUP BY party_id),
        turns AS (SELECT party_id, min(turns_at) AS at FROM states WHERE turns_at > now GROUP BY party_id),
        raised AS (
            UPDATE member m SET version = m.version + coalesce(c.n, 0), first_order_at = f.first_at,
                last_order_at = f.last_at, next_check_at = t.at
            FROM facts f LEFT JOIN counted c USING (party_id) LEFT JOIN turns t USING (party_id)
            WHERE m.party_id = f.party_id RETURNING m.party_id, m.version, coalesce(c.n, 0) AS n)
        \(SQLEvent.insert(SegmentLeft.self, key: moved.key, sequence: moved.sequence, moved.members))
        FROM raised r JOIN moves v USING (party_id) WHERE NOT v.is_come
        UNION ALL
        \(SQLEvent.select(SegmentEntered.self, key: moved.key, sequence: moved.sequence, moved.members))
        FROM raised r JOIN moves v USING (party_id) WHERE v.is_come
        ORDER BY 2, 3
        """)

    /// Tells again which segments members are in and which not, under the next numbers of each; gives those who are members.
    static let tellAgain = Query(
        "segment.tell_again", takes: [UUID].self, gives: UUID.self,
        sql: """
            WITH segments AS (
                SELECT segment, row_number() OVER (ORDER BY segment) AS place, count(*) OVER () AS n
                FROM unnest(ARRAY['active', 'inactive', 'new', 'values-functional', 'values-process', 'values-relationship'])
                    AS n(segment)),
            r AS (
                UPDATE member SET version = version + (SELECT count(*) FROM segments) WHERE party_id = ANY($1::uuid[])
                RETURNING party_id, version),
            told AS (
                SELECT r.party_id, r.version - s.n + s.place AS version, s.segment, m.reason
                FROM r CROSS JOIN segments s
                LEFT JOIN segment_member m ON m.party_id = r.party_id AND m.segment = s.segment),
            news AS (
                \(SQLEvent.insert(
                    SegmentLeft.self, key: "party_id::text", sequence: "version",
                    ["segment": "segment", "partyId": "party_id", "reason": "'told again'"]))
                FROM told WHERE reason IS NULL
                UNION ALL
                \(SQLEvent.select(
                    SegmentEntered.self, key: "party_id::text", sequence: "version",
                    ["segment": "segment", "partyId": "party_id", "reason": "reason"]))
                FROM told WHERE reason IS NOT NULL
                ORDER BY 2, 3)
            SELECT party_id FROM r
            """)

    /// SQL: so long after a time, by the firm's calendar.
    private static func after(_ time: String, _ span: String) -> String {
        "((\(FirmZone.local(time)) + interval '\(span)') AT TIME ZONE \(FirmZone.name))"
    }

    /// What both events tell of a move `v` of the member `r`.
    private static let moved: (key: String, sequence: String, members: KeyValuePairs<String, String>) = (
        "r.party_id::text", "r.version - r.n + v.place",
        ["segment": "v.segment", "partyId": "r.party_id", "reason": "v.reason"]
    )

    /// Who values one of the benefits of C16; time alone changes nothing about it.
    private static func valued(_ benefit: String) -> String {
        """
        ('values-\(benefit)', f.benefit = '\(benefit)', NULL::timestamptz,
            CASE WHEN f.is_declared THEN 'says so' ELSE 'learnt from what was bought and asked' END)
        """
    }

    static let list = Statement(
        "segment.list",
        """
        SELECT json_agg(json_build_object('segment', n.segment, 'rule', n.rule, 'members', (
            SELECT count(*) FROM segment_member s WHERE s.segment = n.segment)) ORDER BY n.place)::text
        FROM (VALUES (1, 'new', 'first order in the last 6 months'),
            (2, 'active', '2 or more orders in the last 12 months'),
            (3, 'inactive', 'has orders, none in the last 6 months'),
            (4, 'values-functional', 'values what is bought most, as said or as learnt'),
            (5, 'values-process', 'values how it is bought and served most, as said or as learnt'),
            (6, 'values-relationship', 'values who it is bought from most, as said or as learnt')) AS n(place, segment, rule)
        """)

    static let members = Statement(
        "segment.members",
        """
        SELECT json_build_object('partyId', s.party_id, 'name', m.name, 'since', s.since, 'reason', s.reason,
            'orders', m.orders, 'lastOrderAt', m.last_order_at)::text, s.party_id
        FROM segment_member s JOIN member m USING (party_id)
        WHERE s.segment = $1 AND ($2::uuid IS NULL OR s.party_id > $2) ORDER BY s.party_id LIMIT $3
        """)
}
