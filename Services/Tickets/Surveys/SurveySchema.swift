import Postgres

/// The table of what became of asking.
enum SurveySchema {
    static let requests = Migration(
        "m202611301217_survey_requests",
        """
        -- What became of asking the customer, for each time that the ticket was resolved; `resolved_at` tells whether that still stands.
        CREATE TABLE survey_request (
            ticket_id uuid NOT NULL REFERENCES ticket, resolution bigint NOT NULL, resolved_at timestamptz,
            state text NOT NULL CHECK (state IN ('waiting', 'asked', 'dropped')), reason text,
            changed_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (ticket_id, resolution)
        );
        """)

    static let epochs = Migration(
        "m202611301551_survey_epoch",
        """
        -- The life in which the ticket was resolved, where others were before it: they may have asked under the same number for another
        -- resolution, of which nothing was told.
        ALTER TABLE survey_request ADD epoch bigint;
        """)
}
