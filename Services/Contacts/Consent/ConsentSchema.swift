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

    static let decisions = Migration(
        "m202611301540_consent_decided",
        """
        -- What counts of the ERP's master, and since when; what it said last, and the newest record that said anything. Under one number
        -- the topic's order counts, so the place in it is kept beside the time.
        CREATE TABLE consent_erp (
            party_id uuid NOT NULL, channel text NOT NULL, purpose text NOT NULL, granted boolean NOT NULL,
            decided_at timestamptz NOT NULL, said boolean NOT NULL, seen_at timestamptz NOT NULL, seen_off bigint NOT NULL,
            PRIMARY KEY (party_id, channel, purpose)
        ) WITH (fillfactor = 80);
        INSERT INTO consent_erp
        SELECT DISTINCT ON (d.party_id, d.channel, d.purpose) d.party_id, d.channel, d.purpose, d.granted, d.decided_at,
            d.granted, '0001-01-01T00:00:00Z', -1
        FROM consent_decision d JOIN consent c USING (party_id, channel, purpose)
        WHERE d.source = 'erp' ORDER BY d.party_id, d.channel, d.purpose, d.id DESC;
        -- By which time what counts was told, which is never before what was told last; and whether somebody still says it: what nobody
        -- says any more stays as the refusal that was told.
        ALTER TABLE consent_effective ADD told_at timestamptz, ADD is_said boolean NOT NULL DEFAULT true;
        -- What merges brought was told by the time of the merge.
        UPDATE consent_effective e SET told_at = now() WHERE EXISTS (
            SELECT FROM party_merge m WHERE e.party_id IN (m.survivor_id, m.merged_id));
        """)

    static let links = Migration(
        "m202611302226_preference_link",
        """
        -- How often all links to a party's preferences were revoked; those that are given out have the number, and others do not work.
        CREATE TABLE preference_link (party_id uuid PRIMARY KEY, generation bigint NOT NULL);
        """)
}
