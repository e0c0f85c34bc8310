import CRMModel
import EventLoop
import FoundationEssentials
import Postgres
import ServiceKit
import Telemetry

/// What the benchmarks need of value: a filled schema, and the time of each pass over it.
extension ContactsService {
    /// Fills an empty schema with orders of three years, five lines each: customers are drawn unevenly (a tenth of them places four orders
    /// in ten). Indexes are made anew behind it, as a restored database has them. The customers' numbers are `prefix` and 0 to
    /// `customers` - 1.
    @Loop
    public static func benchFill(
        _ settings: PostgresSettings, orders: Int, customers: Int, prefix: String
    ) async throws {
        var patient = settings
        patient.statementTimeout = 0
        let connection = try await PostgresConnection.open(patient)
        defer { connection.close() }
        func run(_ sql: String, _ values: [UUID]? = nil, from first: Int = 0) async throws {
            let statement = Statement("bench.\(sql.hashValue)", sql)
            _ = try await connection.transaction { transaction in
                if let values { return try await transaction.query(statement, values, first) }
                return try await transaction.query(statement)
            }
        }
        try await run("CREATE TABLE bench_customer (n bigint, id uuid)")
        for first in stride(from: 0, to: customers, by: 20_000) {
            let ids = (first..<min(customers, first + 20_000)).map { ExternalID.party(customerNo: "\(prefix)\($0)") }
            try await run(
                "INSERT INTO bench_customer SELECT $2 + k - 1, id FROM unnest($1) WITH ORDINALITY AS u(id, k)", ids,
                from: first)
        }
        for sql in fill(orders: orders, customers: customers) { try await run(sql) }
    }

    private static func fill(orders: Int, customers: Int) -> [String] {
        return [
            "SELECT setseed(0.5)",
            "ALTER TABLE erp_document DROP CONSTRAINT erp_document_pkey",
            "DROP INDEX erp_document_of_party",
            "ALTER TABLE document_detail DROP CONSTRAINT document_detail_pkey",
            "DROP INDEX document_detail_newest",
            "ALTER TABLE inbox DROP CONSTRAINT inbox_pkey",
            """
            INSERT INTO party (id, kind, name, country)
            SELECT id, 'consumer', 'Bench ' || n, 'C' || n % 40 FROM bench_customer
            """,
            """
            CREATE TABLE bench_order AS SELECT n, 'stored-' || n AS id,
                floor(CASE WHEN n % 10 < 4 THEN random() * \(customers) / 10 ELSE random() * \(customers) END)::bigint AS c,
                timestamptz '2022-01-01' + random() * interval '1095 days' AS at, (100 + n % 5000) * 1000 AS total
            FROM generate_series(1, \(orders)) AS g(n)
            """,
            """
            INSERT INTO erp_document (kind, id, party_id, at, currency, total, status, is_cancelled, lines)
            SELECT 'order', o.id, b.id, at, 'GBP', total, 'open', false, 5 FROM bench_order o JOIN bench_customer b ON b.n = o.c
            """,
            """
            INSERT INTO document_detail (id, kind, currency, at, cost, costed, lines)
            SELECT id, 'order', 'GBP', at, 0, 0, jsonb_build_array(jsonb_build_array((10000 + n % 4000)::text, 30000, 75000),
                jsonb_build_array((10000 + n * 7 % 4000)::text, 60000, 150000),
                jsonb_build_array((10000 + n * 11 % 4000)::text, 10000, 25000),
                jsonb_build_array((10000 + n * 13 % 4000)::text, 10000, 25000),
                jsonb_build_array((10000 + n * 17 % 4000)::text, 120000, 300000)) FROM bench_order
            """,
            "INSERT INTO inbox (id, source, grp) SELECT id, '/bench', 'contacts' FROM bench_order",
            "DROP TABLE bench_order, bench_customer",
            "ALTER TABLE erp_document ADD PRIMARY KEY (id, kind)",
            "CREATE INDEX erp_document_of_party ON erp_document (party_id, at DESC) WHERE party_id IS NOT NULL",
            "ALTER TABLE document_detail ADD PRIMARY KEY (id, kind)",
            "CREATE INDEX document_detail_newest ON document_detail (currency, at DESC)",
            "ALTER TABLE inbox ADD PRIMARY KEY (id, source, grp)",
            """
            INSERT INTO party_month SELECT party_id, date_trunc('month', at)::date, currency, count(*), sum(total)::bigint, 0, 0,
                0, 0, 0, bit_or(1 << (extract(day FROM at)::int - 1)), min(at), max(at) FROM erp_document GROUP BY 1, 2, 3
            """,
            """
            INSERT INTO party_value (party_id, currency, orders, revenue, credits, credited, paid, first_order_at,
                last_order_at, purchase_days, first_day_revenue)
            SELECT party_id, currency, sum(orders), sum(revenue)::bigint, 0, 0, 0, min(first_at), max(last_at),
                sum(bit_count(days::bit(31)))::bigint, (sum(revenue) / sum(orders))::bigint
            FROM party_month GROUP BY 1, 2
            """,
            """
            INSERT INTO sales_cell SELECT 'GBP', 'month', to_char(month, 'YYYY-MM'), 0, sum(orders), sum(revenue)::bigint, 0, 0
            FROM party_month GROUP BY 3
            """,
            "ANALYZE",
        ]
    }

    /// Runs every pass over the base once, and says how many seconds each took.
    @Loop
    public static func benchValue(_ settings: PostgresSettings) async throws -> [(String, Double)] {
        let pool = PostgresPool(settings, size: 2)
        try await pool.start()
        defer { pool.close() }
        let context = ServiceContext(pool: pool, log: Log(service: "bench"), settings: Settings([:]))
        var times: [(String, Double)] = []
        func time(_ name: String, _ work: () async throws -> Void) async throws {
            let begin = Loop.now
            try await work()
            times.append((name, (Loop.now - begin).seconds))
        }
        try await time("edges of the classes refreshed") { try await ValueScale.refresh(context) }
        let id = UUID()
        try await time("models fitted, and every customer foretold") {
            _ = try await pool.query(ModelStore.ask, id, "GBP", 52)
            _ = try await ModelWorker(context).workOne()
        }
        let row = try await pool.query(
            Statement(
                "bench.fit", "SELECT coalesce(fit_seconds, -1), coalesce(error, '') FROM model_run WHERE id = $1"), id)
        if let fit = row.first {
            times.append(("  of it the fits \(try fit.value(1) as String)", try fit.value(0)))
        }
        for report in Report.all {
            try await time("report \(report.name)") { try await Reports.refresh(report, "GBP", context) }
        }
        return times
    }
}
