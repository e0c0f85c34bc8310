import Postgres

/// The full party record, its search, lists, views, custom fields and imports.
enum SearchSchema {
    static let migration = Migration(
        "m0020_search",
        """
        -- `details` holds what is shown and not sorted by. The program folds what is searched for into `search_text` and hashes its
        -- pieces into `search_terms`; terms that are NULL wait for the indexer. `sort_name` is the folded name, in code point order.
        ALTER TABLE party
            ADD owner text, ADD category text, ADD birthday date,
            ADD details jsonb NOT NULL DEFAULT '{}', ADD custom jsonb NOT NULL DEFAULT '{}',
            ADD sort_name text COLLATE "C", ADD search_text text COLLATE "C", ADD search_terms integer[];
        UPDATE party SET sort_name = left(lower(name), 100);
        CREATE INDEX party_search ON party USING gin (search_terms);
        CREATE INDEX party_unsearched ON party (id) WHERE search_terms IS NULL;
        CREATE INDEX party_by_sort_name ON party (sort_name, id);
        CREATE INDEX party_by_created ON party (created_at, id);
        CREATE INDEX party_by_updated ON party (updated_at, id);
        DROP INDEX party_by_name;
        CREATE INDEX party_reference_by ON party_reference (reference text_pattern_ops);

        -- Whoever changes a party without its terms leaves it to the indexer.
        CREATE FUNCTION party_search_stale() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.search_terms := NULL;
            NEW.sort_name := left(lower(NEW.name), 100);
            RETURN NEW;
        END $$;
        CREATE TRIGGER party_search_insert BEFORE INSERT ON party FOR EACH ROW WHEN (NEW.sort_name IS NULL)
            EXECUTE FUNCTION party_search_stale();
        CREATE TRIGGER party_search_update
            BEFORE UPDATE OF name, email, phone, kind, country, language, time_zone, owner, category, tags, details, custom
            ON party FOR EACH ROW
            WHEN (NEW.search_terms IS NOT DISTINCT FROM OLD.search_terms AND
                (NEW.name, NEW.email, NEW.phone, NEW.kind, NEW.country, NEW.language, NEW.time_zone, NEW.owner,
                    NEW.category, NEW.tags, NEW.details, NEW.custom) IS DISTINCT FROM
                (OLD.name, OLD.email, OLD.phone, OLD.kind, OLD.country, OLD.language, OLD.time_zone, OLD.owner,
                    OLD.category, OLD.tags, OLD.details, OLD.custom))
            EXECUTE FUNCTION party_search_stale();

        -- Lists of any filter: planned for the values at hand, and nothing stays prepared for shapes that come once.
        CREATE FUNCTION party_select(query text, args text[])
            RETURNS TABLE (body text, sort text, id uuid) LANGUAGE plpgsql STABLE AS $$
        BEGIN RETURN QUERY EXECUTE query USING args; END $$;

        CREATE INDEX IF NOT EXISTS party_value_by_net ON party_value (currency, (revenue - credited) DESC, party_id);

        -- What parties are to each other; read from the first: `party_id` employs `other_id`.
        CREATE TABLE party_relation (
            party_id uuid NOT NULL REFERENCES party ON DELETE CASCADE,
            kind text NOT NULL, other_id uuid NOT NULL REFERENCES party ON DELETE CASCADE,
            since date, note text, PRIMARY KEY (party_id, kind, other_id), CHECK (party_id <> other_id)
        );
        CREATE INDEX party_relation_other ON party_relation (other_id);

        -- Custom fields: their types, and the numbers and days that ranges ask for.
        CREATE TABLE custom_field (
            key text PRIMARY KEY, version bigint NOT NULL DEFAULT 1, label text NOT NULL,
            type text NOT NULL CHECK (type IN ('text', 'number', 'boolean', 'date', 'choice')),
            choices text[] NOT NULL DEFAULT '{}', created_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE TABLE party_custom (
            field text NOT NULL, number numeric NOT NULL, party_id uuid NOT NULL REFERENCES party ON DELETE CASCADE,
            PRIMARY KEY (field, number, party_id)
        );
        CREATE INDEX party_custom_of ON party_custom (party_id);

        CREATE TABLE party_view (
            id uuid PRIMARY KEY, version bigint NOT NULL DEFAULT 1, name text NOT NULL, owner text,
            definition jsonb NOT NULL, updated_at timestamptz NOT NULL DEFAULT now()
        );

        -- Uploads on their way into parties: the bytes as they came, and how far they were worked off.
        CREATE TABLE party_import (
            id uuid PRIMARY KEY, state text NOT NULL CHECK (state IN
                ('receiving', 'queued', 'running', 'done', 'failed', 'undoing', 'undone')),
            format text NOT NULL, options jsonb NOT NULL, bytes bigint NOT NULL DEFAULT 0, chunks bigint NOT NULL DEFAULT 0,
            next_chunk bigint NOT NULL DEFAULT 0, carry bytea NOT NULL DEFAULT '', header text[], line bigint NOT NULL DEFAULT 1,
            rows bigint NOT NULL DEFAULT 0, created bigint NOT NULL DEFAULT 0, changed bigint NOT NULL DEFAULT 0,
            skipped bigint NOT NULL DEFAULT 0, refused bigint NOT NULL DEFAULT 0, undone bigint NOT NULL DEFAULT 0,
            kept bigint NOT NULL DEFAULT 0, bytes_done bigint NOT NULL DEFAULT 0, error text,
            created_at timestamptz NOT NULL DEFAULT clock_timestamp(), finished_at timestamptz
        );
        CREATE INDEX party_import_open ON party_import (created_at) WHERE state IN ('queued', 'running', 'undoing');
        CREATE TABLE import_chunk (
            import_id uuid NOT NULL REFERENCES party_import ON DELETE CASCADE, seq bigint NOT NULL, bytes bytea NOT NULL,
            PRIMARY KEY (import_id, seq)
        );
        ALTER TABLE import_chunk ALTER bytes SET STORAGE EXTERNAL;
        CREATE TABLE import_error (
            import_id uuid NOT NULL REFERENCES party_import ON DELETE CASCADE, line bigint NOT NULL, field text NOT NULL,
            message text NOT NULL, record text NOT NULL, PRIMARY KEY (import_id, line)
        );
        -- What an import did to whom, and the party before it where it was there: what undo needs.
        CREATE TABLE import_row (
            import_id uuid NOT NULL REFERENCES party_import ON DELETE CASCADE, party_id uuid NOT NULL,
            version bigint NOT NULL, before jsonb, PRIMARY KEY (import_id, party_id)
        )
        """)

