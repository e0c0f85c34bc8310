import EventLoop
import Postgres

/// The SQL of the relay.
public enum RelayStore {
    /// All statements, for the test that prepares them.
    public static let statements = [lead, page, delete, pulse, depth]

    /// The leadership of lanes that this session has not yet, held until it ends. Two keys: what it is, and which schema and lane.
    static let lead = Statement(
        "relay.lead",
        """
        SELECT lane FROM generate_series(0, 7) AS lane
        WHERE CASE WHEN lane = ANY($1::bigint[]) THEN false
            ELSE pg_try_advisory_lock(42, hashtext(current_schema() || lane)) END ORDER BY lane
        """)

    static let page = Statement(
        "relay.page",
        """
        SELECT id, topic, key, seq, event_id, type, trace, created_at, payload FROM outbox
        WHERE id > $1 AND lane = ANY($2::bigint[]) ORDER BY id LIMIT 500
        """)

    /// The page, or what a planted bug makes of it.
    @Loop static var nextPage: Statement {
        #if RAPPORT_PLANTED_BUGS
            if PlantedBug.transactionOrder.isPlanted {
                return Statement("relay.page_by_transaction", "ORDER BY the transaction id, then the id")
            }
        #endif
        return page
    }

    static let delete = Statement("relay.delete", "DELETE FROM outbox WHERE id = ANY($1::bigint[])")

    static let pulse = Statement("relay.pulse", "SELECT 1")

    static let depth = Statement(
        "relay.depth",
        """
        SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::float8 FROM
        (SELECT created_at FROM outbox ORDER BY id LIMIT 10000) AS oldest
        """)
}
