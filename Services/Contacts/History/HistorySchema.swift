import Postgres

/// The table of records as they were.
enum HistorySchema {
    static let figures = Migration(
        "m202611301915_party_figures",
        """
        -- How many of the party's versions came by figures: documents, stages, consents. The others are those of the record.
        ALTER TABLE party ADD COLUMN figures bigint NOT NULL DEFAULT 0
        """)

    /// Whoever changes what a party's record says sets `updated_at`; a version that is only raised for an event keeps no history.
    static let history = Migration(
        "m0032_history",
        """
        -- The record as it stood from a time until another, kept by the database itself, whichever statement changes it.
        CREATE TABLE party_history (
            party_id uuid NOT NULL, valid_from timestamptz NOT NULL, valid_to timestamptz NOT NULL,
            record jsonb NOT NULL,
            PRIMARY KEY (party_id, valid_from)
        );
        CREATE FUNCTION keep_party_history() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            -- A transaction that began earlier may commit later: times of a record only go forward.
            NEW.updated_at := greatest(clock_timestamp(), OLD.updated_at + interval '1 microsecond');
            INSERT INTO party_history VALUES (OLD.id, OLD.updated_at, NEW.updated_at,
                to_jsonb(OLD) - ARRAY['search_terms', 'search_text', 'sort_name']);
            RETURN NEW;
        END $$;
        CREATE TRIGGER party_history BEFORE UPDATE OF updated_at ON party
            FOR EACH ROW EXECUTE FUNCTION keep_party_history();
        """)
}
