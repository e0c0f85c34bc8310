import Postgres

/// The table of who withdrew the consent.
enum SuppressionSchema {
    static let withdrawals = Migration(
        "m0002_withdrawals",
        """
        -- Who allows no marketing on a channel, as contacts told it last.
        CREATE TABLE withdrawal (
            party_id uuid NOT NULL, channel text NOT NULL, PRIMARY KEY (party_id, channel)
        );
        """)
}
