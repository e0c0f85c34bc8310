import CRMModel
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// The SQL that keeps the values of customers current.
enum ValueStore {
    static let statements: [any Preparable] = [
        addCells, add, recountMonths, recountValues, publish, tellAgain,
    ]

    /// Adds to the sums by month and by hour of the week, of walk-ins too, in the first lane that nobody adds in, so that nobody waits;
    /// where all are taken, in one by the session.
    static let addCells = Query(
        "value.add_cells", takes: [String].self, [String].self, [Date].self, [Int].self, [Int].self, [Bool].self,
        sql: """
            WITH free AS MATERIALIZED (
                SELECT l AS lane FROM generate_series(0, 7) AS g(l)
                WHERE pg_try_advisory_xact_lock(51, (hashtext(current_schema()) & -8) | l) LIMIT 1)
            INSERT INTO sales_cell AS s (currency, dimension, cell, lane, orders, revenue, credits, credited)
            SELECT currency, dimension, cell, (SELECT coalesce(min(lane), pg_backend_pid() & 7) FROM free),
                coalesce(sum(count) FILTER (WHERE kind = 'order'), 0)::bigint,
                \(BoundedSum.of("coalesce(sum(total) FILTER (WHERE kind = 'order'), 0)")),
                coalesce(sum(count) FILTER (WHERE kind = 'credit'), 0)::bigint,
                \(BoundedSum.of("coalesce(sum(total) FILTER (WHERE kind = 'credit'), 0)"))
            FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::bigint[], $5::bigint[], $6::boolean[])
                AS n(kind, currency, at, count, total, is_walk_in)
            CROSS JOIN LATERAL (SELECT \(FirmZone.local("at")) AS local) AS z
            CROSS JOIN LATERAL (VALUES ('month', to_char(local, 'YYYY-MM')), ('hour', to_char(local, 'ID-HH24')),
                ('walk-in', CASE WHEN is_walk_in THEN to_char(local, 'YYYY-MM') END)) AS c(dimension, cell)
            WHERE cell IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
            ON CONFLICT (currency, dimension, cell, lane) DO UPDATE SET orders = s.orders + excluded.orders,
                credits = s.credits + excluded.credits, \(added(["revenue", "credited"], to: "s"))
            """)

    /// Adds documents that are new to the months and the values of their customers, whose rows are locked.
    ///
    /// One grouping upon the other and no joins: the server knows nothing of how many rows an array holds, and would compare all
    /// with all. What a month held before is looked up row by row, by its key.
    static let add = Query(
        "value.add", takes: [String].self, [UUID].self, [String].self, [Date].self, [Int].self, [Int].self, [Int].self,
        sql: """
            WITH incoming AS (
                SELECT *, \(FirmZone.day("at")) AS day
                FROM unnest($1::text[], $2::uuid[], $3::text[], $4::timestamptz[], $5::bigint[], $6::bigint[], $7::bigint[])
                    AS n(kind, party_id, currency, at, total, cost, costed)),
            by_day AS (SELECT party_id, day, currency, \(sums("incoming")) FROM incoming GROUP BY 1, 2, 3),
            by_month AS (
                SELECT party_id, date_trunc('month', day)::date AS month, currency, \(total("by_day")),
                    bit_or(days) AS days, (array_agg(revenue ORDER BY day) FILTER (WHERE orders > 0))[1] AS first_revenue
                FROM by_day GROUP BY 1, 2, 3),
            months AS (
                SELECT n.*, coalesce(o.days, 0) AS old_days FROM by_month n LEFT JOIN LATERAL (
                    SELECT m.days FROM party_month m
                    WHERE m.party_id = n.party_id AND m.month = n.month AND m.currency = n.currency LIMIT 1) o ON true),
            written AS (
                INSERT INTO party_month AS m (party_id, month, currency, orders, revenue, credits, credited, paid, cost, costed,
                    days, first_at, last_at)
                SELECT party_id, month, currency, orders, revenue, credits, credited, paid, cost, costed, days, first_at, last_at
                FROM months
                ON CONFLICT (party_id, month, currency) DO UPDATE SET orders = m.orders + excluded.orders,
                    credits = m.credits + excluded.credits, \(added(money, to: "m")), days = m.days | excluded.days,
                    first_at = least(m.first_at, excluded.first_at), last_at = greatest(m.last_at, excluded.last_at))
            INSERT INTO party_value AS v (\(columns), purchase_days, first_day_revenue)
            SELECT party_id, currency, \(total("months")),
                sum(bit_count((days | old_days)::bit(31)) - bit_count(old_days::bit(31)))::bigint,
                coalesce((array_agg(first_revenue ORDER BY first_at) FILTER (WHERE orders > 0))[1], 0)
            FROM months GROUP BY party_id, currency
            ON CONFLICT (party_id, currency) DO UPDATE SET orders = v.orders + excluded.orders,
                credits = v.credits + excluded.credits, \(added(money, to: "v")),
                purchase_days = v.purchase_days + excluded.purchase_days,
                first_day_revenue = CASE
                    WHEN excluded.first_order_at IS NULL
                        OR \(FirmZone.day("v.first_order_at")) < \(FirmZone.day("excluded.first_order_at"))
                        THEN v.first_day_revenue
                    WHEN \(FirmZone.day("v.first_order_at")) = \(FirmZone.day("excluded.first_order_at"))
                        THEN \(BoundedSum.of("v.first_day_revenue", and: "excluded.first_day_revenue"))
                    ELSE excluded.first_day_revenue END,
                first_order_at = least(v.first_order_at, excluded.first_order_at),
                last_order_at = greatest(v.last_order_at, excluded.last_order_at)
            """)

