import FoundationEssentials
import Postgres

/// The SQL of quotes.
enum QuoteStore {
    static let statements: [any Preparable] = [
        insert, insertLines, lock, lines, setStatus, recover, recoverLines, known, get, ofOpportunity,
    ]

    /// Which of some quotes there are.
    static let known = Query(
        "quote.known", takes: [UUID].self, gives: UUID.self, sql: "SELECT id FROM quote WHERE id = ANY($1::uuid[])")

    /// A quote as JSON, as the routes show it. `q` is the quote.
    private static let json = """
        json_build_object('id', q.id, 'version', q.version, 'opportunityId', q.opportunity_id, 'status', q.status,
            'currency', q.currency, 'total', (q.total * 0.0001)::text, 'tax', (q.tax * 0.0001)::text,
            'totalWithTax', ((q.total + q.tax) * 0.0001)::text, 'validUntil', q.valid_until, 'createdAt', q.created_at,
            'updatedAt', q.updated_at,
            'orderRequest', (SELECT json_build_object('id', r.id, 'status', r.status, 'orderId', r.order_id)
                FROM order_request r WHERE r.quote_id = q.id ORDER BY r.requested_at DESC, r.id LIMIT 1),
            'lines', (SELECT coalesce(json_agg(json_build_object('sku', l.sku, 'name', l.name,
                'quantity', (l.quantity * 0.0001)::text, 'unitPrice', (l.unit_price * 0.0001)::text,
                'discountPercent', (l.discount_percent * 0.0001)::text, 'netPrice', (l.net_price * 0.0001)::text,
                'total', (l.total * 0.0001)::text, 'taxPercent', (l.tax_percent * 0.0001)::text,
                'tax', (l.tax * 0.0001)::text) ORDER BY l.position), '[]')
                FROM quote_line l WHERE l.quote_id = q.id))::text
        """

    static let insert = Query(
        "quote.insert", takes: UUID.self, UUID.self, String.self, Int.self, Int.self, String?.self,
        sql: """
            INSERT INTO quote (id, opportunity_id, currency, total, tax, valid_until)
            VALUES ($1, $2, $3, $4, $5, $6::text::date)
            """)

    static let insertLines = Query(
        "quote.insert_lines", takes: UUID.self, [Int].self, [String].self, [String].self, [Int].self, [Int].self,
        [Int].self, [Int].self, [Int].self, [Int].self, [Int].self,
        sql: """
            INSERT INTO quote_line
                (quote_id, position, sku, name, quantity, unit_price, discount_percent, net_price, total, tax_percent, tax)
            SELECT $1, n.* FROM unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[],
                $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[]) AS n
            """)

    static let lock = Query(
        "quote.lock", takes: UUID.self, gives: Int.self, String.self, UUID.self, String.self, Int.self, Int.self,
        String?.self,
        sql: """
            SELECT version, status, opportunity_id, currency, total, tax, valid_until::text FROM quote WHERE id = $1
            FOR UPDATE
            """)

    static let lines = Query(
        "quote.lines", takes: UUID.self, gives: String.self, String.self, Int.self, Int.self, Int.self, Int.self,
        Int.self, Int.self, Int.self,
        sql: """
            SELECT sku, name, quantity, unit_price, discount_percent, net_price, total, tax_percent, tax
            FROM quote_line WHERE quote_id = $1 ORDER BY position
            """)

    static let setStatus = Query(
        "quote.set_status", takes: UUID.self, String.self,
        sql: "UPDATE quote SET version = version + 1, status = $2, updated_at = now() WHERE id = $1")

    /// A quote that was accepted, or is a draft again, as it was told, where nothing newer is known of it.
    static let recover = Query(
        "quote.recover",
        takes: UUID.self, Int.self, UUID.self, String.self, Int.self, Date.self, String.self, Int.self, String?.self,
        Bool.self,
        sql: """
            INSERT INTO quote AS q
                (id, version, opportunity_id, status, currency, total, created_at, updated_at, tax, valid_until)
            VALUES ($1, $2, $3, $7, $4, $5, $6, $6, $8, $9::text::date)
            ON CONFLICT (id) DO UPDATE SET version = excluded.version, status = excluded.status,
                currency = excluded.currency, total = excluded.total, updated_at = excluded.updated_at,
                tax = excluded.tax, valid_until = excluded.valid_until
            WHERE q.version < excluded.version OR $10
            """)

    /// The lines of a quote as the ERP was asked for them, where none are known.
    static let recoverLines = Query(
        "quote.recover_lines", takes: UUID.self, [Int].self, [String].self, [String].self, [Int].self, [Int].self,
        [Int].self, [Int].self, [Int].self, [Int].self, [Int].self,
        sql: """
            INSERT INTO quote_line
                (quote_id, position, sku, name, quantity, net_price, total, unit_price, discount_percent, tax_percent, tax)
            SELECT $1, n.* FROM unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[],
                $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[]) AS n
            WHERE NOT EXISTS (SELECT FROM quote_line l WHERE l.quote_id = $1)
            """)

    static let get = Query(
        "quote.get", takes: UUID.self, gives: String.self, Int.self,
        sql: "SELECT \(json), q.version FROM quote q WHERE q.id = $1")

    static let ofOpportunity = Query(
        "quote.of_opportunity", takes: UUID.self, UUID?.self, Int.self, gives: String.self, UUID.self,
        sql: """
            SELECT \(json), q.id FROM quote q
            WHERE q.opportunity_id = $1 AND ($2::uuid IS NULL OR q.id < $2) ORDER BY q.id DESC LIMIT $3
            """)
}
