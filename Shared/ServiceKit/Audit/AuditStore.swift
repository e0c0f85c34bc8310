import FoundationEssentials
import Postgres

/// The SQL of the audit.
enum AuditStore {
    static let statements: [any Preparable] = [
        write, lock, front, waiting, append, nodes, sign, head, page, entries, placed, key, drawKey, removed, old,
        remove,
        noteRemoved,
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

    /// What was done, the newest first: by somebody, to something, of a kind, in a time.
    static let page = Query(
        "audit.search", takes: Int?.self, String?.self, String?.self, String?.self, Date?.self, Date?.self, Int.self,
        gives: Int.self, String.self, Int?.self,
        sql: """
            SELECT a.id, a.entry, p.place FROM audit a LEFT JOIN audit_place p USING (id)
            WHERE ($1::bigint IS NULL OR a.id < $1) AND ($2::text IS NULL OR a.actor = $2)
                AND ($3::text IS NULL OR a.subject = $3) AND ($4::text IS NULL OR a.action LIKE $4)
                AND ($5::timestamptz IS NULL OR a.at >= $5) AND ($6::timestamptz IS NULL OR a.at < $6)
            ORDER BY a.id DESC LIMIT $7
            """)

    /// Entries in the order of their places, from one on; of one that was removed by the rule its digest.
    static let entries = Query(
        "audit.entries_kept", takes: Int.self, Int.self, Int.self, gives: Int.self, String?.self, SQLBytes.self,
        sql: """
            SELECT p.place, a.entry, n.hash FROM audit_place p LEFT JOIN audit a USING (id)
            JOIN audit_node n ON n.level = 0 AND n.place = p.place
            WHERE p.place >= $1 AND p.place < $2 ORDER BY p.place LIMIT $3
            """)

    /// The digests of full subtrees, those that there are.
    static let placed = Query(
        "audit.subtrees", takes: [Int].self, [Int].self, gives: Int.self, Int.self, SQLBytes.self,
        sql: """
            SELECT n.level, n.place, n.hash FROM unnest($1::bigint[], $2::bigint[]) AS s(level, place)
            JOIN audit_node n USING (level, place)
            """)

    // MARK: What the rule removes

    /// How many entries the rule has removed, from the first one on.
    static let removed = Query("audit.removed", gives: Int.self, sql: "SELECT removed FROM audit_rule FOR UPDATE")
    /// Those that come next, in the order of their places, and whether they are older than so many years.
    static let old = Query(
        "audit.old", takes: Int.self, Int.self, Int.self, gives: Int.self, Bool.self,
        sql: """
            SELECT a.id, a.at < now() - make_interval(years => $2::int) FROM audit_place p JOIN audit a USING (id)
            WHERE p.place >= $1 ORDER BY p.place LIMIT $3
            """)
    static let remove = Query("audit.remove", takes: [Int].self, sql: "DELETE FROM audit WHERE id = ANY($1::bigint[])")
    static let noteRemoved = Query(
        "audit.note_removed", takes: Int.self, sql: "UPDATE audit_rule SET removed = removed + $1")

    // MARK: The key of heads, where no secret is given

    static let key = Query("audit.key", gives: SQLBytes?.self, sql: "SELECT seed FROM audit_rule")
    static let drawKey = Query(
        "audit.draw_key", takes: SQLBytes.self, gives: SQLBytes?.self,
        sql: "UPDATE audit_rule SET seed = coalesce(seed, $1) RETURNING seed")

    /// Its tables, under the name that the first service gave them, or another where more stands before them.
    static func migrations(since name: String) -> [Migration] { [Migration(name, tables), keeping] }

    private static let keeping = Migration(
        "m202612010155_audit_rule",
        """
        -- Entries lie in the order of their times, so a summary of each hundred pages finds a time; it costs a writer nothing.
        DROP INDEX audit_by_time;
        CREATE INDEX audit_by_time ON audit USING brin (at);
        -- How many entries the rule has removed, and the key of heads where no secret is given.
        CREATE TABLE audit_rule (
            is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only), removed bigint NOT NULL DEFAULT 0, seed bytea
        );
        INSERT INTO audit_rule DEFAULT VALUES;
        -- What is older than a year and stands in the tree may be removed by the firm's rule; its digest stays.
        CREATE FUNCTION audit_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.at > now() - interval '1 year' OR NOT EXISTS (SELECT FROM audit_place p WHERE p.id = OLD.id) THEN
                RAISE EXCEPTION 'the audit only grows' USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN OLD;
        END $$;
        DROP TRIGGER audit_stays ON audit;
        CREATE TRIGGER audit_stays BEFORE UPDATE OR TRUNCATE ON audit EXECUTE FUNCTION audit_stays();
        CREATE TRIGGER audit_keeps BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_keeps();
        """)

    private static let tables =
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
        """
}
