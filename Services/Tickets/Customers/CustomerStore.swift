import FoundationEssentials
import Postgres
import ServiceKit

/// The SQL of customers, their orders and shipments.
enum CustomerStore {
    static let statements: [any Preparable] = [
        upsert, keepOthers, end, claimOrders, order, claimShipments, ship, byPhone, byMail, cards,
    ]

    static let upsert = Query(
        "customer.upsert",
        takes: [UUID].self, [String].self, [String?].self, [String?].self, [String?].self, [String?].self,
        sql: """
            INSERT INTO customer AS c (party_id, name, email, phone, language, customer_no)
            SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
            ON CONFLICT (party_id) DO UPDATE SET name = excluded.name, email = excluded.email, phone = excluded.phone,
                language = excluded.language, customer_no = excluded.customer_no
            """)

    /// The further addresses and numbers of parties: those that are given, and no others.
    static let keepOthers = Query(
        "customer.keep_others", takes: [UUID].self, [UUID].self, [String].self, [String].self,
        sql: """
            WITH told AS (SELECT * FROM unnest($2::uuid[], $3::text[], $4::text[]) AS n(party_id, kind, value)),
            gone AS (
                DELETE FROM customer_address a WHERE a.party_id = ANY($1::uuid[])
                    AND NOT EXISTS (SELECT FROM told t WHERE (t.party_id, t.kind, t.value) = (a.party_id, a.kind, a.value)))
            INSERT INTO customer_address (party_id, kind, value) SELECT DISTINCT * FROM told ORDER BY 1, 2, 3
            ON CONFLICT DO NOTHING
            """)

    /// Parties that are gone, or of whom what contacts said has ended.
    static let end = Query(
        "customer.end", takes: [UUID].self,
        sql: """
            WITH others AS (DELETE FROM customer_address WHERE party_id = ANY($1::uuid[]))
            DELETE FROM customer WHERE party_id = ANY($1::uuid[])
            """)

    // MARK: Orders

    /// Gives states without a source that of those told under their number, of the same customer.
    static let claimOrders = Query(
        "customer.claim_orders", takes: [String].self, [String].self, [UUID].self,
        sql: """
            UPDATE customer_order o SET source = n.source
            FROM unnest($1::text[], $2::text[], $3::uuid[]) AS n(id, source, party_id)
            WHERE EXISTS (SELECT FROM customer_order WHERE source = '') AND o.source = '' AND n.source <> ''
                AND o.id = n.id AND o.party_id = n.party_id AND NOT EXISTS (
                    SELECT FROM customer_order k WHERE k.id = n.id AND k.source = n.source AND k.party_id = n.party_id)
            """)

    /// The last state of orders under each customer number, and the latest time told there, by the rule of the ledgers
    /// (`DocumentStates`). $11 says that they may come behind states that were told after them.
    static let order = Query(
        "customer.order",
        takes: [String].self, [String].self, [UUID].self, [Int?].self, [Date?].self, [Bool].self, [String].self,
        [Date].self, [String].self, [Int].self, Bool.self,
        sql: """
            INSERT INTO customer_order AS o
                (id, source, party_id, off, told_at, is_cancelled, status, placed_at, currency, total)
            SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::bigint[], $5::timestamptz[], $6::boolean[],
                $7::text[], $8::timestamptz[], $9::text[], $10::bigint[])
            ON CONFLICT (id, source, party_id) DO UPDATE SET told_at = greatest(o.told_at, excluded.told_at),
                \(["off", "is_cancelled", "status", "placed_at", "currency", "total"].map {
                    "\($0) = CASE WHEN \(isNewer) THEN excluded.\($0) ELSE o.\($0) END"
                }.joined(separator: ", "))
            """)

    private static let isNewer = """
        (NOT $11::boolean OR CASE WHEN o.off IS NULL OR excluded.off IS NULL
            THEN (excluded.told_at < o.told_at) IS NOT TRUE ELSE excluded.off >= o.off END)
        """

