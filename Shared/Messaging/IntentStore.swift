import FoundationEssentials
import Postgres

/// The SQL of reactions that wait.
public enum IntentStore {
    /// All statements, for the test that prepares them.
    public static let statements: [any Preparable] = [park, note, claim, end, putOff, waiting]

    static let park = Query(
        "intent.park", takes: String.self, String.self, String.self, String?.self, Double.self,
        sql: """
            INSERT INTO intent (kind, key, subject, payload, look_at, expires_at)
            VALUES ($1, $2, $3, $4, clock_timestamp() + interval '1 second', clock_timestamp() + make_interval(secs => $5))
            ON CONFLICT (kind, subject) DO NOTHING
            """)

    /// A fact of these keys was told: whoever waits for it and whose time is not over is looked at now. In order of id, as two who tell
    /// facts must not wait for each other.
    static let note = Query(
        "intent.note", takes: [String].self, [String].self,
        sql: """
            WITH told AS (
                SELECT id FROM intent WHERE key = ANY($2::text[]) AND kind = ANY($1::text[])
                    AND expires_at > now() ORDER BY id FOR UPDATE)
            UPDATE intent i SET look_at = now(), is_told = true FROM told WHERE i.id = told.id
            """)

    /// Those to look at, and whether their time is over: one whose fact was told before its end has its look whenever that is. $3 is one of
    /// them alone; where $4 is given, $5 says whether those parked before it or the others.
    static let claim = Query(
        "intent.claim", takes: [String].self, Int.self, Int?.self, Date?.self, Bool.self,
        gives: Int.self, String.self, String.self, String.self, String?.self, Bool.self,
        sql: """
            SELECT id, kind, key, subject, payload, expires_at <= now() AND NOT is_told FROM intent
            WHERE look_at <= now() AND kind = ANY($1::text[]) AND ($3::bigint IS NULL OR id = $3)
                AND ($4::timestamptz IS NULL OR (parked_at < $4) = $5)
            ORDER BY look_at LIMIT $2 FOR UPDATE SKIP LOCKED
            """)

    static let end = Query("intent.end", takes: [Int].self, sql: "DELETE FROM intent WHERE id = ANY($1::bigint[])")

    /// The next look comes after as long as it has waited, from a second to five minutes, and at its end; one that could not be given up
    /// comes again in a minute.
    static let putOff = Query(
        "intent.put_off", takes: [Int].self,
        sql: """
            UPDATE intent SET is_told = false, look_at = now() + CASE
                WHEN expires_at <= now() THEN interval '1 minute'
                ELSE least(expires_at - now(),
                    greatest(interval '1 second', least(interval '5 minutes', now() - parked_at))) END
            WHERE id = ANY($1::bigint[])
            """)

    /// How many wait, by kind.
    static let waiting = Query(
        "intent.waiting", gives: String.self, Int.self, sql: "SELECT kind, count(*) FROM intent GROUP BY kind")
}
