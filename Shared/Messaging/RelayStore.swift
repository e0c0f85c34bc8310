import EventLoop
import Postgres

/// The SQL of the relay.
public enum RelayStore {
    /// All statements, for the test that prepares them.
    public static let statements = [lead, page, payload, prepare, delete, pulse, depth]

    /// The number of the first lane's lock.
    static let firstLane = 4200

    /// The number under which programs from before the lanes had numbers of their own hold all of them.
    static let formerLead = 42

    /// The leadership of lanes that this session has not yet, held until it ends. Two keys: the lane, and the service's schema by its own
    /// number, so that no two services ever share one and whoever looks at the server's locks can tell whose it is. The lane's former lock
    /// is held too: beside a program that knows only that one, as in a rolling upgrade, both would publish.
    static let lead = Statement(
        "relay.lead",
        """
        SELECT lane FROM generate_series(0, 7) AS lane
        WHERE CASE WHEN lane = ANY($1::bigint[]) THEN false
            WHEN NOT pg_try_advisory_lock(\(formerLead), hashtext(current_schema() || lane)) THEN false
            ELSE pg_try_advisory_lock(
                \(firstLane) + lane, (current_schema()::regnamespace::oid::bigint - 2147483648)::int) END ORDER BY lane
        """)

    /// The oldest rows in the gaps between those that were seen, which it does not touch, be they under way, deleted, or dead and not
    /// cleaned away. What is long is left out, so that a page is bounded in bytes too.
    static let page = Statement(
        "relay.page",
        """
        SELECT o.* FROM unnest($2::bigint[], $3::bigint[]) AS gap(after, before) CROSS JOIN LATERAL (
            SELECT id, topic, key, seq, event_id, type, trace, created_at,
                CASE WHEN octet_length(payload) <= 8192 THEN payload END, coalesce(octet_length(payload) > 8192, false), past
            FROM outbox WHERE lane = ANY($1::bigint[]) AND id > gap.after AND id < gap.before ORDER BY id LIMIT $4) o
        ORDER BY o.id LIMIT $4
        """)

    /// What a page has left out.
    static let payload = Statement("relay.payload", "SELECT payload FROM outbox WHERE id = $1")

    /// The page, or what a planted bug makes of it.
    @Loop static var nextPage: Statement {
        #if RAPPORT_PLANTED_BUGS
            if PlantedBug.transactionOrder.isPlanted {
                return Statement("relay.page_by_transaction", "ORDER BY the transaction id, then the id")
            }
        #endif
        return page
    }

    /// How the session works: what a crash of the server forgets of its deletions is published again, and dropped where it is read, so those
    /// commits need not wait for the disk; and rows are found by their id also with a plan from when the table was empty.
    static let prepare = Statement(
        "relay.prepare",
        """
        SELECT set_config('synchronous_commit', 'off', false), set_config('enable_seqscan', 'off', false),
            set_config('enable_bitmapscan', 'off', false)
        """)

    static let delete = Statement("relay.delete", "DELETE FROM outbox WHERE id = ANY($1::bigint[])")

    static let pulse = Statement("relay.pulse", "SELECT 1")

    static let depth = Statement(
        "relay.depth",
        """
        SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::float8, min(id) FROM
        (SELECT id, created_at FROM outbox ORDER BY id LIMIT 10000) AS oldest
        """)
}
