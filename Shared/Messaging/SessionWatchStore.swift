import EventLoop
import Postgres

/// The SQL of the watch over sessions.
public enum SessionWatchStore {
    /// All statements, for the test that prepares them.
    public static let statements = [look, end]

    /// Sessions of the own role that hold something and wait for their clients, but this one: what they hold, and who waits for them. The
    /// latter only of those that have stood still for a while, as to ask it stops all locking for a moment.
    ///
    /// `query_start` moves with each statement, also in the middle of a pipeline, where the state of the session says nothing.
    static let look = Statement(
        "session.look",
        """
        WITH held AS MATERIALIZED (
            SELECT pid, string_agg(DISTINCT CASE
                WHEN classid = \(RelayStore.formerLead)
                    OR classid BETWEEN \(RelayStore.firstLane) AND \(RelayStore.firstLane + 7) THEN 'the lead in publishing'
                WHEN classid = \(RebuildStore.claimNumber) THEN 'the claim of a rebuild'
                ELSE 'advisory lock ' || classid END, ', ') AS words
            FROM pg_locks WHERE locktype = 'advisory' AND granted GROUP BY pid)
        SELECT a.pid, coalesce(a.application_name, ''), a.query_start::text,
            concat_ws(', ', 'a transaction since ' || to_char(a.xact_start, 'HH24:MI:SS'), held.words),
            coalesce(CASE WHEN a.query_start < clock_timestamp() - interval '2 s' THEN (
                SELECT string_agg(
                    coalesce(nullif(w.application_name, ''), 'process ' || w.pid)
                        || coalesce(' since ' || to_char(w.query_start, 'HH24:MI:SS'), ''), ', ' ORDER BY w.query_start)
                FROM pg_stat_activity w
                WHERE w.wait_event_type = 'Lock' AND a.pid = ANY(pg_blocking_pids(w.pid))) END, '')
        FROM pg_stat_activity a LEFT JOIN held ON held.pid = a.pid
        WHERE \(isStanding) AND (a.xact_start IS NOT NULL OR a.backend_xid IS NOT NULL OR held.pid IS NOT NULL)
        """)

    /// Ends a session, if it still stands where it was seen, and with it those of its process that wait for locks, if nothing has come
    /// from that process for two seconds: each of them would have its lock only to stand still in its turn. A process that lives looks
    /// at sessions each second, so one that has lost a single connection keeps the others; and what works is left alone.
    static let end = Statement(
        "session.end",
        """
        WITH standing AS MATERIALIZED (
            SELECT a.pid, \(process(of: "a")) AS process FROM pg_stat_activity a
            WHERE a.pid = $1::bigint AND a.query_start::text = $2 AND \(isStanding)),
        process AS MATERIALIZED (
            SELECT b.pid, b.application_name, b.query_start, b.wait_event_type,
                max(greatest(b.backend_start, b.query_start)) OVER () AS newest
            FROM standing s JOIN pg_stat_activity b ON \(process(of: "b")) = s.process
            WHERE b.datname = current_database() AND b.usename = session_user)
        SELECT p.pid, p.application_name, to_char(p.query_start, 'HH24:MI:SS'), pg_terminate_backend(p.pid)
        FROM process p JOIN standing s ON p.pid = s.pid
            OR p.wait_event_type = 'Lock' AND p.newest < clock_timestamp() - interval '2 s'
        """)

    /// The look, or what a planted bug makes of it.
    @Loop static var nextLook: Statement {
        #if RAPPORT_PLANTED_BUGS
            if PlantedBug.endsByAge.isPlanted {
                return Statement("session.look_by_age", "old transactions, at work or not")
            }
        #endif
        return look
    }

    /// The end, or what a planted bug makes of it.
    @Loop static var nextEnd: Statement {
        #if RAPPORT_PLANTED_BUGS
            if PlantedBug.endsByAge.isPlanted { return Statement("session.end_by_age", "whatever it does by now") }
            if PlantedBug.onlyHolders.isPlanted { return Statement("session.end_alone", "without its queue") }
        #endif
        return end
    }

    /// A session's name without its purpose: `rapport sales 2` of `rapport sales 2 (relay)`.
    private static func process(of session: String) -> String { "split_part(\(session).application_name, ' (', 1)" }

    private static let isStanding = """
        a.datname = current_database() AND a.usename = session_user AND a.pid <> pg_backend_pid()
            AND a.backend_type = 'client backend' AND a.wait_event_type = 'Client' AND a.query_start IS NOT NULL
        """
}
