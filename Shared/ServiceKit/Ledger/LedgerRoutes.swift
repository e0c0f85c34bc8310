import EventLoop
import HTTP
import Postgres

extension Ledger {
    /// The route by which `rapport reconcile` reads a service's ledger, as lines of JSON in order of id, kind and source.
    @Loop
    public static func routes(_ context: ServiceContext) -> [Route] {
        [
            Route(
                .get, "/v1/ledger", "All ERP documents applied, a line of JSON each", tag: "ledger", access: .operate,
                gives: .bytes("application/x-ndjson")
            ) { _ in
                Response.stream(contentType: "application/x-ndjson") { writer in
                    var after = ("", "", "")
                    while true {
                        let rows = try await context.pool.query(LedgerStore.page, after.0, after.1, after.2)
                        guard let last = rows.last else { return }
                        var text = ""
                        for row in rows { text += try row.value(3) as String + "\n" }
                        try await writer.write(Array(text.utf8))
                        after = (try last.value(0), try last.value(1), try last.value(2))
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
                let rows = try await context.pool.query(LedgerStore.totals)
                return .stored(try rows.first?.value(0) ?? "[]")
            },
            OlderStates.route(context),
        ]
    }
}
