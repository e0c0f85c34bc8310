import Postgres
import ServiceKit

/// What changed of the tables of customers, their orders and shipments.
enum CustomerSchema {
    static let told = Migration(
        "m0037_order_told",
        """
        -- The ERP's own time of the state, which says what is newer when an order comes under another customer number.
        ALTER TABLE customer_order ADD COLUMN told_at timestamptz, DROP COLUMN stage;
        """)

    static let addresses = Migration(
        "m202611301917_customer_addresses",
        """
        -- Further mail addresses and telephone numbers of customers, by which they are found too.
        CREATE TABLE customer_address (
            party_id uuid NOT NULL, kind text NOT NULL CHECK (kind IN ('mail', 'phone')), value text NOT NULL,
            PRIMARY KEY (party_id, kind, value)
        );
        CREATE INDEX customer_address_mail ON customer_address (lower(value)) WHERE kind = 'mail';
        CREATE INDEX customer_address_phone ON customer_address (reverse(value) text_pattern_ops) WHERE kind = 'phone';
        """)

    static let sources = Migration(
        "m202611301532_order_states",
        """
        -- Who told it: two ERPs may use one order number, two carriers one number of a shipment.
        \(LedgerSchema.addSource(to: "customer_order"));
        -- An order's states, one for each customer number under which it was told; the party of a walk-in is zeros. Which of them counts
        -- is looked for when they are read.
        ALTER TABLE customer_order ALTER COLUMN source DROP DEFAULT, DROP CONSTRAINT customer_order_pkey,
            ADD CONSTRAINT customer_order_pkey PRIMARY KEY (id, source, party_id),
            -- The state's place in its partition, and the latest time told under the number in `told_at`.
            ADD COLUMN off bigint, ADD COLUMN is_cancelled boolean NOT NULL DEFAULT false;
        UPDATE customer_order SET is_cancelled = true WHERE status = 'cancelled';
        ALTER TABLE customer_order ALTER COLUMN is_cancelled DROP DEFAULT;
        CREATE INDEX customer_order_unclaimed ON customer_order (id) WHERE source = '';
        \(LedgerSchema.addSource(to: "shipment"));
        ALTER TABLE shipment ALTER COLUMN source DROP DEFAULT, DROP CONSTRAINT shipment_pkey,
            ADD CONSTRAINT shipment_pkey PRIMARY KEY (id, source);
        CREATE INDEX shipment_unclaimed ON shipment (id) WHERE source = '';
        """)
}
