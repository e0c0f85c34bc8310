import FoundationEssentials
import Postgres

/// The SQL of products.
enum ProductStore {
    static let statements: [any Preparable] = [hold, upsert, discontinue, addMissing, addItems, get, page]

    /// One transaction at a time from here to its end. Several statements of one take rows of products, each in order of SKU, but not
    /// together: two processes would wait for each other.
    static let hold = Statement(
        "product.hold", "SELECT pg_advisory_xact_lock(45, hashtext(current_schema()))")

    /// The ERP's product master; what it does not say stays as it was. Rows in order of SKU.
    static let upsert = Query(
        "product.upsert", takes: [String].self, [String].self, [String?].self, [Int?].self, [String?].self,
        sql: """
            INSERT INTO product AS p (sku, name, category, price, currency)
            SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[])
            ON CONFLICT (sku) DO UPDATE SET name = excluded.name, category = coalesce(excluded.category, p.category),
                price = coalesce(excluded.price, p.price), currency = coalesce(excluded.currency, p.currency),
                is_discontinued = false, updated_at = now()
            """)

    static let discontinue = Statement(
        "product.discontinue",
        """
        INSERT INTO product (sku, name, is_discontinued) SELECT sku, sku, true FROM unnest($1::text[]) AS n(sku)
        ON CONFLICT (sku) DO UPDATE SET is_discontinued = true, updated_at = now()
        """)

    /// Products of orders that came before their master record, by the name on the order.
    static let addMissing = Statement(
        "product.add_missing",
        """
        INSERT INTO product (sku, name) SELECT n.sku, n.name FROM unnest($1::text[], $2::text[]) AS n(sku, name)
        WHERE NOT EXISTS (SELECT 1 FROM product p WHERE p.sku = n.sku)
        ON CONFLICT DO NOTHING
        """)

    /// Replaces what the orders in $1 hold, and moves the sums of their products by the difference. Rows in order of SKU.
    static let addItems = Query(
        "product.add_items", takes: [String].self, [String].self, [String].self, [String].self, [Int].self, [Int].self,
        [Date].self,
        sql: """
            WITH incoming AS (
                SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::timestamptz[])
                    AS n(order_id, sku, currency, quantity, revenue, at)),
            old AS (SELECT * FROM order_item WHERE order_id = ANY($1::text[])),
            removed AS (
                DELETE FROM order_item o WHERE o.order_id = ANY($1::text[]) AND NOT EXISTS (
                    SELECT 1 FROM incoming i WHERE i.order_id = o.order_id AND i.sku = o.sku)),
            written AS (
                INSERT INTO order_item (order_id, sku, currency, quantity, revenue)
                SELECT order_id, sku, currency, quantity, revenue FROM incoming
                ON CONFLICT (order_id, sku) DO UPDATE SET currency = excluded.currency, quantity = excluded.quantity,
                    revenue = excluded.revenue),
            difference AS (
                SELECT sku, currency, sum(orders)::bigint AS orders, sum(quantity)::bigint AS quantity,
                    sum(revenue)::bigint AS revenue, max(at) AS at
                FROM (SELECT sku, currency, 1 AS orders, quantity, revenue, at FROM incoming
                    UNION ALL SELECT sku, currency, -1, -quantity, -revenue, NULL FROM old) AS both_sides
                GROUP BY sku, currency HAVING sum(orders) <> 0 OR sum(quantity) <> 0 OR sum(revenue) <> 0)
            INSERT INTO product_sales AS s (sku, currency, orders, quantity, revenue, last_ordered_at)
            SELECT sku, currency, orders, quantity, revenue, at FROM difference ORDER BY sku, currency
            ON CONFLICT (sku, currency) DO UPDATE SET orders = s.orders + excluded.orders,
                quantity = s.quantity + excluded.quantity, revenue = s.revenue + excluded.revenue,
                last_ordered_at = greatest(s.last_ordered_at, excluded.last_ordered_at)
            """)

    /// A product as JSON, as the routes show it. `p` is the product.
    private static let json = """
        json_build_object('sku', p.sku, 'name', p.name, 'category', p.category, 'price', (p.price * 0.0001)::text,
            'currency', p.currency, 'isDiscontinued', p.is_discontinued,
            'sales', (SELECT coalesce(json_agg(json_build_object('currency', s.currency, 'orders', s.orders,
                'quantity', (s.quantity * 0.0001)::text, 'revenue', (s.revenue * 0.0001)::text,
                'lastOrderedAt', s.last_ordered_at) ORDER BY s.revenue DESC), '[]')
                FROM product_sales s WHERE s.sku = p.sku))::text
        """

    static let get = Statement("product.get", "SELECT \(json) FROM product p WHERE p.sku = $1")

    static let page = Statement(
        "product.page", "SELECT \(json), p.sku FROM product p WHERE p.sku > $1 ORDER BY p.sku LIMIT $2")
}
