import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import Contacts

/// What is said of figures beside them: by which basis, as of when, and that nothing can be told.
@Suite struct FigureTests {
    private func order(
        _ id: String, _ customer: String, _ at: String, _ total: String = "10", cost: String? = nil,
        currency: String = "GBP"
    ) throws -> LedgerEntry {
        let cost = cost.map { ",\"unitCost\":\"\($0)\"" } ?? ""
        let json = """
            {"orderId":"\(id)","customerNo":"\(customer)","placedAt":"\(at)","currency":"\(currency)","total":"\(total)",
            "lines":[{"sku":"T","quantity":"1","unitPrice":"\(total)"\(cost)}]}
            """
        let outcome = Array(json.utf8).withUnsafeBytes { bytes in
            Result { () throws(JSONError) -> ERPDocument in try OrderPlaced(json: bytes).order }
        }
        return LedgerEntry(.order, try outcome.get())
    }

    @Loop private func apply(_ entries: [LedgerEntry], _ service: TestService) async throws {
        try await service.transaction { try await ValueHandlers.apply(entries, $0) }
    }

    private struct Envelope<Inner: Decodable>: Decodable { let data: Inner }

    @Loop
    private func report<Data: Decodable>(_ name: String, _ service: TestService, _ type: Data.Type) async throws -> Data
    {
        let report = try #require(Report.all.first { $0.name == name })
        try await Reports.refresh(report, "GBP", service.context)
        return try await service.send(.get, "/v1/reports/\(name)?currency=GBP").json(Envelope<Data>.self).data
    }

    @Test(arguments: [(1, "net_revenue"), (8, "net_revenue"), (9, "margin")]) @Loop
    func theGridComparesAllGroupsByOneBasis(_ costed: Int, _ basis: String) async throws {
        struct Grid: Decodable {
            struct Group: Decodable {
                let by, key, level, perCustomer: String
                let costsKnownFor: Double?
            }
            let basis: String
            let costsKnownFor: Double?
            let groups: [Group]
        }
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        // Ten customers, the richest country first; costs that leave France with next to nothing, where they are known.
        let customers = [("FR", 1, "90"), ("DE", 3, "60"), ("CN", 6, "10")]
        var number = 0
        for (country, count, worth) in customers {
            for _ in 0..<count {
                number += 1
                let cost = number <= costed ? (country == "FR" ? "89" : "1") : nil
                try await apply(
                    [try order("A\(number)", "\(number)", "2011-01-05T10:00:00Z", worth, cost: cost)], service)
                _ = try await service.column(
                    "UPDATE party SET country = '\(country)' WHERE name = '\(number)' RETURNING name")
            }
        }
        let grid = try await report("relationship", service, Grid.self)
        let levels = grid.groups.filter { $0.by == "country" }.reduce(into: [:]) { $0[$1.key] = $1.level }
        #expect(grid.basis == basis && grid.costsKnownFor != nil)
        #expect(levels["FR"] == (basis == "margin" ? "accountable" : "partnership"), "\(levels)")
        #expect(grid.groups.first { $0.key == "FR" }?.perCustomer == (basis == "margin" ? "1.0000" : "90.0000"))
    }

    private struct Growth: Decodable {
        struct Month: Decodable {
            let month: String
            let new: Int
            let isStart: Bool
        }
        struct Trend: Decodable {
            let months: Int
            let canTell: Bool
            let why: String?
            let growth: Double?
        }
        struct Forecast: Decodable { let new: Double }
        let startMonths: Int
        let months: [Month]
        let trend: Trend
        let forecast: [Forecast]
    }

    /// New customers of each month of 2011, and old ones who are met in the first again.
    @Loop
    private func growth(_ new: [Int], old: Int) async throws -> Growth {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        var entries: [LedgerEntry] = []
        for (index, count) in new.enumerated() {
            let month = index < 9 ? "0\(index + 1)" : "\(index + 1)"
            for number in 0..<(count + (index == 0 ? old : 0)) {
                let customer = "\(index)-\(number)"
                entries.append(try order("A\(customer)", customer, "2011-\(month)-05T10:00:00Z"))
                // They come again after some three weeks.
                if number == 0 { entries.append(try order("B\(customer)", customer, "2011-\(month)-26T10:00:00Z")) }
            }
        }
        try await apply(entries, service)
        return try await report("prospecting", service, Growth.self)
    }

