import EventLoop
import HTTP
import Postgres

extension Ledger {
    /// The route by which `rapport reconcile` reads a service's ledger, as lines of JSON in order of id and kind.
    @Loop
    public static func routes(_ context: ServiceContext) -> [Route] {
        [
            Route(
                .get, "/v1/ledger", "All ERP documents applied, a line of JSON each", tag: "ledger", access: .operate,
                gives: .bytes("application/x-ndjson")
            ) { _ in
                Response.stream(contentType: "application/x-ndjson") { writer in
                    var after = ("", "")
                    while true {
                        let rows = try await context.pool.query(page, after.0, after.1)
                        guard let last = rows.last else { return }
                        var text = ""
                        for row in rows { text += try row.value(2) as String + "\n" }
                        try await writer.write(Array(text.utf8))
                        after = (try last.value(0), try last.value(1))
                    }
                }
            },
            Route(
                .get, "/v1/ledger/totals", "Number and sum of ERP documents by kind and currency", tag: "ledger",
                access: .operate,
                gives: .json(
                    .array(
                        .object([
                            .init("kind", .string), .init("currency", .string), .init("count", .integer()),
                            .init("units", .integer(), "Ten-thousandths of the currency's unit"),
                        ])))
            ) {
                _ in
                let rows = try await context.pool.query(totals)
                return .stored(try rows.first?.value(0) ?? "[]")
            },
        ]
    }

    static let page = Statement(
        "ledger.page",
        """
        SELECT id, kind, json_build_object('kind', kind, 'id', id, 'partyId', coalesce(origin_id, party_id),
            'currency', currency, 'units', total, 'cancelled', is_cancelled)::text
        FROM erp_document WHERE (id, kind) > ($1, $2) ORDER BY id, kind LIMIT 2000
        """)

    static let totals = Statement(
        "ledger.totals",
        """
        SELECT coalesce(json_agg(json_build_object('kind', kind, 'currency', currency, 'count', n, 'units', units)
            ORDER BY kind, currency), '[]')::text
        FROM (SELECT kind, currency, count(*) AS n, \(BoundedSum.of("sum(total)")) AS units FROM erp_document
            WHERE NOT is_cancelled GROUP BY kind, currency) AS t
        """)
}
