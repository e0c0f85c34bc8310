import CRMModel
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// The SQL of products.
///
/// What sold orders move the sums by is added to `product_sales_delta`, so that no order waits for another of the same product, and folded
/// into `product_sales` beside it: the sums are always the two together.
enum ProductStore {
    static let statements: [any Preparable] = [upsert, discontinue, addItems, fold, get, page]

    /// Products as the ERP's master says them; programs of before left rows of what was ordered only.
    static let holding = Holding(
        "products", on: .erpProducts, isWhole: false,
        page: Query(
            "holding.products", takes: String.self, Int.self, gives: String.self, String.self,
            sql: """
                SELECT sku, name || CASE WHEN is_discontinued THEN '\(discontinued)' ELSE '' END FROM product WHERE sku > $1
                ORDER BY sku LIMIT $2
                """),
        [
            .init(ProductUpserted.self) { told, _, _ in [ToldLine(told.sku, told.name)] },
            .init(ProductDiscontinued.self) { told, _, book in
                let name = book.text(told.sku) ?? told.sku
                return [ToldLine(told.sku, name.hasSuffix(discontinued) ? name : name + discontinued)]
            },
        ])
    private static let discontinued = " (discontinued)"

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

    /// Replaces what the orders in $1 and $2 hold, and tells by how much that moves the sums of their products. Whoever calls it holds the
    /// orders' rows in the ledger.
    static let addItems = Query(
        "product.add_items", takes: [String].self, [String].self, [String].self, [String].self, [String].self,
        [String].self, [String].self, [Int].self, [Int].self, [Date].self,
        sql: """
            WITH incoming AS (
                SELECT * FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::bigint[],
                    $10::timestamptz[]) AS n(order_id, source, sku, name, currency, quantity, revenue, at)),
            old AS (SELECT * FROM order_item WHERE \(isOfOrders)),
            removed AS (
                DELETE FROM order_item o WHERE \(isOfOrders) AND NOT EXISTS (
                    SELECT 1 FROM incoming i WHERE i.order_id = o.order_id AND i.source = o.source AND i.sku = o.sku)),
            \(replaceItems)
            """)

    private static let isOfOrders = """
        order_id = ANY($1::text[]) AND (order_id, source) IN (SELECT * FROM unnest($1::text[], $2::text[]))
        """

    /// SQL: writes the lines `incoming` in the place of `old`, and their differences.
    static let replaceItems = """
        written AS (
                INSERT INTO order_item (order_id, source, sku, currency, quantity, revenue)
                SELECT order_id, source, sku, currency, quantity, revenue FROM incoming
                ON CONFLICT (order_id, sku, source) DO UPDATE SET currency = excluded.currency,
                    quantity = excluded.quantity, revenue = excluded.revenue)
            INSERT INTO product_sales_delta (sku, currency, name, orders, quantity, revenue, last_ordered_at)
            SELECT sku, currency, min(name), sum(orders), sum(quantity), sum(revenue), max(at) FILTER (WHERE at <= now() + interval '2 days')
            FROM (SELECT sku, currency, name, 1 AS orders, quantity, revenue, at FROM incoming
                UNION ALL SELECT sku, currency, NULL, -1, -quantity, -revenue, NULL FROM old) AS both_sides
            GROUP BY sku, currency HAVING sum(orders) <> 0 OR sum(quantity) <> 0 OR sum(revenue) <> 0
        """

    /// Takes up to $1 deltas and adds them to the sums in the same statement, so that none is taken and not added. One process does it at a
    /// time: two that add to the same products would wait for each other's rows. Answers how many it took.
    static let fold = Query(
        "product.fold", takes: Int.self, gives: Int.self,
        sql: """
            WITH mine AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(53, hashtext(current_schema())) AS is_free),
            taken AS (
                DELETE FROM product_sales_delta WHERE ctid = ANY(ARRAY(
                    SELECT d.ctid FROM product_sales_delta d WHERE (SELECT is_free FROM mine) LIMIT $1 FOR UPDATE SKIP LOCKED))
                RETURNING *),
            folded AS (
                INSERT INTO product_sales AS s (sku, currency, name, orders, quantity, revenue, last_ordered_at)
                SELECT sku, currency, min(name), sum(orders), sum(quantity), sum(revenue), max(last_ordered_at)
                FROM taken GROUP BY sku, currency ORDER BY sku, currency
                ON CONFLICT (sku, currency) DO UPDATE SET name = coalesce(s.name, excluded.name),
                    orders = s.orders + excluded.orders, quantity = s.quantity + excluded.quantity,
                    revenue = s.revenue + excluded.revenue,
                    last_ordered_at = greatest(s.last_ordered_at, excluded.last_ordered_at))
            SELECT count(*) FROM taken
            """)

    // MARK: Reading

    /// SQL: what was sold of each product, or of one, by currency.
    static func sums(of sku: String? = nil) -> String {
        let condition = sku.map { " WHERE sku = \($0)" } ?? ""
        func part(_ table: String) -> String {
            "SELECT sku, currency, name, orders, quantity, revenue, last_ordered_at FROM \(table)\(condition)"
        }
        return """
            SELECT sku, currency, min(name) AS name, sum(orders)::bigint AS orders, sum(quantity) AS quantity,
                sum(revenue) AS revenue, max(last_ordered_at) AS last_ordered_at
            FROM (\(part("product_sales")) UNION ALL \(part("product_sales_delta"))) AS parts GROUP BY sku, currency
            """
    }

    /// A product as JSON, as the routes show it, of its SKU `k.sku`: what the master says, or the name on an order where it has said nothing.
    private static let json = """
        json_build_object('sku', k.sku, 'name', coalesce(p.name, s.name), 'category', p.category,
            'price', (p.price * 0.0001)::text, 'currency', p.currency,
            'isDiscontinued', coalesce(p.is_discontinued, false), 'sales', s.sales)::text
        """
    private static let parts = """
        LEFT JOIN product p ON p.sku = k.sku
        CROSS JOIN LATERAL (
            SELECT min(name) AS name, coalesce(json_agg(json_build_object('currency', s.currency, 'orders', s.orders,
                'quantity', (s.quantity * 0.0001)::text, 'revenue', (s.revenue * 0.0001)::text,
                'lastOrderedAt', s.last_ordered_at) ORDER BY s.revenue DESC), '[]') AS sales
            FROM (\(sums(of: "k.sku"))) AS s) s
        """

    static let get = Query(
        "product.get", takes: String.self, gives: String.self,
        sql: """
            SELECT \(json) FROM (SELECT $1::text AS sku) k \(parts)
            WHERE p.sku IS NOT NULL OR s.name IS NOT NULL
            """)

    /// Products of the master and of orders, by SKU.
    static let page = Query(
        "product.page", takes: String.self, Int.self, gives: String.self, String.self,
        sql: """
            SELECT \(json), k.sku FROM (
                \(["product", "product_sales", "product_sales_delta"].map {
                    "(SELECT DISTINCT sku FROM \($0) WHERE sku > $1 ORDER BY sku LIMIT $2)"
                }.joined(separator: " UNION "))
                ORDER BY sku LIMIT $2) k \(parts) ORDER BY k.sku
            """)
}