    @Test @Loop func theStartOfTheRecordIsNoGrowth() async throws {
        let grown = try await growth([10, 12, 14, 16, 18, 20, 22, 24, 26, 5], old: 500)
        #expect(grown.startMonths == 1 && grown.months.map(\.isStart).prefix(3) == [true, false, false])
        #expect(grown.trend.canTell && grown.trend.growth == 2 && grown.trend.why == nil && grown.trend.months == 8)
        #expect(grown.forecast.map(\.new).prefix(2) == [28, 30])
        let still = try await growth([9, 10, 12, 9, 11, 10, 9, 12, 10], old: 500)
        #expect(still.trend.canTell && still.trend.why == "no_trend")
        #expect(Set(still.forecast.map(\.new)).count == 1)
        let short = try await growth([9, 10, 12], old: 500)
        #expect(
            !short.trend.canTell && short.trend.why == "short_record" && short.trend.growth == nil
                && short.forecast.isEmpty)
        // A month without anybody new is one of nought.
        let gap = try await growth([9, 10, 0, 9, 11, 10, 9, 12, 10], old: 1)
        #expect(gap.months.count == 9 && gap.months[2].new == 0)
    }

    @Test @Loop func reportsSayAsOfWhenTheyAreAndHowFarBehind() async throws {
        struct Shown: Decodable {
            let asOf, computedAt: String
            let behind: Int
        }
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        try await apply([try order("A1", "1", "2011-01-05T10:00:00Z", currency: "SGD")], service)
        // Nothing was refreshed yet, and nobody says that nothing was bought.
        #expect(try await service.send(.post, "/v1/models/fits", #"{"currency":"SGD"}"#).status == 202)
        func shown() async throws -> Shown {
            try await service.send(.get, "/v1/reports/profiling?currency=SGD").json(Shown.self)
        }
        let first = try await shown()
        #expect(first.behind == 0 && first.asOf <= first.computedAt)
        #expect(try await service.send(.get, "/v1/reports/profiling?currency=SGD").text.contains(#""customers" : 1"#))
        try await apply(
            [
                try order("A2", "1", "2011-01-06T10:00:00Z", currency: "SGD"),
                try order("A3", "2", "2011-01-06T10:00:00Z", currency: "SGD"),
            ],
            service)
        #expect(try await shown().behind == 2)
        // One slow pass does not hold the next ones back by its length.
        for seconds in [0.2, 300, 0.2] {
            _ = try await service.context.pool.rows(ReportStore.keep, "profiling", "SGD", seconds, "{}", 0)
        }
        #expect(try await service.column("SELECT seconds::text FROM report WHERE name = 'profiling'") == ["0.2"])
        _ = try await service.context.pool.rows(ReportStore.keep, "profiling", "SGD", 300, "{}", 0)
        #expect(try await service.column("SELECT seconds::text FROM report WHERE name = 'profiling'") == ["0.5"])
    }

    @Test @Loop func fitsFollowTheBase() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let scale = """
            INSERT INTO value_scale (currency, refreshed_at, customers, orders, recency, frequency, monetary, abc)
            VALUES ('GBP', now(), 1000, 3000, '{}', '{}', '{}', '{}') RETURNING currency
            """
        _ = try await service.column(scale)
        func due() async throws -> Bool {
            _ = try await service.context.pool.rows(ModelStore.askDue, 3600, 60)
            let asked = try await service.column("DELETE FROM model_run WHERE state = 'queued' RETURNING 'due'")
            return !asked.isEmpty
        }
        func last(_ customers: Int, _ orders: Int, ago: Int, took: Int, _ state: String = "done") async throws {
            _ = try await service.column(
                """
                WITH gone AS (DELETE FROM model_run)
                INSERT INTO model_run (id, currency, state, weeks, customers, orders, asked_at, finished_at)
                VALUES (gen_random_uuid(), 'GBP', '\(state)', 52, \(customers), \(orders), now() - make_interval(secs => \(ago + took)),
                    now() - make_interval(secs => \(ago))) RETURNING state
                """)
        }
        #expect(try await due())
        for (customers, orders, ago, took, state, isDue) in [
            (1000, 3000, 100_000, 1, "done", false),  // nothing was sold
            (1000, 2999, 30, 1, "done", false), (1000, 2999, 70, 1, "done", true),  // something was: after a minute
            (1000, 2999, 70, 30, "done", false), (1000, 2999, 1900, 30, "done", true),  // or sixty times what it took
            (1000, 2999, 3700, 300, "done", true),  // at the latest after an hour
            (900, 2900, 30, 1, "done", true), (900, 2900, 30, 5, "done", false),  // a tenth more: after twenty times
            (1000, 2700, 10, 0, "done", true), (1000, 2999, 70, 1, "failed", false), (500, 2999, 70, 1, "failed", true),
        ] as [(Int, Int, Int, Int, String, Bool)] {
            try await last(customers, orders, ago: ago, took: took, state)
            #expect(try await due() == isDue, "\(customers) \(orders) \(ago) \(took) \(state)")
        }
    }

    @Test @Loop func anOrderMakesNoOpenFormStale() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        try await apply([try order("A1", "1", "2011-01-05T10:00:00Z")], service)
        let path = "/v1/parties/\(ExternalID.party(customerNo: "1").text)"
        let seen = try await service.seen(path)
        for number in 2...5 { try await apply([try order("A\(number)", "1", "2011-02-0\(number)T10:00:00Z")], service) }
        _ = try await service.send(
            .put, "\(path)/consents", #"{"channel":"mail","purpose":"marketing","granted":true}"#)
        #expect(try await service.seen(path) == seen)
        let other = try await service.make("/v1/parties", #"{"name":"Other"}"#)
        let changed = try await service.send(.patch, path, #"{"notes":"called"}"#, headers: seen)
        #expect(changed.status == 200, "\(changed.text)")
        #expect(try await service.send(.patch, path, #"{"notes":"again"}"#, headers: seen).status == 412)
        // A merge of a busy customer goes through with what was seen.
        let now = try await service.seen(path)
        try await apply([try order("A9", "1", "2011-03-05T10:00:00Z")], service)
        let merged = try await service.send(.post, "\(path)/merges", "{\"mergedId\":\"\(other.text)\"}", headers: now)
        #expect([200, 201].contains(merged.status), "\(merged.text)")
        // Events of the party have numbers without a gap all the same.
        let gaps = try await service.column(
            """
            SELECT key FROM (SELECT key, seq, row_number() OVER (PARTITION BY key ORDER BY id) AS n FROM outbox) o
            WHERE seq <> n
            """)
        #expect(gaps.isEmpty)
        #expect(try await service.faultsOfEvents() == [])
    }

    @Test @Loop func asOfGoesByTheTimeThatFactsSpeakOf() async throws {
        struct AsOf: Decodable {
            struct Documents: Decodable {
                let count: Int
                let total: String
            }
            struct Stage: Decodable { let stage, since, knownAt: String }
            let recordIsLater: Bool
            let documents: [Documents]
            let stage: Stage?
        }
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        try await apply(
            [
                try order("A1", "1", "2010-12-05T10:00:00Z"), try order("A2", "1", "2011-03-05T10:00:00Z"),
                try order("A3", "1", "2011-08-05T10:00:00Z"),
            ], service)
        let path = "/v1/parties/\(ExternalID.party(customerNo: "1").text)"
        func asOf(_ day: String) async throws -> Answer {
            try await service.send(.get, "\(path)/as-of?at=\(day)T00:00:00Z")
        }
        #expect(try await asOf("2010-12-01").status == 404)
        let june = try await asOf("2011-06-01").json(AsOf.self)
        #expect(june.recordIsLater && june.documents.map(\.count) == [2] && june.documents[0].total == "20.0000")
        let september = try await asOf("2011-09-01").json(AsOf.self)
        #expect(september.documents.map(\.count) == [3] && september.stage?.stage == "loyal")
        #expect(
            september.stage?.since.hasPrefix("2011-08-05") == true && september.stage?.knownAt.hasPrefix("20") == true)
        let today = try await service.send(.get, "\(path)/as-of?at=\(RFC3339.string(Date(timeIntervalSinceNow: 60)))")
        #expect(try !today.json(AsOf.self).recordIsLater)
        struct Stage: Decodable { let since, knownAt: String }
        let stage = try await service.send(.get, "\(path)/stage").json(Stage.self)
        #expect(stage.since.hasPrefix("2011-08-05") && stage.knownAt > "2011-09")
    }
}
