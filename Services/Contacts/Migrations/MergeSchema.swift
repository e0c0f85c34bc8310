import Postgres

/// The tables of merges and duplicates.
enum MergeSchema {
    static let migrations = [merges, duplicates, addresses]

    private static let merges = Migration(
        "m0033_merges",
        """
        -- The survivor of a merged party, for lists, which leave merged ones out.
        ALTER TABLE party ADD COLUMN merged_into uuid REFERENCES party;
        -- The party that a reference came with, where it points to the survivor of a merge.
        ALTER TABLE party_reference ADD COLUMN origin_id uuid;

        -- Every merge, and what it changed of the survivor's record: a field's value before and after. One that is not undone is a
        -- step from the merged party to the survivor; the redirects are where these steps end.
        CREATE TABLE party_merge (
            id uuid PRIMARY KEY, survivor_id uuid NOT NULL REFERENCES party, merged_id uuid NOT NULL REFERENCES party,
            merged_at timestamptz NOT NULL DEFAULT clock_timestamp(), merged_by text,
            changes jsonb NOT NULL, added_tags text[] NOT NULL,
            undone_at timestamptz, undone_by text, report jsonb
        );
        CREATE UNIQUE INDEX party_merge_step ON party_merge (merged_id) WHERE undone_at IS NULL;
        CREATE INDEX party_merge_of_survivor ON party_merge (survivor_id);
        CREATE INDEX party_merge_of_merged ON party_merge (merged_id);
        """)

    private static let duplicates = Migration(
        "m0034_duplicates",
        """
        -- Parties whose likeness to others is looked at next; written by whatever changes a party.
        CREATE TABLE duplicate_check (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, party_id uuid NOT NULL);
        CREATE FUNCTION check_new_parties() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO duplicate_check (party_id) SELECT id FROM fresh;
            RETURN NULL;
        END $$;
        CREATE TRIGGER check_new_parties AFTER INSERT ON party REFERENCING NEW TABLE AS fresh
            FOR EACH STATEMENT EXECUTE FUNCTION check_new_parties();
        CREATE FUNCTION check_changed_party() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO duplicate_check (party_id) VALUES (NEW.id);
            RETURN NULL;
        END $$;
        CREATE TRIGGER check_changed_party AFTER UPDATE OF updated_at ON party FOR EACH ROW
            WHEN ((OLD.name, OLD.email, OLD.phone, OLD.country, OLD.kind, OLD.merged_into)
                IS DISTINCT FROM (NEW.name, NEW.email, NEW.phone, NEW.country, NEW.kind, NEW.merged_into))
            EXECUTE FUNCTION check_changed_party();

        -- By what parties are found to be alike, each in one written form.
        CREATE TABLE match_key (
            kind text NOT NULL, key text NOT NULL, party_id uuid NOT NULL, PRIMARY KEY (kind, key, party_id)
        );
        CREATE INDEX match_key_of ON match_key (party_id);

        -- Pairs that may be one, and what people decided; a pair that was rejected is not brought up again.
        CREATE TABLE duplicate_pair (
            low uuid NOT NULL, high uuid NOT NULL, score bigint NOT NULL, reasons text[] NOT NULL,
            status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'rejected', 'merged')),
            found_at timestamptz NOT NULL DEFAULT now(), decided_at timestamptz, decided_by text,
            PRIMARY KEY (low, high), CHECK (low < high)
        );
        CREATE INDEX duplicate_pair_open ON duplicate_pair ((-score), low, high) WHERE status = 'open';
        CREATE INDEX duplicate_pair_of_high ON duplicate_pair (high);
        INSERT INTO duplicate_check (party_id) SELECT id FROM party;
        """)

    private static let addresses = Migration(
        "m0041_duplicate_addresses",
        """
        -- Parties are found by their further mail addresses and numbers, by where they live and by how a Chinese name sounds.
        DROP TRIGGER check_changed_party ON party;
        CREATE TRIGGER check_changed_party AFTER UPDATE OF updated_at ON party FOR EACH ROW
            WHEN ((OLD.name, OLD.email, OLD.phone, OLD.country, OLD.kind, OLD.merged_into, OLD.details)
                IS DISTINCT FROM (NEW.name, NEW.email, NEW.phone, NEW.country, NEW.kind, NEW.merged_into, NEW.details))
            EXECUTE FUNCTION check_changed_party();
        INSERT INTO duplicate_check (party_id) SELECT id FROM party
        WHERE details ?| ARRAY['emails', 'phones', 'addresses'] OR name ~ '[^ -~]'
        """)
}
