import Postgres

/// The tables of services that keep a ledger.
public enum LedgerSchema {
    /// All of them.
    static let migrations = [migration, Redirects.migration, moves, told, states]

    static let migration = Migration(
        "m0001_ledger",
        """
        -- ERP documents as applied. Amounts are ten-thousandths of the currency's unit.
        CREATE TABLE erp_document (
            kind text NOT NULL, id text NOT NULL,
            party_id uuid, at timestamptz NOT NULL, currency text NOT NULL, total bigint NOT NULL,
            status text NOT NULL, is_cancelled boolean NOT NULL, lines integer NOT NULL,
            PRIMARY KEY (id, kind)
        );
        CREATE INDEX erp_document_of_party ON erp_document (party_id, at DESC) WHERE party_id IS NOT NULL;
        """)

    /// The step that lets a document remember whose it is while it counts for another party.
    private static let moves = Migration(
        "m0031_ledger_origin",
        """
        -- The party of the document's own customer number, where it counts for the survivor of a merge.
        ALTER TABLE erp_document ADD COLUMN origin_id uuid;
        CREATE INDEX erp_document_of_origin ON erp_document (origin_id) WHERE origin_id IS NOT NULL;
        """)

    /// The step that lets a document remember when its state was told.
    private static let told = Migration(
        "m0037_ledger_told",
        """
        -- The ERP's own time of the state, which says what is newer when a document comes under another customer number.
        ALTER TABLE erp_document ADD COLUMN told_at timestamptz;
        """)

    /// The step that tells ERPs apart, and keeps the states of other customer numbers.
    private static let states = Migration(
        "m202611301531_ledger_states",
        """
        -- Which ERP a document is of: two may use one number.
        \(addSource(to: "erp_document"));
        ALTER TABLE erp_document ALTER COLUMN source DROP DEFAULT, DROP CONSTRAINT erp_document_pkey,
            ADD CONSTRAINT erp_document_pkey PRIMARY KEY (id, kind, source),
            -- The state's place in its partition; null of what came before places were kept. `told_at` is the latest time told under the
            -- customer number that counts.
            ADD COLUMN off bigint,
            -- Whether it was told under other customer numbers too, of which the states are in `erp_document_elsewhere`.
            ADD COLUMN is_moved boolean NOT NULL DEFAULT false;
        CREATE INDEX erp_document_unclaimed ON erp_document (id, kind) WHERE source = '';

        -- The last states of documents under customer numbers that do not count; the party is the number's own, or zeros for a walk-in.
        CREATE TABLE erp_document_elsewhere (
            source text NOT NULL, kind text NOT NULL, id text NOT NULL, party_id uuid NOT NULL, off bigint,
            told_at timestamptz, is_cancelled boolean NOT NULL, at timestamptz NOT NULL, currency text NOT NULL,
            total bigint NOT NULL, status text NOT NULL, lines integer NOT NULL,
            PRIMARY KEY (id, kind, source, party_id)
        );
        -- Documents of which states were told that are older than one told before under the same number.
        CREATE TABLE erp_state_older (
            source text NOT NULL, kind text NOT NULL, id text NOT NULL, states bigint NOT NULL,
            latest_told_at timestamptz, told_at timestamptz, seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            PRIMARY KEY (id, kind, source)
        );
        """)

    /// SQL: a column for the ERP, in a table of what its events have told. Rows that are there get the one source that has told outside
    /// events lately; where several have, nobody knows which it was: it is empty, until the document is told again. A default is no
    /// rewriting, however large the table is.
    public static func addSource(to table: String) -> String {
        addSource(
            to: table,
            as: """
                SELECT CASE WHEN count(*) = 1 THEN min(source) ELSE '' END FROM (SELECT DISTINCT source FROM inbox) s
                WHERE source NOT IN ('/contacts', '/sales', '/campaigns', '/tickets', '/notifications')
                """)
    }

    /// SQL: the same in a table beside a ledger, which has asked already.
    public static func addSourceOfLedger(to table: String) -> String {
        addSource(to: table, as: "SELECT coalesce((SELECT source FROM erp_document LIMIT 1), '')")
    }

    private static func addSource(to table: String, as query: String) -> String {
        """
        DO $$ BEGIN
            EXECUTE format('ALTER TABLE \(table) ADD COLUMN source text NOT NULL DEFAULT %L', (\(query)));
        END $$
        """
    }
}
