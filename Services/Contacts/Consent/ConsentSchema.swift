import Postgres

/// What consent adds to the first tables.
enum ConsentSchema {
    static let consent = Migration(
        "m0035_consent",
        """
        -- What shows that a decision was made: the address of a form, the id of a message, words on the telephone.
        ALTER TABLE consent_decision ADD COLUMN proof text;
        -- What counts for a party and for all that are merged into it, as it was published last.
        CREATE TABLE consent_effective (
            party_id uuid NOT NULL, channel text NOT NULL, purpose text NOT NULL, granted boolean NOT NULL,
            source text NOT NULL, decided_at timestamptz NOT NULL,
            PRIMARY KEY (party_id, channel, purpose)
        );
        INSERT INTO consent_effective SELECT * FROM consent;
        """)
}
