import Postgres

/// What came to the tables of quotes.
enum QuoteSchema {
    static let taxes = Migration(
        "m202611301913_quote_taxes",
        """
        -- The tax of a line is of its total, rounded to the places of the currency; a quote's that of its lines. After its last day it is not accepted.
        ALTER TABLE quote ADD COLUMN tax bigint NOT NULL DEFAULT 0, ADD COLUMN valid_until date;
        ALTER TABLE quote_line ADD COLUMN tax_percent bigint NOT NULL DEFAULT 0, ADD COLUMN tax bigint NOT NULL DEFAULT 0;
        """)

    static let recovered = Migration(
        "m202611301552_quotes_in_any_order",
        """
        -- A life that had others before it reads their events of quotes, requests and opportunities in any order.
        ALTER TABLE quote DROP CONSTRAINT quote_opportunity_id_fkey;
        ALTER TABLE quote_line DROP CONSTRAINT quote_line_quote_id_fkey;
        ALTER TABLE order_request DROP CONSTRAINT order_request_quote_id_fkey;
        """)
}
