import FoundationEssentials
import Postgres

/// The SQL of what is held.
public enum HeldStore {
    /// All statements, for the test that prepares them.
    public static let statements: [any Preparable] = [keep, list, take, settle, count]

    static let keep = Query(
        "held.keep", takes: String.self, String.self, String.self, String?.self, String.self, Date.self,
        sql: """
            INSERT INTO held (kind, key, subject, payload, cause, asked_at) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (kind, key) DO NOTHING
            """)

    /// In order of their numbers, behind one of them; of one state and kind, or of any.
    public static let list = Query(
        "held.list", takes: String?.self, String?.self, Int.self, Int.self, gives: String.self, Int.self,
        sql: """
            SELECT json_build_object('id', id, 'kind', kind, 'key', key, 'subject', subject, 'cause', cause,
                'askedAt', asked_at, 'heldAt', held_at, 'state', state, 'settledAt', settled_at, 'actor', actor,
                'reason', reason)::text, id
            FROM held WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR kind = $2) AND id > $3
            ORDER BY id LIMIT $4
            """)

    /// One that is held still.
    public static let take = Query(
        "held.take", takes: Int.self,
        gives: Int.self, String.self, String.self, String.self, String?.self, Date.self,
        sql: "SELECT id, kind, key, subject, payload, asked_at FROM held WHERE id = $1 AND state = 'held' FOR UPDATE")

    /// It was released or discarded.
    public static let settle = Query(
        "held.settle", takes: Int.self, String.self, String.self, String?.self,
        sql: """
            UPDATE held SET state = $2, actor = $3, reason = $4, settled_at = clock_timestamp() WHERE id = $1
            """)

    /// How many are held.
    public static let count = Query(
        "held.count", gives: Int.self, sql: "SELECT count(*) FROM held WHERE state = 'held'")
}
