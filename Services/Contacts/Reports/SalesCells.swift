import ServiceKit

/// The sums by month and hour without odd documents, in the currency `$1`.
enum SalesCells {
    /// SQL: the odd documents of it that count.
    static let oddDocuments = """
        (SELECT d.kind, d.at, d.total, d.party_id FROM \(SoundBase.oddDocuments(in: "$1")) o
        JOIN erp_document d ON d.id = o.id AND d.kind = o.kind AND d.source = o.source AND NOT d.is_cancelled)
        """

    /// SQL: rows of `sales_cell`, and rows that take away again what odd documents have added.
    static let sound = """
        (SELECT dimension, cell, orders, revenue, credits, credited FROM sales_cell WHERE currency = $1
        UNION ALL
        SELECT c.dimension, c.cell, CASE kind WHEN 'order' THEN -1 ELSE 0 END, CASE kind WHEN 'order' THEN -total ELSE 0 END,
            CASE kind WHEN 'credit' THEN -1 ELSE 0 END, CASE kind WHEN 'credit' THEN -total ELSE 0 END
        FROM \(oddDocuments) o CROSS JOIN LATERAL (SELECT \(FirmZone.local("o.at")) AS local) AS z
        CROSS JOIN LATERAL (VALUES ('month', to_char(local, 'YYYY-MM')), ('hour', to_char(local, 'ID-HH24')),
            ('walk-in', CASE WHEN o.party_id IS NULL THEN to_char(local, 'YYYY-MM') END)) AS c(dimension, cell)
        WHERE c.cell IS NOT NULL)
        """
}
