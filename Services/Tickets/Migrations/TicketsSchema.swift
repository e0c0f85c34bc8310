import Postgres

/// The tables of tickets.
enum TicketsSchema {
    /// Whose tickets are asked for when somebody leaves, and each morning.
    static let byAssignee = Migration(
        "m202612010255_ticket_assignee",
        """
        CREATE INDEX ticket_by_assignee ON ticket (assignee, created_at DESC, id DESC) WHERE assignee IS NOT NULL;
        """)

    static let migration = Migration(
        "m0001_tickets",
        """
        -- What is promised about time, by priority; a ticket keeps what was promised when it was opened.
        CREATE TABLE sla_policy (
            priority text PRIMARY KEY CHECK (priority IN ('urgent', 'high', 'normal', 'low')),
            first_response interval NOT NULL CHECK (first_response > '0'),
            resolution interval NOT NULL CHECK (resolution > '0')
        );
        INSERT INTO sla_policy (priority, first_response, resolution) VALUES
            ('urgent', '15 minutes', '4 hours'), ('high', '60 minutes', '8 hours'),
            ('normal', '4 hours', '24 hours'), ('low', '8 hours', '72 hours');

        -- The version is the sequence of the ticket's events. While the resolution clock stands (waiting on the customer, or
        -- resolved) there is no time at which it is due, but what was left.
        CREATE TABLE ticket (
            id uuid PRIMARY KEY,
            version bigint NOT NULL DEFAULT 1,
            party_id uuid,
            type text NOT NULL CHECK (type IN ('question', 'complaint', 'repair', 'return', 'warranty')),
            priority text NOT NULL REFERENCES sla_policy,
            status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'replied', 'waiting', 'resolved')),
            subject text NOT NULL CHECK (octet_length(subject) BETWEEN 1 AND 2000),
            description text, order_id text, assignee text,
            source text NOT NULL CHECK (source IN ('api', 'shipment')),
            created_at timestamptz NOT NULL DEFAULT now(),
            updated_at timestamptz NOT NULL DEFAULT now(),
            resolved_at timestamptz,
            first_response_due_at timestamptz NOT NULL,
            first_responded_at timestamptz, first_response_breached_at timestamptz,
            resolution_target interval NOT NULL,
            resolution_due_at timestamptz, resolution_left interval, resolution_breached_at timestamptz,
            CHECK ((resolution_due_at IS NULL) = (status IN ('waiting', 'resolved')))
        ) WITH (fillfactor = 80);
        CREATE INDEX ticket_newest ON ticket (created_at, id);
        CREATE INDEX ticket_by_status ON ticket (status, created_at, id);
        CREATE INDEX ticket_of_party ON ticket (party_id, created_at, id) WHERE party_id IS NOT NULL;

        -- The thread: what the customer sees, and notes that only we see.
        CREATE TABLE reply (
            id uuid PRIMARY KEY, ticket_id uuid NOT NULL REFERENCES ticket,
            visibility text NOT NULL CHECK (visibility IN ('public', 'internal')),
            sender text NOT NULL CHECK (sender IN ('agent', 'customer')),
            author text, body text NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE INDEX reply_of_ticket ON reply (ticket_id, created_at, id);

        -- How content a customer was, once for each time that the ticket was resolved.
        CREATE TABLE survey_answer (
            ticket_id uuid NOT NULL REFERENCES ticket, resolution bigint NOT NULL,
            score smallint NOT NULL CHECK (score BETWEEN 1 AND 5), comment text,
            answered_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (ticket_id, resolution)
        );

        -- Parties as contacts tells of them, and what the caller card shows of their orders and shipments.
        CREATE TABLE customer (
            party_id uuid PRIMARY KEY,
            name text NOT NULL, email text, phone text, language text, customer_no text
        ) WITH (fillfactor = 80);
        CREATE INDEX customer_by_email ON customer (lower(email)) WHERE email IS NOT NULL;
        CREATE INDEX customer_by_phone ON customer (reverse(phone) text_pattern_ops) WHERE phone IS NOT NULL;
        CREATE TABLE customer_order (
            id text PRIMARY KEY, party_id uuid NOT NULL,
            -- 0 placed, 1 changed, 2 cancelled: a later stage is never overwritten by an earlier one.
            stage bigint NOT NULL,
            status text NOT NULL, placed_at timestamptz NOT NULL, currency text NOT NULL,
            total bigint NOT NULL
        ) WITH (fillfactor = 80);
        CREATE INDEX customer_order_of ON customer_order (party_id, placed_at);
        CREATE TABLE shipment (
            id text PRIMARY KEY, party_id uuid, order_id text NOT NULL, status text NOT NULL,
            at timestamptz NOT NULL, carrier text, expected_at timestamptz, reason text
        ) WITH (fillfactor = 80);
        CREATE INDEX shipment_of ON shipment (party_id, at) WHERE party_id IS NOT NULL;
        """)
}
