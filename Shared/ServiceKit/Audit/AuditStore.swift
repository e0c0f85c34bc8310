import FoundationEssentials
import Postgres

/// The SQL of the audit.
enum AuditStore {
    static let statements: [any Preparable] = [
        write, lock, front, waiting, append, nodes, sign, head, page, entries, placed,
    ]

    static let write = Query(
        "audit.write", takes: String.self, String.self, String.self, String.self,
        sql: """
            WITH written AS (
                INSERT INTO audit (entry, actor, action, subject) VALUES ($1, $2, $3, $4) RETURNING id)
            INSERT INTO audit_waiting (id) SELECT id FROM written
            """)

    /// One process at a time gives entries their places.
    static let lock = Query(
        "audit.lock", gives: Bool.self, sql: "SELECT pg_try_advisory_xact_lock(62, hashtext(current_schema()))")

    /// The tree's size, and the digests on its right edge, from left to right, one behind the other.
    static let front = Query(
        "audit.front", gives: Int.self, SQLBytes.self,
        sql: """
            SELECT t.size, coalesce((
                SELECT string_agg(n.hash, ''::bytea ORDER BY n.level DESC) FROM generate_series(0, 62) AS s(level)
                JOIN audit_node n ON n.level = s.level AND n.place = (t.size >> s.level) - 1
                WHERE (t.size >> s.level) & 1 = 1), ''::bytea)
            FROM (SELECT coalesce(max(place) + 1, 0) AS size FROM audit_place) t
            """)

    /// Takes entries that have no place yet, the oldest first.
    static let waiting = Query(
        "audit.waiting", takes: Int.self, gives: Int.self, String.self,
        sql: """
            WITH taken AS (
                DELETE FROM audit_waiting WHERE id IN (SELECT id FROM audit_waiting ORDER BY id LIMIT $1) RETURNING id)
            SELECT a.id, a.entry FROM taken t JOIN audit a USING (id) ORDER BY a.id
            """)

    /// Gives entries their places, from the first one on.
    static let append = Query(
        "audit.append", takes: Int.self, [Int].self,
        sql: """
            INSERT INTO audit_place (place, id)
            SELECT $1 + n.ordinality - 1, n.id FROM unnest($2::bigint[]) WITH ORDINALITY AS n(id, ordinality)
            """)
    static let nodes = Query(
        "audit.nodes", takes: [Int].self, [Int].self, [SQLBytes].self,
        sql: """
            INSERT INTO audit_node (level, place, hash) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bytea[])
            """)
    static let sign = Query(
        "audit.sign", takes: Int.self, String.self, sql: "INSERT INTO audit_head (size, signed) VALUES ($1, $2)")

    /// The last signed head, or that of a size.
    static let head = Query(
        "audit.head", takes: Int?.self, gives: Int.self, String.self,
        sql: """
            SELECT size, signed FROM audit_head WHERE $1::bigint IS NULL OR size = $1 ORDER BY size DESC LIMIT 1
            """)

    /// What was done, the newest first: by somebody, to something, in a time.
    static let page = Query(
        "audit.page", takes: Int?.self, String?.self, String?.self, Date?.self, Date?.self, Int.self,
        gives: Int.self, String.self, Int?.self,
        sql: """
            SELECT a.id, a.entry, p.place FROM audit a LEFT JOIN audit_place p USING (id)
            WHERE ($1::bigint IS NULL OR a.id < $1) AND ($2::text IS NULL OR a.actor = $2)
                AND ($3::text IS NULL OR a.subject = $3) AND ($4::timestamptz IS NULL OR a.at >= $4)
                AND ($5::timestamptz IS NULL OR a.at < $5)
            ORDER BY a.id DESC LIMIT $6
            """)

    /// Entries in the order of their places, from one on.
    static let entries = Query(
        "audit.entries", takes: Int.self, Int.self, Int.self, gives: Int.self, String.self,
        sql: """
            SELECT p.place, a.entry FROM audit_place p JOIN audit a USING (id)
            WHERE p.place >= $1 AND p.place < $2 ORDER BY p.place LIMIT $3
            """)

    /// The digests of full subtrees, those that there are.
    static let placed = Query(
        "audit.subtrees", takes: [Int].self, [Int].self, gives: Int.self, Int.self, SQLBytes.self,
        sql: """
            SELECT n.level, n.place, n.hash FROM unnest($1::bigint[], $2::bigint[]) AS s(level, place)
            JOIN audit_node n USING (level, place)
            """)

    static let migration = Migration(
        "m202611302248_audit",
        """
        -- Who did what to what. The entry is the text whose digest stands in the tree; the other columns are for finding it.
        CREATE TABLE audit (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(),
            entry text NOT NULL, actor text NOT NULL, action text NOT NULL, subject text NOT NULL
        );
        CREATE INDEX audit_by_actor ON audit (actor, id);
        CREATE INDEX audit_by_subject ON audit (subject, id);
        CREATE INDEX audit_by_time ON audit (at);
        -- Entries that have no place in the tree yet: numbers are drawn before others commit, so places are given afterwards.
        CREATE TABLE audit_waiting (id bigint PRIMARY KEY);
        CREATE TABLE audit_place (place bigint PRIMARY KEY, id bigint NOT NULL UNIQUE);
        -- The digests of full subtrees; of height nothing, those of entries.
        CREATE TABLE audit_node (level bigint, place bigint, hash bytea NOT NULL, PRIMARY KEY (level, place));
        CREATE TABLE audit_head (size bigint PRIMARY KEY, signed text NOT NULL, at timestamptz NOT NULL DEFAULT now());
        -- A mistake of the program changes nothing; whoever owns the tables can, and is found out by the heads that others keep.
        CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'the audit only grows' USING ERRCODE = 'restrict_violation'; END $$;
        CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit EXECUTE FUNCTION audit_stays();
        CREATE TRIGGER audit_place_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_place EXECUTE FUNCTION audit_stays();
        CREATE TRIGGER audit_node_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_node EXECUTE FUNCTION audit_stays();
        CREATE TRIGGER audit_head_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_head EXECUTE FUNCTION audit_stays();
        """)
}
