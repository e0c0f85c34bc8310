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

    static let told = Migration(
        "m202611301905_suppression_told",
        """
        -- Addresses are told of under an id that is made of them, so that they are known again where the data is lost; 0 is not told yet.
        ALTER TABLE suppression ADD id uuid, ADD version bigint NOT NULL DEFAULT 0;
        CREATE INDEX suppression_of ON suppression (id);
        CREATE INDEX suppression_untold ON suppression (address) WHERE version = 0;
        """)

    static let addresses = Migration(
        "m202611302204_withdrawal_addresses",
        """
        -- Where those who refuse are reached, as they refused: in lower case.
        CREATE TABLE withdrawal_address (
            channel text NOT NULL, address text NOT NULL, party_id uuid NOT NULL, PRIMARY KEY (channel, address, party_id)
        );
        CREATE INDEX withdrawal_address_of ON withdrawal_address (party_id, channel);
        """)

    static let decisions = Migration(
        "m202611301542_consent_decided",
        """
        -- What a party said last of marketing on a channel, by the time of the decision; `withdrawal` holds those who refuse.
        CREATE TABLE consent_word (
            party_id uuid NOT NULL, channel text NOT NULL, granted boolean NOT NULL, decided_at timestamptz NOT NULL,
            PRIMARY KEY (party_id, channel)
        );
        """)
}
