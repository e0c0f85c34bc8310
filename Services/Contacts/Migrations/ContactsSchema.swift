import Postgres

/// The tables of contacts.
enum ContactsSchema {
    static let migration = Migration(
        "m0002_contacts",
        """
        -- People and organisations. The version is the sequence of the party's events.
        CREATE TABLE party (
            id uuid PRIMARY KEY,
            version bigint NOT NULL DEFAULT 1,
            kind text NOT NULL CHECK (kind IN ('consumer', 'enterprise', 'partner', 'internal')),
            name text NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 1000),
            email text, phone text, language text, time_zone text, country text, notes text,
            tags text[] NOT NULL DEFAULT '{}',
            created_at timestamptz NOT NULL DEFAULT now(),
            updated_at timestamptz NOT NULL DEFAULT now()
        ) WITH (fillfactor = 80);
        -- Prefix search, without regard to case; C order, so that a prefix is a range.
        CREATE INDEX party_by_name ON party (lower(name) text_pattern_ops, id);
        CREATE INDEX party_by_email ON party (lower(email) text_pattern_ops) WHERE email IS NOT NULL;
        -- The end of a number is what people know of it.
        CREATE INDEX party_by_phone ON party (reverse(phone) text_pattern_ops) WHERE phone IS NOT NULL;

        -- What other systems call a party.
        CREATE TABLE party_reference (
            system text NOT NULL, reference text NOT NULL, party_id uuid NOT NULL REFERENCES party,
            PRIMARY KEY (system, reference)
        );
        CREATE INDEX party_reference_of ON party_reference (party_id);

        -- What a customer is worth: sums kept current by order and credit events, in ten-thousandths.
        CREATE TABLE party_value (
            party_id uuid NOT NULL, currency text NOT NULL,
            orders bigint NOT NULL, revenue bigint NOT NULL, credits bigint NOT NULL, credited bigint NOT NULL,
            paid bigint NOT NULL, first_order_at timestamptz, last_order_at timestamptz,
            PRIMARY KEY (party_id, currency)
        ) WITH (fillfactor = 80);

        -- The fifths of the live base by recency, frequency and revenue, refreshed in the background.
        CREATE TABLE value_scale (
            currency text NOT NULL, refreshed_at timestamptz NOT NULL,
            recency timestamptz[] NOT NULL, frequency bigint[] NOT NULL, monetary bigint[] NOT NULL,
            PRIMARY KEY (currency)
        );

        -- Touches that are no ERP document: shipments, tickets, messages, notes.
        CREATE TABLE touch (
            party_id uuid NOT NULL, at timestamptz NOT NULL, kind text NOT NULL, reference text NOT NULL,
            title text NOT NULL,
            PRIMARY KEY (party_id, at, kind, reference)
        );

        -- Consent now, and every decision that led to it.
        CREATE TABLE consent (
            party_id uuid NOT NULL, channel text NOT NULL, purpose text NOT NULL, granted boolean NOT NULL,
            source text NOT NULL, decided_at timestamptz NOT NULL,
            PRIMARY KEY (party_id, channel, purpose)
        );
        CREATE TABLE consent_decision (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            party_id uuid NOT NULL, channel text NOT NULL, purpose text NOT NULL, granted boolean NOT NULL,
            source text NOT NULL, decided_at timestamptz NOT NULL
        );
        CREATE INDEX consent_decision_of ON consent_decision (party_id, id);
        """)
}
