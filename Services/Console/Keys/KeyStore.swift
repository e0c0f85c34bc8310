import FoundationEssentials
import Postgres

/// The SQL of signing keys.
enum KeyStore {
    static let statements: [any Preparable] = [lock, all, add, remove, told, tell, reseal]

    /// One process at a time looks after the keys; what is told goes out in the order of the looks.
    static let lock = Statement("key.lock", "SELECT pg_advisory_xact_lock(61, hashtext(current_schema()))")

    /// The keys that count now, the one that signs last: sealed, public, from when it signs, and whether a new one is due.
    static let all = Query(
        "key.all", gives: String.self, SQLBytes.self, SQLBytes.self, Bool.self, Bool.self,
        sql: """
            SELECT id, seed, public_key, signs_at <= now(), made_at < now() - interval '30 days' FROM signing_key
            WHERE ends_at > now() ORDER BY signs_at, id
            """)

    static let add = Query(
        "key.add", takes: String.self, SQLBytes.self, SQLBytes.self, Bool.self,
        sql: """
            INSERT INTO signing_key (id, seed, public_key, signs_at, ends_at)
            SELECT $1, $2, $3, s, s + interval '60 days'
            FROM (SELECT CASE WHEN $4 THEN now() ELSE now() + interval '1 day' END AS s) n
            """)

    /// The same key, sealed with another secret.
    static let reseal = Query(
        "key.reseal", takes: String.self, SQLBytes.self, sql: "UPDATE signing_key SET seed = $2 WHERE id = $1")

    static let remove = Query("key.remove", sql: "DELETE FROM signing_key WHERE ends_at < now() - interval '1 day'")

    /// What was told last.
    static let told = Query("key.told", gives: String.self, sql: "SELECT keys FROM signing_keys_told")
    static let tell = Query(
        "key.tell", takes: String.self,
        sql: """
            INSERT INTO signing_keys_told AS t (is_only, keys) VALUES (true, $1)
            ON CONFLICT (is_only) DO UPDATE SET keys = excluded.keys
            """)

    static let migration = Migration(
        "m202611302229_signing_keys",
        """
        -- The keys that tokens are signed with; the secret half is sealed. One is told a day before it signs, and counts on for a month after
        -- the next one signs.
        CREATE TABLE signing_key (
            id text PRIMARY KEY, seed bytea NOT NULL, public_key bytea NOT NULL, made_at timestamptz NOT NULL DEFAULT now(),
            signs_at timestamptz NOT NULL, ends_at timestamptz NOT NULL
        );
        CREATE TABLE signing_keys_told (is_only boolean PRIMARY KEY CHECK (is_only), keys text NOT NULL);
        """)
}
