import FoundationEssentials
import Postgres

/// The SQL of passkeys.
enum PasskeyStore {
    static let statements: [any Preparable] = [add, of, held, found, use, rename, remove, spend, forget]

    /// Keeps one; nothing where it is kept already.
    static let add = Query(
        "passkey.add", takes: UUID.self, UUID.self, SQLBytes.self, Int.self, SQLBytes.self, Int.self, String.self,
        String.self, Bool.self, gives: UUID.self,
        sql: """
            INSERT INTO passkey (id, person_id, credential, algorithm, key, count, name, transports, is_backed_up)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (credential) DO NOTHING RETURNING id
            """)

    /// Those of a person: name, since when, last used, whether it is backed up.
    static let of = Query(
        "passkey.of", takes: UUID.self, gives: UUID.self, String.self, Date.self, Date?.self, Bool.self,
        sql: """
            SELECT id, name, made_at, used_at, is_backed_up FROM passkey WHERE person_id = $1 ORDER BY id LIMIT 50
            """)
    /// Those that need not be made again.
    static let held = Query(
        "passkey.held", takes: UUID.self, gives: SQLBytes.self, String.self,
        sql: "SELECT credential, transports FROM passkey WHERE person_id = $1 ORDER BY id LIMIT 50")

    /// Whose one is: the passkey, the person, his name, the key and its count.
    static let found = Query(
        "passkey.found", takes: SQLBytes.self,
        gives: UUID.self, UUID.self, String.self, Int.self, SQLBytes.self, Int.self,
        sql: """
            SELECT k.id, p.id, p.name, k.algorithm, k.key, k.count
            FROM passkey k JOIN person p ON p.id = k.person_id AND p.status = 'active' WHERE k.credential = $1
            """)

    /// Notes a use whose count has grown, or of an authenticator that does not count.
    static let use = Query(
        "passkey.use", takes: UUID.self, Int.self, Bool.self, gives: UUID.self,
        sql: """
            UPDATE passkey SET count = $2, used_at = now(), is_backed_up = $3
            WHERE id = $1 AND (count < $2 OR count = 0 AND $2 = 0) RETURNING id
            """)
    static let rename = Query(
        "passkey.rename", takes: UUID.self, UUID.self, String.self, gives: UUID.self,
        sql: "UPDATE passkey SET name = $3 WHERE id = $1 AND person_id = $2 RETURNING id")
    static let remove = Query(
        "passkey.remove", takes: UUID.self, UUID.self, gives: UUID.self,
        sql: "DELETE FROM passkey WHERE id = $1 AND person_id = $2 RETURNING id")

    /// Takes a question that was answered out of use: nothing where it is already.
    static let spend = Query(
        "passkey.spend", takes: SQLBytes.self, gives: Int.self,
        sql: """
            INSERT INTO passkey_question (digest, until) VALUES ($1, now() + interval '10 minutes')
            ON CONFLICT DO NOTHING RETURNING 1::bigint
            """)
    static let forget = Query("passkey.forget", sql: "DELETE FROM passkey_question WHERE until < now()")

    static let migration = Migration(
        "m202612010205_passkeys",
        """
        -- Keys by which a person shows who he is, kept by his telephone or computer; of each only the public half is here.
        CREATE TABLE passkey (
            id uuid PRIMARY KEY, person_id uuid NOT NULL, credential bytea NOT NULL, algorithm bigint NOT NULL,
            key bytea NOT NULL, count bigint NOT NULL, name text NOT NULL, transports text NOT NULL,
            is_backed_up boolean NOT NULL, made_at timestamptz NOT NULL DEFAULT now(), used_at timestamptz
        );
        CREATE UNIQUE INDEX passkey_credential ON passkey (credential);
        CREATE INDEX passkey_by_person ON passkey (person_id, id);
        -- Questions that were answered, so that no answer counts twice. They are signed, so those that nobody answers are nowhere.
        CREATE TABLE passkey_question (digest bytea PRIMARY KEY, until timestamptz NOT NULL);
        CREATE INDEX passkey_question_by_time ON passkey_question (until);
        """)
}
