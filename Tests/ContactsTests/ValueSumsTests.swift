import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import Contacts

/// What the ledger says the months and values must be, and what they are: rows that are in one and not in the other.
let ledgerDifferences = """
    WITH months AS (
        SELECT d.party_id, date_trunc('month', d.at)::date AS month, d.currency,
            count(*) FILTER (WHERE d.kind = 'order') AS orders,
            coalesce(sum(d.total) FILTER (WHERE d.kind = 'order'), 0) AS revenue,
            count(*) FILTER (WHERE d.kind = 'credit') AS credits,
            coalesce(sum(d.total) FILTER (WHERE d.kind = 'credit'), 0) AS credited,
            coalesce(sum(d.total) FILTER (WHERE d.kind = 'payment'), 0) AS paid,
            count(DISTINCT d.at::date) FILTER (WHERE d.kind = 'order') AS days,
            coalesce(sum(x.costed * CASE d.kind WHEN 'order' THEN 1 ELSE -1 END), 0) AS costed,
            coalesce(sum(x.cost * CASE d.kind WHEN 'order' THEN 1 ELSE -1 END), 0) AS cost,
            min(d.at) FILTER (WHERE d.kind = 'order') AS first_at, max(d.at) FILTER (WHERE d.kind = 'order') AS last_at
        FROM erp_document d LEFT JOIN document_detail x USING (id, kind, source)
        WHERE NOT d.is_cancelled AND d.party_id IS NOT NULL GROUP BY 1, 2, 3),
    found_months AS (
        SELECT party_id, month, currency, orders, revenue, credits, credited, paid, bit_count(days::bit(31)), costed, cost,
            first_at, last_at FROM party_month WHERE orders > 0 OR credits > 0 OR paid <> 0),
    sums AS (
        SELECT m.party_id, m.currency, sum(orders), sum(revenue), sum(credits), sum(credited), sum(paid), sum(days),
            sum(costed), sum(cost), min(first_at) AS first_at, max(last_at) AS last_at,
            (SELECT coalesce(sum(d.total), 0) FROM erp_document d WHERE d.party_id = m.party_id AND d.currency = m.currency
                AND d.kind = 'order' AND NOT d.is_cancelled AND d.at::date = min(m.first_at)::date)
        FROM months m GROUP BY 1, 2),
    found_sums AS (
        SELECT party_id, currency, orders, revenue, credits, credited, paid, purchase_days, costed, cost, first_order_at,
            last_order_at, first_day_revenue FROM party_value WHERE orders > 0 OR credits > 0 OR paid <> 0),
    cells AS (
        SELECT to_char(at, 'YYYY-MM') AS cell, currency, count(*) FILTER (WHERE kind = 'order'),
            coalesce(sum(total) FILTER (WHERE kind = 'order'), 0), coalesce(sum(total) FILTER (WHERE kind = 'credit'), 0)
        FROM erp_document WHERE NOT is_cancelled AND kind IN ('order', 'credit') GROUP BY 1, 2),
    found_cells AS (
        SELECT cell, currency, sum(orders), sum(revenue), sum(credited) FROM sales_cell WHERE dimension = 'month'
        GROUP BY 1, 2 HAVING sum(orders) <> 0 OR sum(credits) <> 0)
    SELECT 'month ' || q::text FROM ((TABLE months EXCEPT TABLE found_months) UNION ALL
        (TABLE found_months EXCEPT TABLE months)) q
    UNION ALL SELECT 'value ' || q::text FROM ((TABLE sums EXCEPT TABLE found_sums) UNION ALL
        (TABLE found_sums EXCEPT TABLE sums)) q
    UNION ALL SELECT 'cell ' || q::text FROM ((TABLE cells EXCEPT TABLE found_cells) UNION ALL
        (TABLE found_cells EXCEPT TABLE cells)) q
    """

/// A made up ERP that places, changes, moves and cancels.
private struct MadeUpERP {
    var random: SeededGenerator

    mutating func entry() throws -> LedgerEntry {
        func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
        let day = ["2010-12-31", "2011-01-01", "2011-01-31", "2011-02-01", "2011-02-14"][pick(5)]
        let hour = 10 + pick(10)
        let cost = pick(3) == 0 ? ",\"unitCost\":\"\(pick(9)).25\"" : ""
        let id = "D\(pick(60))"
        let customer = pick(8) == 0 ? "null" : "\"\(pick(6))\""
        let price = "\(pick(90)).\(pick(10))"
        let kind = [LedgerEntry.Kind.order, .order, .order, .credit, .payment][pick(5)]
        let json = """
            {"orderId":"\(id)","customerNo":\(customer),"status":"placed","placedAt":"\(day)T\(hour):00:00Z",
            "currency":"\(pick(10) == 0 ? "EUR" : "GBP")","total":"\(price)",
            "lines":[{"sku":"S\(pick(5))","name":"线 \\"\(pick(3))\\"","quantity":"1","unitPrice":"\(price)"\(cost)}]}
            """
        let document = Array(json.utf8).withUnsafeBytes { bytes in
            Result { () throws(JSONError) -> ERPDocument in try OrderPlaced(json: bytes).order }
        }
        return LedgerEntry(kind, try document.get(), isCancelled: kind == .order && pick(6) == 0)
    }
}