    /// Counts months of customers anew from the ledger: after a document was changed, cancelled or moved. Each reads no more than the
    /// documents of its month.
    static let recountMonths = Statement(
        "value.recount_months",
        """
        WITH keys AS (
            SELECT DISTINCT party_id, date_trunc('month', \(FirmZone.day("at")))::date AS month, currency
            FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS n(party_id, currency, at)),
        stale AS (INSERT INTO month_stale (currency, month) SELECT DISTINCT currency, month FROM keys),
        documents AS (
            SELECT k.party_id, k.month, k.currency, d.kind, d.at, \(FirmZone.day("d.at")) AS day, d.total, coalesce(x.cost, 0) AS cost,
                coalesce(x.costed, 0) AS costed
            FROM keys k LEFT JOIN erp_document d ON d.party_id = k.party_id AND d.currency = k.currency
                AND d.at >= \(FirmZone.start(of: "k.month"))
                AND d.at < \(FirmZone.start(of: "k.month + interval '1 month'")) AND NOT d.is_cancelled
            LEFT JOIN document_detail x ON x.id = d.id AND x.kind = d.kind AND x.source = d.source)
        INSERT INTO party_month AS m
        SELECT party_id, month, currency, \(sums("documents")) FROM documents GROUP BY 1, 2, 3
        ON CONFLICT (party_id, month, currency) DO UPDATE SET orders = excluded.orders, revenue = excluded.revenue,
            credits = excluded.credits, credited = excluded.credited, paid = excluded.paid, cost = excluded.cost,
            costed = excluded.costed, days = excluded.days, first_at = excluded.first_at, last_at = excluded.last_at
        """)

    /// Adds up the values of customers anew from their months.
    static let recountValues = Statement(
        "value.recount_values",
        """
        WITH keys AS (SELECT DISTINCT * FROM unnest($1::uuid[], $2::text[]) AS n(party_id, currency)),
        sums AS (
            SELECT party_id, currency, \(total("m")),
                coalesce(sum(bit_count(m.days::bit(31))), 0)::bigint AS purchase_days
            FROM keys LEFT JOIN party_month m USING (party_id, currency) GROUP BY 1, 2)
        INSERT INTO party_value AS v (\(columns), purchase_days, first_day_revenue)
        SELECT s.*, (SELECT \(BoundedSum.of("coalesce(sum(d.total), 0)")) FROM erp_document d
            WHERE d.party_id = s.party_id AND d.currency = s.currency AND d.kind = 'order' AND NOT d.is_cancelled
                AND d.at >= \(FirmZone.start(of: FirmZone.day("s.first_at")))
                AND d.at < \(FirmZone.start(of: FirmZone.day("s.first_at") + " + 1")))
        FROM sums s
        ON CONFLICT (party_id, currency) DO UPDATE SET orders = excluded.orders, revenue = excluded.revenue,
            credits = excluded.credits, credited = excluded.credited, paid = excluded.paid, cost = excluded.cost,
            costed = excluded.costed, purchase_days = excluded.purchase_days,
            first_day_revenue = excluded.first_day_revenue, first_order_at = excluded.first_order_at,
            last_order_at = excluded.last_order_at
        """)

