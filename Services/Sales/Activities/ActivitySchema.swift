import Postgres

/// The table of activities.
enum ActivitySchema {
    static let migration = Migration(
        "m0038_activities",
        """
        -- Calls, visits, meetings and mails that were made.
        CREATE TABLE activity (
            id uuid PRIMARY KEY, kind text NOT NULL CHECK (kind IN ('call', 'visit', 'meeting', 'mail')),
            subject text NOT NULL, at timestamptz NOT NULL, party_id uuid NOT NULL, opportunity_id uuid, owner text,
            minutes bigint, outcome text, place text, notes text, created_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE INDEX activity_of_party ON activity (party_id, id);
        CREATE INDEX activity_of_owner ON activity (owner, id) WHERE owner IS NOT NULL;
        """)
}
