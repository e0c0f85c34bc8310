import FoundationEssentials
import Postgres
import ServiceKit

/// The SQL of customers, their orders and shipments.
enum CustomerStore {
    static let statements: [any Preparable] = [upsert, order, ship, byPhone, byMail, cards]

    static let upsert = Query(
        "customer.upsert",
        takes: [UUID].self, [String].self, [String?].self, [String?].self, [String?].self, [String?].self,
        sql: """
            INSERT INTO customer AS c (party_id, name, email, phone, language, customer_no)
            SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
            ON CONFLICT (party_id) DO UPDATE SET name = excluded.name, email = excluded.email, phone = excluded.phone,
                language = excluded.language, customer_no = excluded.customer_no
            """)

    /// The newest state of orders, by the rule of the ledgers: under one customer number the topic's order counts, and else the ERP's
    /// own time.
    static let order = Query(
        "customer.order",
        takes: [String].self, [UUID?].self, [String].self, [Date].self, [String].self, [Int].self, [Date?].self,
        sql: """
            INSERT INTO customer_order AS o (id, party_id, status, placed_at, currency, total, told_at)
            SELECT * FROM unnest($1::text[], $2::uuid[], $3::text[], $4::timestamptz[], $5::text[], $6::bigint[],
                $7::timestamptz[])
            ON CONFLICT (id) DO UPDATE SET party_id = excluded.party_id, status = excluded.status,
                placed_at = excluded.placed_at, currency = excluded.currency, total = excluded.total,
                told_at = excluded.told_at
            WHERE o.party_id = excluded.party_id
                OR ((excluded.told_at, excluded.party_id) < (o.told_at, o.party_id)) IS NOT TRUE
            """)

    static let ship = Query(
        "customer.ship",
        takes: [String].self, [UUID?].self, [String].self, String.self, [Date].self, [String?].self, [Date?].self,
        [String?].self,
        sql: """
            INSERT INTO shipment AS s (id, party_id, order_id, status, at, carrier, expected_at, reason)
            SELECT n.id, n.party_id, n.order_id, $4, n.at, n.carrier, n.expected_at, n.reason
            FROM unnest($1::text[], $2::uuid[], $3::text[], $5::timestamptz[], $6::text[], $7::timestamptz[], $8::text[])
                AS n(id, party_id, order_id, at, carrier, expected_at, reason)
            ON CONFLICT (id) DO UPDATE SET status = excluded.status, at = excluded.at,
                carrier = coalesce(excluded.carrier, s.carrier),
                expected_at = coalesce(excluded.expected_at, s.expected_at), reason = excluded.reason
            WHERE excluded.at >= s.at
            """)

    static let byPhone = Query(
        "customer.by_phone", takes: String.self, gives: UUID.self,
        sql: """
            SELECT DISTINCT coalesce(r.survivor_id, c.party_id) AS id
            FROM customer c LEFT JOIN party_redirect r USING (party_id)
            WHERE reverse(c.phone) LIKE $1 ORDER BY id LIMIT 5
            """)

    static let byMail = Query(
        "customer.by_mail", takes: String.self, gives: UUID.self,
        sql: """
            SELECT DISTINCT coalesce(r.survivor_id, c.party_id) AS id
            FROM customer c LEFT JOIN party_redirect r USING (party_id)
            WHERE lower(c.email) = lower($1) ORDER BY id LIMIT 5
            """)

    /// What whoever answers the telephone needs, for each party that is known at all, with what those merged into it brought.
    static let cards = Query(
        "customer.cards", takes: [UUID].self, gives: String.self,
        sql: """
            SELECT coalesce(json_agg(card.json ORDER BY card.party_id), '[]')::text FROM (
                SELECT p.party_id, json_build_object('partyId', p.party_id,
                    'customer', CASE WHEN c.party_id IS NOT NULL THEN json_build_object('name', c.name,
                        'email', c.email, 'phone', c.phone, 'language', c.language, 'customerNo', c.customer_no) END,
                    'openTickets', t.list, 'orders', o.list, 'shipments', s.list) AS json
                FROM (SELECT party_id, \(Redirects.circle("u.party_id")) AS circle
                    FROM unnest($1::uuid[]) AS u(party_id)) p
                LEFT JOIN customer c USING (party_id)
                CROSS JOIN LATERAL (
                    SELECT coalesce(json_agg(\(Ticket.record.json)::json ORDER BY o.created_at DESC), '[]') AS list,
                        count(*) AS n
                    FROM (SELECT * FROM ticket WHERE party_id = ANY(p.circle) AND status <> 'resolved'
                        ORDER BY created_at DESC LIMIT 20) o) t
                CROSS JOIN LATERAL (
                    SELECT coalesce(json_agg(json_build_object('orderId', o.id, 'status', o.status,
                        'placedAt', o.placed_at, 'total', (o.total / 10000.0)::numeric(20, 4)::text,
                        'currency', o.currency)
                        ORDER BY o.placed_at DESC), '[]') AS list, count(*) AS n
                    FROM (SELECT * FROM customer_order WHERE party_id = ANY(p.circle)
                        ORDER BY placed_at DESC LIMIT 10) o) o
                CROSS JOIN LATERAL (
                    SELECT coalesce(json_agg(json_build_object('shipmentId', s.id, 'orderId', s.order_id,
                        'status', s.status, 'at', s.at, 'carrier', s.carrier, 'expectedAt', s.expected_at,
                        'reason', s.reason) ORDER BY s.at DESC), '[]') AS list, count(*) AS n
                    FROM (SELECT * FROM shipment WHERE party_id = ANY(p.circle) ORDER BY at DESC LIMIT 10) s) s
                WHERE c.party_id IS NOT NULL OR t.n + o.n + s.n > 0) card
            """)
}
