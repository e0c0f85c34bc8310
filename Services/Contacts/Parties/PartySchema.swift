import Postgres

/// What came to the tables of parties.
enum PartySchema {
    static let references = Migration(
        "m202612010052_reference_first",
        """
        -- What systems call a party may be written before the party is, in one transaction: it is told with the first word of it.
        ALTER TABLE party_reference ALTER CONSTRAINT party_reference_party_id_fkey DEFERRABLE INITIALLY DEFERRED
        """)

    static let retelling = Migration(
        "m202611301917_party_retelling",
        """
        -- Parties that were told when their events said less of them, and are to be told again.
        CREATE TABLE party_retelling (party_id uuid PRIMARY KEY);
        INSERT INTO party_retelling
        SELECT id FROM party p WHERE details ?| ARRAY['emails', 'phones', 'addresses', 'organisation', 'title']
            OR tags <> '{}' OR owner IS NOT NULL OR category IS NOT NULL OR birthday IS NOT NULL
            OR EXISTS (SELECT FROM party_reference r WHERE r.party_id = p.id AND r.system <> 'erp');
        """)
}
