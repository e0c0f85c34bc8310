import FoundationEssentials
import Postgres

/// The SQL of the lines of orders whose states count, and of those that are kept aside as other customer numbers of their orders count.
/// Whoever calls it holds the orders' rows in the ledger.
enum ItemStore {
    static let statements: [any Preparable] = [claim, putAside, keepAside, recall]

    /// Gives the lines of orders whose ERP is known now its name.
    static let claim = Query(
        "item.claim", takes: [String].self, [String].self,
        sql: """
            UPDATE order_item o SET source = n.source FROM unnest($1::text[], $2::text[]) AS n(order_id, source)
            WHERE o.order_id = n.order_id AND o.source = ''
            """)

    /// Copies the lines of orders that count under another customer number now aside, under the party of the number before.
    static let putAside = Query(
        "item.put_aside", takes: [String].self, [String].self, [UUID].self,
        sql: """
            WITH moved AS (SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[]) AS n(order_id, source, party_id)),
            items AS (
                SELECT o.*, m.party_id FROM moved m JOIN order_item o ON o.order_id = m.order_id AND o.source = m.source),
            gone AS (
                DELETE FROM order_item_elsewhere e USING moved m
                WHERE e.order_id = m.order_id AND e.source = m.source AND e.party_id = m.party_id AND NOT EXISTS (
                    SELECT FROM items i WHERE i.order_id = e.order_id AND i.source = e.source AND i.party_id = e.party_id
                        AND i.sku = e.sku))
            INSERT INTO order_item_elsewhere (order_id, source, party_id, sku, currency, quantity, revenue)
            SELECT order_id, source, party_id, sku, currency, quantity, revenue FROM items
            ON CONFLICT (order_id, source, party_id, sku) DO UPDATE SET currency = excluded.currency,
                quantity = excluded.quantity, revenue = excluded.revenue
            """)

    /// Keeps the lines, from $4 on, of the states in the first three that do not count.
    static let keepAside = Query(
        "item.keep_aside", takes: [String].self, [String].self, [UUID].self, [String].self, [String].self, [UUID].self,
        [String].self, [String?].self, [String].self, [Int].self, [Int].self,
        sql: """
            WITH items AS (
                SELECT * FROM unnest($4::text[], $5::text[], $6::uuid[], $7::text[], $8::text[], $9::text[], $10::bigint[],
                    $11::bigint[]) AS n(order_id, source, party_id, sku, name, currency, quantity, revenue)),
            gone AS (
                DELETE FROM order_item_elsewhere e
                USING unnest($1::text[], $2::text[], $3::uuid[]) AS n(order_id, source, party_id)
                WHERE e.order_id = n.order_id AND e.source = n.source AND e.party_id = n.party_id AND NOT EXISTS (
                    SELECT FROM items i WHERE i.order_id = e.order_id AND i.source = e.source AND i.party_id = e.party_id
                        AND i.sku = e.sku))
            INSERT INTO order_item_elsewhere (order_id, source, party_id, sku, name, currency, quantity, revenue)
            SELECT * FROM items
            ON CONFLICT (order_id, source, party_id, sku) DO UPDATE SET name = excluded.name,
                currency = excluded.currency, quantity = excluded.quantity, revenue = excluded.revenue
            """)

    /// Puts the lines of states that count again in the place of those of their orders, and tells by how much that moves the sums.
    static let recall = Query(
        "item.recall", takes: [String].self, [String].self, [UUID].self,
        sql: """
            WITH recalled AS (SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[]) AS n(order_id, source, party_id)),
            incoming AS (
                SELECT e.order_id, e.source, e.sku, e.name, e.currency, e.quantity, e.revenue, d.at
                FROM recalled n JOIN order_item_elsewhere e
                    ON e.order_id = n.order_id AND e.source = n.source AND e.party_id = n.party_id
                JOIN erp_document d ON d.id = n.order_id AND d.kind = 'order' AND d.source = n.source),
            old AS (
                SELECT o.* FROM recalled n JOIN order_item o ON o.order_id = n.order_id AND o.source = n.source),
            removed AS (
                DELETE FROM order_item o USING recalled n
                WHERE o.order_id = n.order_id AND o.source = n.source AND NOT EXISTS (
                    SELECT FROM incoming i WHERE i.order_id = o.order_id AND i.source = o.source AND i.sku = o.sku)),
            \(ProductStore.replaceItems)
            """)
}
