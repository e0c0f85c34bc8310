import Postgres

/// The table of what channels tell.
enum InteractionSchema {
    static let migration = Migration(
        "m0047_interactions",
        """
        -- Calls, messages, forms and reviews. The party is known by its customer number or found by address or number; until somebody
        -- has these, it is nobody's: `mail_key` and `phone_key` are written as those of `match_key`. `sender` is the key of the
        -- message that told it, for an erasure to take that away.
        CREATE TABLE interaction (
            kind text NOT NULL, reference text NOT NULL CHECK (octet_length(reference) BETWEEN 1 AND 200),
            party_id uuid, at timestamptz NOT NULL, title text NOT NULL, body jsonb NOT NULL,
            told_at timestamptz NOT NULL DEFAULT now(),
            mail_key text, phone_key text, sender text NOT NULL, PRIMARY KEY (kind, reference)
        );
        CREATE INDEX interaction_of ON interaction (party_id, at) WHERE party_id IS NOT NULL;
        CREATE INDEX interaction_unclaimed ON interaction (told_at) WHERE party_id IS NULL;
        CREATE INDEX interaction_of_mail ON interaction (mail_key) WHERE party_id IS NULL;
        CREATE INDEX interaction_of_phone ON interaction (phone_key) WHERE party_id IS NULL
        """)

    static let senders = Migration(
        "m202611301900_interaction_sender",
        "CREATE INDEX interaction_of_sender ON interaction (sender)")

    static let sources = Migration(
        "m202611302230_interaction_source",
        """
        -- Two channels may use one number. Of touches from before it is not known who told them: empty, until one is told again.
        ALTER TABLE interaction ADD source text NOT NULL DEFAULT '', DROP CONSTRAINT interaction_pkey,
            ADD PRIMARY KEY (kind, reference, source);
        ALTER TABLE interaction_check ADD source text;
        """)

    static let checks = Migration(
        "m202611301232_interaction_check",
        """
        -- Touches that were nobody's when they came, and parties who can be found by something new: looked at once that is committed.
        CREATE TABLE interaction_check (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, party_id uuid, kind text, reference text,
            CHECK ((party_id IS NULL) <> (reference IS NULL) AND (kind IS NULL) = (reference IS NULL))
        )
        """)
}
