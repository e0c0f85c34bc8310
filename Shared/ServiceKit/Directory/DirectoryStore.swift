import FoundationEssentials
import Postgres

/// The SQL of what the console tells of the firm's people.
enum DirectoryStore {
    static let statements: [any Preparable] = [keep, keepKeys, end, keys, gone]

    /// Keeps a person as told; the last word on a person comes last.
    static let keep = Query(
        "directory.keep", takes: UUID.self, String.self, String?.self, String?.self, Bool.self,
        sql: """
            INSERT INTO directory_person AS d (id, name, email, external_id, is_ended) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (id) DO UPDATE SET name = excluded.name, email = excluded.email,
                external_id = excluded.external_id, is_ended = excluded.is_ended, told_at = now()
            """)
    static let keepKeys = Query(
        "directory.keep_keys", takes: String.self,
        sql: """
            INSERT INTO directory_key AS k (is_only, keys) VALUES (true, $1)
            ON CONFLICT (is_only) DO UPDATE SET keys = excluded.keys, told_at = now()
            """)

    /// Ends what a life of the console told that the next one does not know.
    static let end = Query(
        "directory.end", takes: [UUID].self,
        sql: "UPDATE directory_person SET is_ended = true, told_at = now() WHERE id = ANY($1::uuid[]) AND NOT is_ended")

    static let keys = Query("directory.keys", gives: String.self, sql: "SELECT keys FROM directory_key")

    /// Who has left so lately that a token may be good still.
    static let gone = Query(
        "directory.gone", gives: UUID.self,
        sql: "SELECT id FROM directory_person WHERE is_ended AND told_at > now() - interval '30 minutes'")

    static let migration = Migration(
        "m202611302249_directory",
        """
        -- Who is of the firm, as the console tells.
        CREATE TABLE directory_person (
            id uuid PRIMARY KEY, name text NOT NULL, email text, external_id text, is_ended boolean NOT NULL,
            told_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE INDEX directory_person_email ON directory_person (lower(email)) WHERE NOT is_ended;
        CREATE INDEX directory_person_external ON directory_person (external_id) WHERE NOT is_ended;
        CREATE INDEX directory_person_gone ON directory_person (told_at) WHERE is_ended;
        -- The keys by which tokens of persons are checked.
        CREATE TABLE directory_key (
            is_only boolean PRIMARY KEY CHECK (is_only), keys text NOT NULL, told_at timestamptz NOT NULL DEFAULT now()
        );
        """)
}