@Suite struct ValueSumsTests {
    @Test(arguments: [1, 2, 3]) @Loop func sumsKeptByEventsAreThoseOfTheLedgerWhateverHappens(seed: UInt64) async throws
    {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        var erp = MadeUpERP(random: SeededGenerator(seed: seed))
        for batch in 0..<40 {
            let count = [1, 2, 5, 20][Int.random(in: 0..<4, using: &erp.random)]
            let entries = try (0..<count).map { _ in try erp.entry() }
            try await service.transaction { try await ValueHandlers.apply(entries, $0) }
            let wrong = try await service.column(ledgerDifferences)
            #expect(wrong.isEmpty, "seed \(seed), batch \(batch): \(wrong.prefix(4))")
            guard wrong.isEmpty else { return }
        }
        // The events of each party have one sequence without a gap.
        let gaps = try await service.column(
            "SELECT key FROM outbox GROUP BY key HAVING count(*) <> max(seq) OR count(DISTINCT seq) <> count(*)")
        #expect(gaps.isEmpty)
        #expect(try await service.faultsOfEvents() == [])
    }

    @Test @Loop func twoThatApplyForTheSamePartiesAtOnceLoseNothing() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let writers = ["A", "B", "C", "D"].map { side in
            Task { @Loop in
                for round in 0..<10 {
                    let entries = try (0..<20).map { index in
                        LedgerEntry(
                            .order,
                            try .order(
                                "\(side)\(round)-\(index)", customer: "\(index % 7)",
                                at: "2011-01-\(10 + index)T10:00:00Z", total: "1.5"))
                    }
                    try await service.transaction { try await ValueHandlers.apply(entries, $0) }
                }
            }
        }
        for writer in writers { try await writer.value }
        #expect(try await service.column(ledgerDifferences).isEmpty)
        #expect(try await service.column("SELECT sum(orders)::text FROM party_value") == ["800"])
        #expect(try await service.column("SELECT sum(purchase_days)::text FROM party_value") == ["20"])
    }

    @Test @Loop func sumsStopAtTheirBoundAndEveryDocumentIsTaken() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let line = [(sku: "S", name: "n", quantity: "250000000000", price: "1")]
        func orders(_ numbers: Range<Int>) throws -> [LedgerEntry] {
            try numbers.map { number in
                LedgerEntry(
                    .order,
                    try .order(
                        "O\(number)", customer: "1", at: "2011-01-05T10:00:00Z", total: "500000000000",
                        lines: line + line))
            }
        }
        let first = try orders(0..<1800)
        try await service.transaction { try await ValueHandlers.apply(first, $0) }
        let more = try orders(1800..<1900)
        try await service.transaction { try await ValueHandlers.apply(more, $0) }
        #expect(try await service.column("SELECT count(*)::text FROM erp_document") == ["1900"])
        #expect(
            try await service.column("SELECT revenue || ' ' || orders FROM party_value")
                == ["4611686018427387903 1900"])
        let small = try LedgerEntry(.order, .order("P", customer: "2", at: "2011-02-05T10:00:00Z", total: "1.50"))
        try await service.transaction { try await ValueHandlers.apply([small], $0) }
        // The one customer's sums end before those of his documents do; the others' are exact.
        let others = try await service.column(ledgerDifferences).filter {
            !$0.contains("4611686018427387903") && !$0.contains("9500000000000000000")
        }
        #expect(others.isEmpty, "\(others)")
        let refused = #expect(throws: JSONError.self) {
            try ERPDocument.order("Q", customer: "2", at: "2011-02-05T10:00:00Z", total: "500000000000.01")
        }
        #expect(refused?.field == "total")
        _ = try await service.context.query(ScoreStore.refresh)
        let party = ExternalID.party(customerNo: "1").uuidString.lowercased()
        let reports = [
            "profiling", "persistency", "profitability", "performance", "prospecting", "product", "promotion",
            "relationship", "quadrant",
        ]
        for path in ["/v1/parties/\(party)/value", "/v1/parties/\(party)/timeline", "/v1/ledger/totals"]
            + ["/v1/value/customers?currency=GBP"] + reports.map({ "/v1/reports/\($0)?currency=GBP" })
        {
            let answer = try await service.send(.get, path)
            #expect(answer.status == 200, "\(path): \(answer.text.prefix(300))")
        }
    }

    @Test @Loop func whatWasThereBeforeTheseTablesIsTakenOver() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        var erp = MadeUpERP(random: SeededGenerator(seed: 11))
        let entries = try (0..<100).map { _ in try erp.entry() }
        try await service.transaction { try await ValueHandlers.apply(entries, $0) }
        // Back to before the migration, then forward again.
        let connection = try await PostgresConnection.open(service.options)
        defer { connection.close() }
        for command in [
            """
            DROP TABLE party_month, document_detail, document_detail_elsewhere, product_name, sales_cell, value_weight, party_wallet, party_voice,
                model_run, party_prediction, report, campaign_name, campaign_message
            """,
            "ALTER TABLE party_value DROP purchase_days, DROP first_day_revenue, DROP cost, DROP costed",
            "DROP INDEX party_value_by_net",
        ] {
            try await connection.transaction { _ = try await $0.query(Statement(String(command.prefix(40)), command)) }
        }
        // Under a name above all others, as what comes later must have.
        let again = Migration(
            "m203001010000_value_again", ValueSchema.migration.sql + ";" + ValueSchema.sources.sql)
        let applied = try await Migrations.apply(ContactsService.migrations + [again], to: service.options)
        #expect(applied == [again.name])
        // Costs come with the events and were not kept before.
        let wrong = try await service.column(ledgerDifferences)
        #expect(wrong.isEmpty, "\(wrong.prefix(4))")
    }
}
