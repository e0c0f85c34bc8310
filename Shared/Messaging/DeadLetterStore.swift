import Postgres

/// The SQL of dead letters, for operators.
public enum DeadLetterStore {
    /// All statements, for the test that prepares them.
    public static let statements =
        [
            list, groups, get, actions, open, position, take, isBlocked, settle, fail, discard, record, setTimer, count,
        ] + DeadLetterMendStore.statements

    /// SQL: the group of what failed alike: by class, type and cause, which is the error without numbers and what is quoted.
    static func fingerprint(_ errorClass: String, _ type: String, _ error: String) -> String {
        """
        md5(\(errorClass) || coalesce(\(type), '') || regexp_replace(regexp_replace(left(\(error), 300), '[0-9]+', '#', 'g'),
            '"[^"]*"|''[^'']*''', '', 'g'))
        """
    }

    /// What a filter selects: ids, topic, event type, error class and fingerprint, each null for any.
    private static let matches = """
        ($1::bigint[] IS NULL OR id = ANY($1)) AND ($2::text IS NULL OR topic = $2)
            AND ($3::text IS NULL OR event_type = $3 OR starts_with(event_type, $3 || '.v'))
            AND ($4::text IS NULL OR error_class = $4) AND ($5::text IS NULL OR fingerprint = $5)
        """

    private static let summary = """
        'id', id, 'topic', topic, 'partition', part, 'offset', off, 'keyBytes', encode(key, 'base64'),
            'type', event_type, 'errorClass', error_class, 'error', left(error_text, 300), 'fingerprint', fingerprint,
            'attempts', attempts, 'firstFailedAt', first_failed_at, 'lastFailedAt', last_failed_at, 'status', status,
            'actor', actor, 'note', note, 'mendedAt', mended_at
        """

    static let list = Statement(
        "dead_letter.list",
        """
        SELECT json_build_object(\(summary))::text, id FROM dead_letter
        WHERE \(matches) AND ($6::text IS NULL OR status = $6) AND id > $7 ORDER BY id LIMIT $8
        """)

    /// By what went wrong and why; the sample is the oldest.
    static let groups = Statement(
        "dead_letter.groups",
        """
        SELECT json_build_object('fingerprint', g.fingerprint, 'count', g.count, 'errorClass', g.error_class,
            'type', g.event_type, 'topic', g.topic, 'firstFailedAt', g.first_failed_at,
            'lastFailedAt', g.last_failed_at, 'sampleId', g.sample, 'sampleError', left(s.error_text, 300))::text
        FROM (
            SELECT fingerprint, count(*) AS count, min(error_class) AS error_class, min(event_type) AS event_type,
                min(topic) AS topic, min(first_failed_at) AS first_failed_at, max(last_failed_at) AS last_failed_at,
                min(id) AS sample
            FROM dead_letter WHERE \(matches) AND ($6::text IS NULL OR status = $6)
            GROUP BY fingerprint ORDER BY count(*) DESC LIMIT 500) AS g
        JOIN dead_letter s ON s.id = g.sample ORDER BY g.count DESC
        """)

    static let get = Statement(
        "dead_letter.get",
        """
        SELECT (jsonb_build_object(\(summary)) || jsonb_build_object('error', error_text, 'headers', headers,
            'payloadBytes', encode(payload, 'base64'), 'mendedHeaders', mended_headers,
            'actions', (SELECT coalesce(jsonb_agg(jsonb_build_object('action', a.action, 'actor', a.actor,
                'reason', a.reason, 'outcome', a.outcome, 'at', a.at) ORDER BY a.id), '[]')
                FROM dead_letter_action a WHERE a.dead_letter_id = d.id)))::text, payload, mended_payload
        FROM dead_letter d WHERE id = $1
        """)

    static let actions = Statement(
        "dead_letter.actions",
        """
        SELECT json_build_object('deadLetterId', dead_letter_id, 'action', action, 'actor', actor, 'reason', reason,
            'outcome', outcome, 'at', at)::text, id
        FROM dead_letter_action WHERE id < $1 ORDER BY id DESC LIMIT $2
        """)

    /// Open ones in the order in which they came, behind one of them.
    static let open = Statement(
        "dead_letter.open",
        """
        SELECT d.id FROM (
            SELECT coalesce(max(grp), '') AS g, coalesce(max(topic), '') AS t, coalesce(max(part), 0) AS p,
                coalesce(max(off), -9223372036854775808) AS o
            FROM dead_letter WHERE id = $7) AS behind
        CROSS JOIN LATERAL (
            SELECT id FROM dead_letter
            WHERE (grp, topic, part, off) > (behind.g, behind.t, behind.p, behind.o) AND \(matches) AND status = 'open'
            ORDER BY grp, topic, part, off LIMIT $6) AS d
        """)

    /// Holds the partition: no batch of it is applied meanwhile.
    static let position = Statement(
        "dead_letter.position",
        "SELECT next_offset FROM consumer_offset WHERE grp = $1 AND topic = $2 AND part = $3 FOR UPDATE")

    static let take = Statement(
        "dead_letter.take",
        """
        SELECT grp, topic, part, off, key, headers::text, payload, event_type, raw_headers, mended_payload,
            mended_headers::text
        FROM dead_letter WHERE id = $1 AND status = 'open' FOR UPDATE
        """)

    /// Whether an older message of the same key is open, or parked.
    static let isBlocked = Statement(
        "dead_letter.is_blocked",
        """
        (SELECT 1 FROM dead_letter WHERE grp = $1 AND topic = $2 AND part = $3 AND off < $4 AND status = 'open'
            AND md5(coalesce(key, '')) = md5(coalesce($5::bytea, '')) AND key IS NOT DISTINCT FROM $5 LIMIT 1)
        UNION ALL
        (SELECT 1 FROM parked_message WHERE grp = $1 AND topic = $2 AND key = $6 AND off < $4 LIMIT 1)
        """)

    static let settle = Statement(
        "dead_letter.settle",
        "UPDATE dead_letter SET status = 'resolved', actor = $2, note = $3 WHERE id = $1")

    static let fail = Statement(
        "dead_letter.fail",
        """
        UPDATE dead_letter SET attempts = attempts + 1, last_failed_at = clock_timestamp(), error_text = left($2, 4000)
        WHERE id = $1 AND status = 'open'
        """)

    static let discard = Statement(
        "dead_letter.discard",
        """
        WITH chosen AS (
            SELECT id FROM dead_letter WHERE \(matches) AND status = 'open' ORDER BY id LIMIT $8 FOR UPDATE),
        gone AS (
            UPDATE dead_letter d SET status = 'discarded', actor = $6, note = $7 FROM chosen
            WHERE d.id = chosen.id RETURNING d.id)
        INSERT INTO dead_letter_action (dead_letter_id, action, actor, reason, outcome)
        SELECT id, 'discard', $6, $7, 'discarded' FROM gone
        """)

    static let record = Statement(
        "dead_letter.record",
        """
        INSERT INTO dead_letter_action (dead_letter_id, action, actor, reason, outcome)
        VALUES ($1, 'replay', $2, $3, left($4, 1000))
        """)

    /// A timer that was put aside is due again.
    static let setTimer = Statement(
        "dead_letter.set_timer",
        """
        INSERT INTO timer (kind, key, due_at, payload) VALUES ($1, $2, clock_timestamp(), $3) ON CONFLICT DO NOTHING
        """)

    /// Open ones by class, for the metrics.
    static let count = Statement(
        "dead_letter.count", "SELECT error_class, count(*) FROM dead_letter WHERE status = 'open' GROUP BY 1")
}
