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

/// A base of made-up customers, and documents that cannot be.
struct OddShop {
    private var random: SeededGenerator
    private var number = 0

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func day(_ years: ClosedRange<Int>) -> String {
        let year = Int.random(in: years, using: &random)
        let (month, day) = (Int.random(in: 1...12, using: &random), Int.random(in: 1...28, using: &random))
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let text = "\(year)"
        return String(repeating: "0", count: 4 - text.count) + text + "-\(two(month))-\(two(day))T"
            + "\(two(Int.random(in: 0...23, using: &random))):30:00Z"
    }

    /// Orders of customers to whom a model fits, some credited.
    mutating func base() throws -> [LedgerEntry] {
        var entries: [LedgerEntry] = []
        var customer = 0
        for history in MadeUpCustomers.histories {
            for _ in 0..<history.customers {
                customer += 1
                let first = 15_000 - history.age
                let between = history.repeats > 1 ? (1..<history.repeats).map { first + $0 } : []
                for day in [first] + between + (history.repeats > 0 ? [first + history.recency] : []) {
                    number += 1
                    let at = RFC3339.string(Date(timeIntervalSince1970: Double(day) * 86_400 + 30_000))
                    let price = "\(Int.random(in: 2...90, using: &random)).\(Int.random(in: 10...99, using: &random))"
                    let lines = (0..<3).map { _ in
                        (sku: "S\(Int.random(in: 1...9, using: &random))", name: "thing", quantity: "2", price: price)
                    }
                    let document = try ERPDocument.order(
                        "B\(number)", customer: "C\(customer)", at: at, total: price, lines: lines)
                    entries.append(LedgerEntry(.order, document))
                    if number % 20 == 0 {
                        let credit = try ERPDocument.order("K\(number)", customer: "C\(customer)", at: at, total: "1")
                        entries.append(LedgerEntry(.credit, credit))
                    }
                }
            }
        }
        return entries
    }

    /// One that is dated ahead or before there were ERPs, or is a million times too large; of one of ten customers, of others, or of nobody.
    mutating func odd() throws -> LedgerEntry {
        number += 1
        let customer =
            ["C\(Int.random(in: 1...10, using: &random))", "F\(number)", nil].randomElement(using: &random) ?? nil
        var at = day([1...1989, 2027...9999].randomElement(using: &random) ?? 2062...2062)
        var total = "\(Int.random(in: 0...400_000_000_000, using: &random))"
        var quantity = "\(Int.random(in: 0...1000, using: &random))"
        if number % 5 == 0 {
            at = day(2010...2010)
            total = "\(Int.random(in: 200_000_000_000...400_000_000_000, using: &random))"
        } else if number % 5 == 1 {
            at = day(2010...2010)
            (total, quantity) = ("10", "\(Int.random(in: 200_000_000_000...400_000_000_000, using: &random))")
        }
        let text = ["茶 🍵", "x", "' OR 1=1", "e\u{301}"].randomElement(using: &random) ?? ""
        let lines = [
            (sku: ["S1", "S2", text].randomElement(using: &random) ?? "S1", name: text, quantity: quantity, price: "1")
        ]
        let document = try ERPDocument.order("O\(number)", customer: customer, at: at, total: total, lines: lines)
        return LedgerEntry([.order, .order, .credit].randomElement(using: &random) ?? .order, document)
    }
}

/// What is said of those to whom no odd document belongs.
@Loop
enum SaidOfOthers {
    /// All figures that are said of others than those to whom odd documents belong: reports, classes, models, predictions.
    /// `names` is what theirs look like, a regular expression of PostgreSQL.
    static func figures(
        _ service: TestService, names: String = "^C([0-9]{3}|[2-9][0-9]|1[1-9])$"
    ) async throws -> [String] {
        try await ValueScale.refresh(service.context)
        _ = try await service.send(.post, "/v1/models/fits", #"{"currency":"GBP"}"#)
        #expect(try await ModelWorker(service.context).workOne())
        var figures: [String] = []
        for report in Report.all {
            try await Reports.refresh(report, "GBP", service.context)
            let text = try await service.send(.get, "/v1/reports/\(report.name)?currency=GBP").text
            let data = text.split(separator: "\"data\"", maxSplits: 1).last.map(String.init) ?? ""
            figures.append(report.name + data.replacing(#/"odd" : \d+/#, with: ""))
        }
        figures += try await service.column(
            """
            SELECT (currency, customers, recency, frequency, monetary, abc)::text FROM value_scale
            UNION ALL SELECT (as_of, customers, r, alpha, a, b, round(p::numeric, 6), round(q::numeric, 6))::text FROM (
                SELECT * FROM model_run ORDER BY asked_at DESC LIMIT 1) m
            """)
        figures += try await service.column(
            """
            SELECT (p.name, v.orders, v.revenue, v.credited, v.first_order_at, v.last_order_at, v.purchase_days,
                n.alive, n.purchases, n.lifetime_value / 100, s.stage)::text
            FROM party p JOIN party_value v ON v.party_id = p.id LEFT JOIN party_prediction n ON n.party_id = p.id
            LEFT JOIN party_stage s ON s.party_id = p.id
            WHERE p.name ~ '\(names)' AND v.currency = 'GBP' ORDER BY p.name, p.id
            """)
        return figures
    }

    /// Names what has become another.
    static func expectEqual(_ before: [String], _ after: [String], _ seed: UInt64) {
        #expect(before.count == after.count)
        for (old, new) in zip(before, after) where old != new {
            let place = zip(old, new).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? 0
            let was = old.dropFirst(max(0, place - 100)).prefix(200)
            let became = new.dropFirst(max(0, place - 100)).prefix(200)
            Issue.record("seed \(seed): \(old.prefix(30)): …\(was) became …\(became)")
        }
    }
}