    /// The step that writes a row holds its import, and nobody deletes one that has rows.
    static let imports = Migration(
        "m0040_import_rows", "ALTER TABLE import_row DROP CONSTRAINT import_row_import_id_fkey")

    /// What became of rows that made nothing is told too; imports take turns; and a party that is taken away is looked for where others point
    /// at it.
    static let importNotes = Migration(
        "m202611301910_import_notes",
        """
        ALTER TABLE import_error ADD outcome text NOT NULL DEFAULT 'refused', ADD party_id uuid;
        ALTER TABLE party_import ADD turn_at timestamptz NOT NULL DEFAULT clock_timestamp();
        CREATE INDEX party_import_turn ON party_import (turn_at) WHERE state IN ('queued', 'running', 'undoing');
        CREATE INDEX party_merged_into ON party (merged_into) WHERE merged_into IS NOT NULL
        """)

    /// What rows added to parties that were there by then, which an undo takes back; in a dry run the references that it has seen.
    static let additions = Migration(
        "m202611302205_import_additions",
        """
        CREATE TABLE import_addition (
            import_id uuid NOT NULL, kind text NOT NULL, party_id uuid NOT NULL, other text NOT NULL,
            PRIMARY KEY (import_id, kind, party_id, other)
        );
        CREATE INDEX import_addition_of ON import_addition (party_id);
        ALTER TABLE party_import ADD added bigint NOT NULL DEFAULT 0, ADD relations bigint NOT NULL DEFAULT 0,
            ADD consents bigint NOT NULL DEFAULT 0
        """)

    /// References, mail addresses with a mistake and more fields are searched: all terms are written anew.
    static let references = Migration("m0045_search_references", "UPDATE party SET search_terms = NULL")

    /// Names are folded by Unicode's rules and found by their sounds: what ends without the mark of that form is written anew, some at a
    /// time, while programs of before go on writing theirs. Who was found by a name or number is looked for again by its new key.
    static let folding = Migration(
        "m202611301905_search_folding",
        """
        CREATE INDEX party_unfolded ON party (id) WHERE search_terms IS NULL OR right(search_text, 1) <> '²';
        INSERT INTO duplicate_check (party_id) SELECT id FROM party WHERE merged_into IS NULL ORDER BY id
        """)

    static let referrals = Migration(
        "m0046_referrals",
        """
        -- Referrals are a tree: nobody is brought by two. Of those who were said to be, the earliest counts.
        DELETE FROM party_relation r USING party_relation o WHERE r.kind = 'refers' AND o.kind = 'refers'
            AND r.other_id = o.other_id AND (coalesce(r.since, 'infinity'), r.party_id) > (coalesce(o.since, 'infinity'), o.party_id);
        CREATE UNIQUE INDEX party_referrer ON party_relation (other_id) WHERE kind = 'refers'
        """)

    static let importDigests = Migration(
        "m202611302216_import_digest",
        """
        -- What tells one upload from another under the same key.
        ALTER TABLE party_import ADD digest bytea
        """)

    /// Who brought an import, so that each has a share of what waits; programs of before leave it out.
    static let importCallers = Migration(
        "m202612010150_import_caller",
        """
        ALTER TABLE party_import ADD caller text;
        CREATE INDEX party_import_waiting ON party_import (caller) WHERE state IN ('receiving', 'queued', 'running')
        """)
}