    /// Publishes the values of customers, each in the currency in which he bought most.
    static let publish = Statement(
        "value.publish", "\(told(of: "party")) WHERE p.id = ANY($1::uuid[]) ORDER BY p.id")

    /// Publishes them again, each under the party's next version; not of those who were erased.
    static let tellAgain = Statement(
        "value.tell_again",
        """
        WITH raised AS (
            UPDATE party p SET version = p.version + 1
            WHERE p.id = ANY($1::uuid[]) AND EXISTS (SELECT FROM party_value v WHERE v.party_id = p.id)
                AND NOT EXISTS (SELECT FROM erasure e WHERE p.id = ANY(e.parties))
            RETURNING p.id, p.version)
        \(told(of: "raised")) ORDER BY p.id
        """)

    private static func told(of parties: String) -> String {
        """
        \(SQLEvent.insert(
            ValueChanged.self, key: "p.id::text", sequence: "p.version",
            [
                "partyId": "p.id", "orders": "w.orders",
                "revenue": "((w.revenue - w.credited) / 10000.0)::numeric(20, 4)::text", "currency": "w.currency",
                "firstOrderAt": "w.first_order_at", "lastOrderAt": "w.last_order_at",
            ]))
        FROM \(parties) p JOIN LATERAL (
            SELECT * FROM party_value v WHERE v.party_id = p.id ORDER BY v.revenue DESC, v.currency LIMIT 1) w ON true
        """
    }

    private static let columns = """
        party_id, currency, orders, revenue, credits, credited, paid, cost, costed, first_order_at, last_order_at
        """

    /// The sums of money.
    private static let money = ["revenue", "credited", "paid", "cost", "costed"]

    /// Adds what is new to sums of money of a row.
    private static func added(_ columns: [String], to row: String) -> String {
        columns.map { "\($0) = \(BoundedSum.of("\(row).\($0)", and: "excluded.\($0)"))" }.joined(separator: ", ")
    }

    /// The sums of documents, in the order of the columns of `party_month`.
    private static func sums(_ table: String) -> String {
        func sum(_ kind: String) -> String {
            BoundedSum.of("coalesce(sum(\(table).total) FILTER (WHERE \(table).kind = '\(kind)'), 0)")
        }
        func signed(_ column: String) -> String {
            BoundedSum.of(
                "coalesce(sum(CASE \(table).kind WHEN 'order' THEN \(table).\(column) "
                    + "WHEN 'credit' THEN -\(table).\(column) END), 0)")
        }
        return """
            count(*) FILTER (WHERE \(table).kind = 'order') AS orders, \(sum("order")) AS revenue,
                count(*) FILTER (WHERE \(table).kind = 'credit') AS credits, \(sum("credit")) AS credited,
                \(sum("payment")) AS paid, \(signed("cost")) AS cost, \(signed("costed")) AS costed,
                coalesce(bit_or(1 << (extract(day FROM \(table).day)::int - 1))
                    FILTER (WHERE \(table).kind = 'order'), 0) AS days,
                min(\(table).at) FILTER (WHERE \(table).kind = 'order') AS first_at,
                max(\(table).at) FILTER (WHERE \(table).kind = 'order') AS last_at
            """
    }

    /// The sums of months, in the order of `columns`.
    private static func total(_ table: String) -> String {
        let sums = ["orders", "revenue", "credits", "credited", "paid", "cost", "costed"]
            .map { "\(BoundedSum.of("coalesce(sum(\(table).\($0)), 0)")) AS \($0)" }.joined(separator: ", ")
        return "\(sums), min(\(table).first_at) AS first_at, max(\(table).last_at) AS last_at"
    }
}
