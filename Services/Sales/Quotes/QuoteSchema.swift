import Postgres

/// What came to the tables of quotes.
enum QuoteSchema {
    static let recovered = Migration(
        "m202611301552_quotes_in_any_order",
        """
        -- A life that had others before it reads their events of quotes, requests and opportunities in any order.
        ALTER TABLE quote DROP CONSTRAINT quote_opportunity_id_fkey;
        ALTER TABLE quote_line DROP CONSTRAINT quote_line_quote_id_fkey;
        ALTER TABLE order_request DROP CONSTRAINT order_request_quote_id_fkey;
        """)
}
