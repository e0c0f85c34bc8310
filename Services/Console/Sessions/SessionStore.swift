import FoundationEssentials
import Postgres

/// The SQL of sessions.
enum SessionStore {
    static let statements: [any Preparable] = [begin, find, see, end, endOthers, own, page]

    static let begin = Query(
        "person_session.begin", takes: UUID.self, UUID.self, SQLBytes.self, String.self, String.self, String.self,
        sql: """
            INSERT INTO session (id, person_id, digest, device, address, agent) VALUES ($1, $2, $3, $4, $5, $6)
            """)

    /// Whose session it is that a secret belongs to, while it goes on and the person is here: the session, the person, name, roles,
    /// language, zone, and whether it was seen a while ago.
    static let find = Query(
        "person_session.find", takes: SQLBytes.self,
        gives: UUID.self, UUID.self, String.self, String.self, String?.self, String?.self, Bool.self,
        sql: """
            SELECT s.id, p.id, p.name, array_to_string(p.roles, ' '), p.language, p.zone,
                s.seen_at < now() - interval '1 minute'
            FROM session s JOIN person p ON p.id = s.person_id AND p.status = 'active'
            WHERE s.digest = $1 AND s.ended_at IS NULL AND s.begun_at > now() - interval '30 days'
                AND s.seen_at > now() - interval '12 hours'
            """)

    static let see = Query(
        "person_session.see", takes: UUID.self, String.self,
        sql: "UPDATE session SET seen_at = now(), address = $2 WHERE id = $1 AND ended_at IS NULL")

    /// Ends one, of a person or of whomever; gives whose it was.
    static let end = Query(
        "person_session.end", takes: UUID.self, UUID?.self, String.self, gives: UUID.self,
        sql: """
            UPDATE session SET ended_at = now(), why = $3
            WHERE id = $1 AND ($2::uuid IS NULL OR person_id = $2) AND ended_at IS NULL RETURNING person_id
            """)

    /// Ends all of a person, but one.
    static let endOthers = Query(
        "person_session.end_others", takes: UUID.self, UUID?.self, String.self,
        sql: """
            UPDATE session SET ended_at = now(), why = $3
            WHERE person_id = $1 AND id IS DISTINCT FROM $2 AND ended_at IS NULL
            """)

    private static let json = """
        json_build_object('id', s.id, 'personId', s.person_id, 'address', s.address, 'agent', s.agent, 'begunAt', s.begun_at,
            'seenAt', s.seen_at, 'endedAt', s.ended_at, 'why', s.why)::text
        """

    /// Those of a person that go on: the session, where from, with what, since when and seen when.
    static let own = Query(
        "person_session.own", takes: UUID.self, gives: UUID.self, String.self, String.self, Date.self, Date.self,
        sql: """
            SELECT id, address, agent, begun_at, seen_at FROM session
            WHERE person_id = $1 AND ended_at IS NULL AND begun_at > now() - interval '30 days'
                AND seen_at > now() - interval '12 hours' ORDER BY seen_at DESC, id LIMIT 50
            """)

    static let page = Query(
        "person_session.page", takes: UUID?.self, UUID?.self, Int.self, gives: String.self, UUID.self,
        sql: """
            SELECT \(json), s.id FROM session s
            WHERE ($1::uuid IS NULL OR s.id < $1) AND ($2::uuid IS NULL OR s.person_id = $2)
            ORDER BY s.id DESC LIMIT $3
            """)

    static let migration = Migration(
        "m202611302238_sessions",
        """
        -- Who is signed in, and was. Of the secret only a digest is kept.
        CREATE TABLE session (
            id uuid PRIMARY KEY, person_id uuid NOT NULL, digest bytea NOT NULL, device text NOT NULL,
            address text NOT NULL, agent text NOT NULL, begun_at timestamptz NOT NULL DEFAULT now(),
            seen_at timestamptz NOT NULL DEFAULT now(), ended_at timestamptz, why text
        );
        CREATE UNIQUE INDEX session_digest ON session (digest);
        CREATE INDEX session_by_person ON session (person_id, id);
        """)
}