    /// SQL: whether a state `o` is the one of its order that counts, by the rule of the ledgers (`DocumentStates`).
    static let counts = """
        NOT EXISTS (SELECT FROM customer_order k WHERE k.id = o.id AND k.source = o.source
            AND (coalesce(k.told_at, '-infinity'), NOT k.is_cancelled, k.party_id)
                > (coalesce(o.told_at, '-infinity'), NOT o.is_cancelled, o.party_id))
        """

    // MARK: Shipments

    /// Gives shipments without a source that of those told under their number.
    static let claimShipments = Query(
        "customer.claim_shipments", takes: [String].self, [String].self,
        sql: """
            UPDATE shipment s SET source = n.source FROM unnest($1::text[], $2::text[]) AS n(id, source)
            WHERE EXISTS (SELECT FROM shipment WHERE source = '') AND s.source = '' AND n.source <> '' AND s.id = n.id
                AND NOT EXISTS (SELECT FROM shipment k WHERE k.id = n.id AND k.source = n.source)
            """)

    static let ship = Query(
        "customer.ship",
        takes: [String].self, [String].self, [UUID?].self, [String].self, String.self, [Date].self, [String?].self,
        [Date?].self, [String?].self,
        sql: """
            INSERT INTO shipment AS s (id, source, party_id, order_id, status, at, carrier, expected_at, reason)
            SELECT n.id, n.source, n.party_id, n.order_id, $5, n.at, n.carrier, n.expected_at, n.reason
            FROM unnest($1::text[], $2::text[], $3::uuid[], $4::text[], $6::timestamptz[], $7::text[], $8::timestamptz[],
                $9::text[]) AS n(id, source, party_id, order_id, at, carrier, expected_at, reason)
            ON CONFLICT (id, source) DO UPDATE SET status = excluded.status, at = excluded.at,
                carrier = coalesce(excluded.carrier, s.carrier),
                expected_at = coalesce(excluded.expected_at, s.expected_at), reason = excluded.reason
            WHERE excluded.at >= s.at
            """)

    // MARK: Reading

    static let byPhone = Query(
        "customer.by_phone", takes: String.self, gives: UUID.self,
        sql: """
            SELECT DISTINCT coalesce(r.survivor_id, c.party_id) AS id FROM (
                SELECT party_id FROM customer WHERE reverse(phone) LIKE $1
                UNION ALL SELECT party_id FROM customer_address WHERE kind = 'phone' AND reverse(value) LIKE $1) c
            LEFT JOIN party_redirect r USING (party_id) ORDER BY id LIMIT 5
            """)

    static let byMail = Query(
        "customer.by_mail", takes: String.self, gives: UUID.self,
        sql: """
            SELECT DISTINCT coalesce(r.survivor_id, c.party_id) AS id FROM (
                SELECT party_id FROM customer WHERE lower(email) = lower($1)
                UNION ALL SELECT party_id FROM customer_address WHERE kind = 'mail' AND lower(value) = lower($1)) c
            LEFT JOIN party_redirect r USING (party_id) ORDER BY id LIMIT 5
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
                    SELECT coalesce(json_agg(json_build_object('orderId', o.id, 'source', o.source, 'status', o.status,
                        'placedAt', o.placed_at, 'total', (o.total / 10000.0)::numeric(20, 4)::text,
                        'currency', o.currency)
                        ORDER BY o.placed_at DESC), '[]') AS list, count(*) AS n
                    FROM (SELECT * FROM customer_order o WHERE party_id = ANY(p.circle) AND \(counts)
                        ORDER BY placed_at DESC LIMIT 10) o) o
                CROSS JOIN LATERAL (
                    SELECT coalesce(json_agg(json_build_object('shipmentId', s.id, 'source', s.source, 'orderId', s.order_id,
                        'status', s.status, 'at', s.at, 'carrier', s.carrier, 'expectedAt', s.expected_at,
                        'reason', s.reason) ORDER BY s.at DESC), '[]') AS list, count(*) AS n
                    FROM (SELECT * FROM shipment WHERE party_id = ANY(p.circle) ORDER BY at DESC LIMIT 10) s) s
                WHERE c.party_id IS NOT NULL OR t.n + o.n + s.n > 0) card
            """)
}
