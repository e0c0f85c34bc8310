import Postgres

/// What came to the table of order requests.
enum OrderRequestSchema {
    static let newest = Migration(
        "m202611301543_order_request_newest",
        """
        -- The id follows from the quote, so the newest are found by their time.
        CREATE INDEX order_request_newest ON order_request (requested_at, id);
        """)
}
