import Postgres

/// The tables of segments that came after the first of campaigns.
enum SegmentsSchema {
    static let clock = Migration(
        "m202611301215_order_clock_delta",
        """
        -- Times of orders newer than `order_clock` says, until they are folded into it: rows that are only added and taken away, so that
        -- no batch waits for another. The clock is the latest of the two tables.
        CREATE TABLE order_clock_delta (newest_order_at timestamptz NOT NULL);
        """)
}
