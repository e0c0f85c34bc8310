import CRMModel
import EventLoop
import FoundationEssentials
import Postgres

/// Orders that contacts has stored already.
enum StoredOrders {
    /// Fills an empty schema with orders of three years, five lines each: customers are drawn unevenly (a tenth of them places four orders
    /// in ten). Indexes are made anew behind it, as a restored database has them, on two sessions at once. The customers' numbers are
    /// `prefix` and 0 to `customers` - 1.
    @Loop
    static func fill(
        _ settings: PostgresSettings, orders: Int, customers: Int, prefix: String
    ) async throws {
        var patient = settings
        patient.statementTimeout = 0
        let sessions = [try await PostgresConnection.open(patient), try await PostgresConnection.open(patient)]
        defer { for session in sessions { session.close() } }
        for session in sessions { try await run(room, on: session) }
        try await run(["CREATE UNLOGGED TABLE bench_customer (n bigint, id uuid)"], on: sessions[0])
        for first in stride(from: 0, to: customers, by: 20_000) {
            let numbers = first..<min(customers, first + 20_000)
            let ids = try await Loop.offload { numbers.map { ExternalID.party(customerNo: "\(prefix)\($0)") } }
            _ = try await sessions[0].transaction { try await $0.query(addCustomers, ids, first) }
        }
        try await run(makeOrders(orders, customers), on: sessions[0])
        let other = Task { @Loop in try await run(details, on: sessions[1]) }
        try await run(ledger, on: sessions[0])
        try await other.value
        try await run(
            ["DROP TABLE bench_order, bench_customer, bench_lines", "ANALYZE"], on: sessions[0])
    }

    @Loop
    private static func run(_ list: [String], on session: PostgresConnection) async throws {
        for sql in list {
            _ = try await session.transaction { try await $0.query(Statement("bench.\(sql.hashValue)", sql)) }
        }
    }

    private static let addCustomers = Statement(
        "bench.customers",
        "INSERT INTO bench_customer SELECT $2 + k - 1, id FROM unnest($1) WITH ORDINALITY AS u(id, k)")

    private static let room = [
        """
        SELECT set_config('maintenance_work_mem', '512MB', false), set_config('work_mem', '256MB', false),
            set_config('synchronous_commit', 'off', false), setseed(0.5)
        """
    ]

    /// The orders, and five lines of four thousand kinds for them.
    private static func makeOrders(_ orders: Int, _ customers: Int) -> [String] {
        [
            """
            CREATE UNLOGGED TABLE bench_order AS SELECT o.*, b.id AS party_id FROM (
                SELECT n, 'stored-' || n AS id,
                    floor(CASE WHEN n % 10 < 4 THEN random() * \(customers) / 10 ELSE random() * \(customers) END)::bigint AS c,
                    timestamptz '2022-01-01' + random() * interval '1095 days' AS at, (100 + n % 5000) * 1000 AS total
                FROM generate_series(1, \(orders)) AS g(n)) o JOIN bench_customer b ON b.n = o.c
            """,
            """
            CREATE UNLOGGED TABLE bench_lines AS SELECT n, jsonb_build_array(
                jsonb_build_array((10000 + n)::text, 30000, 75000),
                jsonb_build_array((10000 + n * 7 % 4000)::text, 60000, 150000),
                jsonb_build_array((10000 + n * 11 % 4000)::text, 10000, 25000),
                jsonb_build_array((10000 + n * 13 % 4000)::text, 10000, 25000),
                jsonb_build_array((10000 + n * 17 % 4000)::text, 120000, 300000)) AS lines
            FROM generate_series(0, 3999) AS g(n)
            """,
            "ANALYZE bench_order, bench_lines, bench_customer",
        ]
    }

    private static let ledger = [
        "ALTER TABLE erp_document DROP CONSTRAINT erp_document_pkey",
        "DROP INDEX erp_document_of_party",
        """
        INSERT INTO erp_document (source, kind, id, party_id, at, currency, total, status, is_cancelled, lines)
        SELECT '/bench', 'order', id, party_id, at, 'GBP', total, 'open', false, 5 FROM bench_order
        """,
        "ALTER TABLE erp_document ADD PRIMARY KEY (id, kind, source)",
        "CREATE INDEX erp_document_of_party ON erp_document (party_id, at DESC) WHERE party_id IS NOT NULL",
        "ALTER TABLE party_month DROP CONSTRAINT party_month_pkey",
        """
        INSERT INTO party_month SELECT party_id, date_trunc('month', at)::date, 'GBP', count(*), sum(total)::bigint, 0, 0,
            0, 0, 0, bit_or(1 << (extract(day FROM at)::int - 1)), min(at), max(at) FROM bench_order GROUP BY 1, 2
        """,
        "ALTER TABLE party_month ADD PRIMARY KEY (party_id, month, currency)",
        """
        INSERT INTO party_value (party_id, currency, orders, revenue, credits, credited, paid, first_order_at,
            last_order_at, purchase_days, first_day_revenue)
        SELECT party_id, currency, sum(orders), sum(revenue)::bigint, 0, 0, 0, min(first_at), max(last_at),
            sum(bit_count(days::bit(31)))::bigint, (sum(revenue) / sum(orders))::bigint
        FROM party_month GROUP BY 1, 2
        """,
        """
        INSERT INTO party_stage (party_id, stage, cause, last_order_at, due_at)
        SELECT party_id, CASE WHEN orders >= 3 THEN 'loyal' ELSE 'customer' END, 'bench', last_order_at,
            last_order_at + interval '180 days' FROM party_value
        """,
        """
        INSERT INTO sales_cell SELECT 'GBP', 'month', to_char(month, 'YYYY-MM'), 0, sum(orders), sum(revenue)::bigint, 0, 0
        FROM party_month GROUP BY 3
        """,
    ]

    private static let details = [
        "ALTER TABLE party DISABLE TRIGGER USER",
        """
        INSERT INTO party (id, kind, name, country, sort_name, search_text, search_terms)
        SELECT id, 'consumer', 'Bench ' || n, 'C' || n % 40, 'bench ' || n, 'bench ' || n, '{}' FROM bench_customer
        """,
        "ALTER TABLE party ENABLE TRIGGER USER",
        "ALTER TABLE document_detail DROP CONSTRAINT document_detail_pkey",
        "DROP INDEX document_detail_newest",
        """
        INSERT INTO document_detail (source, id, kind, currency, at, cost, costed, lines)
        SELECT '/bench', o.id, 'order', 'GBP', o.at, 0, 0, l.lines FROM bench_order o JOIN bench_lines l ON l.n = o.n % 4000
        """,
        "ALTER TABLE document_detail ADD PRIMARY KEY (id, kind, source)",
        "CREATE INDEX document_detail_newest ON document_detail (currency, at DESC)",
        "ALTER TABLE inbox DROP CONSTRAINT inbox_pkey",
        "INSERT INTO inbox (id, source, grp) SELECT id, '/bench', 'contacts' FROM bench_order",
        "ALTER TABLE inbox ADD PRIMARY KEY (id, source, grp)",
    ]
}
