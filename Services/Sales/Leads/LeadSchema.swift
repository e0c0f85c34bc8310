import Postgres

/// What came to the tables of leads.
enum LeadSchema {
    static let conversions = Migration(
        "m202611301914_lead_conversions",
        """
        -- What a lead became, and the party that it named before that.
        ALTER TABLE lead ADD COLUMN account_id uuid, ADD COLUMN contact_id uuid,
            ADD COLUMN is_new_account boolean NOT NULL DEFAULT false, ADD COLUMN is_new_contact boolean NOT NULL DEFAULT false,
            ADD COLUMN party_before uuid;
        CREATE INDEX lead_of_party ON lead (party_id) WHERE party_id IS NOT NULL;
        -- The states that a lead has come to, each with the version that brought it there.
        CREATE TABLE lead_status (
            lead_id uuid NOT NULL, version bigint NOT NULL, status text NOT NULL, at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (lead_id, version)
        );
        INSERT INTO lead_status SELECT id, version, status, updated_at FROM lead;
        """)
}
