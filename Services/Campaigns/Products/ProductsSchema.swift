import Postgres
import ServiceKit

/// The tables of products that came after the first of campaigns.
enum ProductsSchema {
    static let deltas = Migration(
        "m202611301210_product_sales_delta",
        """
        -- What orders move the sums of products by, until it is folded into `product_sales`: rows that are only added and taken away, so
        -- that no order waits for another of the same product. The sums are the two tables together.
        CREATE TABLE product_sales_delta (
            sku text NOT NULL, currency text NOT NULL, name text,
            orders bigint NOT NULL, quantity numeric NOT NULL, revenue numeric NOT NULL, last_ordered_at timestamptz
        ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0,
            autovacuum_vacuum_insert_threshold = -1);
        CREATE INDEX product_sales_delta_of ON product_sales_delta (sku);
        -- The name on an order, for products whose master record has not come. Sums that have no bound: one too large would stop the
        -- folding of all.
        ALTER TABLE product_sales ADD name text, ALTER quantity TYPE numeric, ALTER revenue TYPE numeric;
        """)

    static let sources = Migration(
        "m202611301534_item_source",
        """
        -- Which ERP the order is of, and what it held under customer numbers that do not count, as in the ledger.
        \(LedgerSchema.addSourceOfLedger(to: "order_item"));
        ALTER TABLE order_item ALTER COLUMN source DROP DEFAULT, DROP CONSTRAINT order_item_pkey,
            ADD CONSTRAINT order_item_pkey PRIMARY KEY (order_id, sku, source);
        CREATE TABLE order_item_elsewhere (
            order_id text NOT NULL, source text NOT NULL, party_id uuid NOT NULL, sku text NOT NULL, name text,
            currency text NOT NULL, quantity bigint NOT NULL, revenue bigint NOT NULL,
            PRIMARY KEY (order_id, source, party_id, sku)
        );
        """)
}
