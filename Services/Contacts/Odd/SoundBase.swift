import ServiceKit

/// The customers of the base by their sound documents: what classes, models and reports count.
///
/// An ERP that dates an order 2062 or the year 1, or sells for a thousand million by a slip, must not move what is said of anybody else.
/// Such a document is kept and counted for its customer, and told as odd; figures over many customers leave it out. What is odd depends on
/// today and on the base, so it is asked anew each time and never stored: a document that is dated ahead becomes sound when its day comes.
enum SoundBase {
    // MARK: What is odd

    /// Before this no ERP told of orders: days that programs write for one that is not known lie here (1970, 1980, 1900, 1).
    static let earliest = "'1990-01-01T00:00:00Z'::timestamptz"

    /// Clocks and zones differ; what is dated later than this has not happened.
    static let latest = "(now() + interval '2 days')"

    /// An amount below a thousand million of a currency's unit is never too large, in ten-thousandths.
    static let neverLarge = "10000000000000"

    /// The largest sound amount of a currency: a million times what a customer of the second fifth spent in all.
    static func bound(_ currency: String) -> String {
        """
        greatest(\(neverLarge), coalesce((SELECT least(s.monetary[2], 9000000000000) * 1000000 FROM value_scale s
            WHERE s.currency = \(currency)), 0))
        """
    }

    static func isSound(_ at: String) -> String { "\(at) >= \(earliest) AND \(at) <= \(latest)" }

    /// Of a row of `document_detail`, in one currency.
    static func isSound(_ detail: String, in currency: String) -> String {
        "\(isSound("\(detail).at")) AND coalesce(\(detail).largest, 0) <= \(bound(currency))"
    }

    /// The odd orders and credits of a currency that are not cancelled, each by an index: id, kind, source, at, largest.
    static func oddDocuments(in currency: String) -> String {
        func found(_ condition: String) -> String {
            """
            SELECT x.id, x.kind, x.source, x.at, x.largest FROM document_detail x
            WHERE x.currency = \(currency) AND \(condition)
            """
        }
        let large = "x.largest > \(neverLarge) AND x.largest > \(bound(currency))"
        return """
            (\(found("x.at > \(latest)")) UNION \(found("x.at < \(earliest)")) UNION \(found(large)))
            """
    }

    /// All currencies in which something was sold.
    static let currencies = "(SELECT DISTINCT currency FROM sales_cell WHERE dimension = 'month')"

    /// Customers with odd documents: party_id and currency. In all currencies, or in one.
    static func oddParties(in currency: String? = nil) -> String {
        """
        SELECT DISTINCT d.party_id, c.currency FROM \(currency.map { "(SELECT \($0)::text AS currency)" } ?? currencies) c
        CROSS JOIN LATERAL \(oddDocuments(in: "c.currency")) o
        JOIN erp_document d ON d.id = o.id AND d.kind = o.kind AND d.source = o.source
        WHERE d.party_id IS NOT NULL AND NOT d.is_cancelled
        """
    }

    // MARK: What is left

    /// The sound documents of customers with odd ones.
    static func soundDocuments(in currency: String? = nil) -> String {
        """
        SELECT d.party_id, d.currency, d.kind, d.at, d.total, coalesce(x.cost, 0) AS cost, coalesce(x.costed, 0) AS costed,
            \(FirmZone.day("d.at")) AS day
        FROM (\(oddParties(in: currency))) p
        JOIN erp_document d ON d.party_id = p.party_id AND d.currency = p.currency AND NOT d.is_cancelled
            AND d.kind IN ('order', 'credit', 'payment') AND \(isSound("d.at"))
        LEFT JOIN document_detail x ON x.id = d.id AND x.kind = d.kind AND x.source = d.source
        WHERE greatest(x.largest, abs(d.total)) <= \(bound("d.currency"))
        """
    }

    /// What customers with odd documents are worth by the others; the columns of `party_value`.
    private static func remade(in currency: String?) -> String {
        func sum(_ kind: String) -> String {
            BoundedSum.of("coalesce(sum(s.total) FILTER (WHERE s.kind = '\(kind)'), 0)")
        }
        func signed(_ column: String) -> String {
            BoundedSum.of(
                "coalesce(sum(CASE s.kind WHEN 'order' THEN s.\(column) WHEN 'credit' THEN -s.\(column) END), 0)")
        }
        return """
            SELECT s.party_id, s.currency, count(*) FILTER (WHERE s.kind = 'order') AS orders, \(sum("order")) AS revenue,
                count(*) FILTER (WHERE s.kind = 'credit') AS credits, \(sum("credit")) AS credited, \(sum("payment")) AS paid,
                \(signed("cost")) AS cost, \(signed("costed")) AS costed,
                min(s.at) FILTER (WHERE s.kind = 'order') AS first_order_at,
                max(s.at) FILTER (WHERE s.kind = 'order') AS last_order_at,
                count(DISTINCT s.day) FILTER (WHERE s.kind = 'order') AS purchase_days,
                \(BoundedSum.of("coalesce(sum(s.total) FILTER (WHERE s.kind = 'order' AND s.day = s.first_day), 0)"))
                    AS first_day_revenue
            FROM (SELECT d.*, min(d.day) FILTER (WHERE d.kind = 'order') OVER (PARTITION BY d.party_id, d.currency) AS first_day
                FROM (\(soundDocuments(in: currency))) d) s GROUP BY 1, 2
            """
    }

    private static let columns = """
        orders, revenue, credits, credited, paid, cost, costed, first_order_at, last_order_at, purchase_days, first_day_revenue
        """

    /// `party_value` without odd documents, in all currencies or in one. Nearly always nobody has any, and it is that table.
    static func values(in currency: String? = nil) -> String {
        let others =
            currency.map { "w.currency = \($0) AND w.party_id NOT IN (SELECT p.party_id" }
            ?? "(w.party_id, w.currency) NOT IN (SELECT p.party_id, p.currency"
        return """
            (SELECT w.party_id, w.currency, \(columns) FROM party_value w WHERE \(others) FROM (\(oddParties(in: currency))) p)
            UNION ALL \(remade(in: currency)))
            """
    }

    /// The same of some customers in order, rows `w` of `party_value`; who has no sound documents has no purchase days.
    static func values(of rows: String, in currency: String) -> String {
        let chosen = columns.split(whereSeparator: { $0 == "," || $0 == " " }).map {
            "CASE WHEN p.party_id IS NULL THEN w.\($0) ELSE coalesce(o.\($0), \($0.hasSuffix("_at") ? "'epoch'" : "0")) END AS \($0)"
        }
        return """
            (SELECT w.party_id, w.currency, \(chosen.joined(separator: ", ")) FROM (\(rows)) w
            LEFT JOIN (\(oddParties(in: currency))) p ON p.party_id = w.party_id
            LEFT JOIN (\(remade(in: currency))) o ON o.party_id = w.party_id)
            """
    }
}
