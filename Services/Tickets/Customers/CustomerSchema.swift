import Postgres

/// What changed of the tables of customers, their orders and shipments.
enum CustomerSchema {
    static let told = Migration(
        "m0037_order_told",
        """
        -- The ERP's own time of the state, which says what is newer when an order comes under another customer number.
        ALTER TABLE customer_order ADD COLUMN told_at timestamptz, DROP COLUMN stage;
        """)
}
