import Postgres

/// What came to the table of order requests.
enum OrderRequestSchema {
    static let migrations = [newest, states]

    private static let newest = Migration(
        "m202611301543_order_request_newest",
        """
        -- The id follows from the quote, so the newest are found by their time.
        CREATE INDEX order_request_newest ON order_request (requested_at, id);
        """)

    private static let states = Migration(
        "m202611301912_order_request_states",
        """
        -- The ERP may refuse, change and cancel what it was asked for; a quote that was refused may be asked for again.
        ALTER TABLE order_request DROP CONSTRAINT order_request_status_check, DROP CONSTRAINT order_request_quote_id_key,
            ADD CONSTRAINT order_request_status_check
                CHECK (status IN ('requested', 'ordered', 'changed', 'cancelled', 'refused')),
            -- Which ERP made the order, and what of it was seen last: what is told again is no change.
            ADD COLUMN order_source text, ADD COLUMN order_form text,
            ADD COLUMN reason text, ADD COLUMN settled_at timestamptz;
        CREATE INDEX order_request_of_quote ON order_request (quote_id, requested_at);
        CREATE INDEX order_request_of_order ON order_request (order_id) WHERE order_id IS NOT NULL;
        CREATE INDEX order_request_open ON order_request (requested_at) WHERE status = 'requested';
        ALTER TABLE order_answer ADD COLUMN source text, ADD COLUMN form text, ADD COLUMN customer_no text,
            ADD COLUMN customer_system text;
        """)
}
