import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit
import ServiceTestKit
import Testing

@testable import Contacts

private struct Envelope<Data: Decodable>: Decodable {
    struct Words: Decodable { let en, zh: String }
    let report, currency, computedAt: String
    let title: Words
    let labels: [String: Words]
    let data: Data
}

private struct Counted: Decodable {
    let key: String
    let customers: Int
}

@Loop
private func report<T: Decodable>(_ name: String, _ service: TestService, _ type: T.Type) async throws -> Envelope<T> {
    let report = try #require(Report.all.first { $0.name == name })
    try await Reports.refresh(report, "GBP", service.context)
    let answer = try await service.send(.get, "/v1/reports/\(name)?currency=GBP")
    #expect(answer.status == 200, "\(answer.text)")
    return try answer.json(Envelope<T>.self)
}

@Loop
private func apply(_ entries: [LedgerEntry], _ service: TestService) async throws {
    try await service.transaction { try await ValueHandlers.apply(entries, $0) }
}

private func order(
    _ id: String, _ customer: String?, _ day: String, _ total: String = "10",
    lines: [(sku: String, name: String, quantity: String, price: String)] = []
) throws -> LedgerEntry {
    LedgerEntry(.order, try .order(id, customer: customer, at: "\(day)T10:00:00Z", total: total, lines: lines))
}

@Suite struct ReportTests {
    /// Late orders, cancellations, moves in time and a merge: each step counts what changed, the last one everything.
    @Test(arguments: [3, 20, 71] as [UInt64]) @Loop
    func monthsCountedStepByStepAreThoseCountedAtOnce(_ seed: UInt64) async throws {
        let two = try await TwoCustomers()
        defer { two.service.close() }
        var state = seed
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        func day() -> String {
            let month = 1 + random(9), day = 10 + random(18)
            return "\(2010 + random(2))-0\(month)-\(day)T08:00:00Z"
        }
        func refresh() async throws {
            try await two.service.transaction { try await Reports.countMonths("GBP", $0) }
        }
        let counted = "SELECT concat_ws(' ', cohort, month, customers, kept) FROM cohort_month ORDER BY 1"
        var merge: UUID?
        for step in 0..<30 {
            let customer = ["100", "200", "\(random(6))"][random(3)]
            let isCancelled = random(4) == 0
            let entry = LedgerEntry(
                .order, try .order("O\(random(25))", customer: customer, at: day(), total: "5"),
                isCancelled: isCancelled)
            try await two.service.transaction { try await ValueHandlers.apply([entry], $0) }
            if step == 12 { merge = try await two.merge() }
            if step == 20, let merge { _ = try await two.undo(merge) }
            if random(3) == 0 { try await refresh() }
        }
        try await refresh()
        let steps = try await two.service.column(counted)
        #expect(try await two.service.column("SELECT count(*)::text FROM month_stale") == ["0"])
        for table in ["month_seen", "cohort_month"] {
            _ = try await two.service.column("WITH gone AS (DELETE FROM \(table) RETURNING 1) SELECT '1' FROM gone")
        }
        try await refresh()
        #expect(steps.count > 5)
        #expect(try await two.service.column(counted) == steps)
    }

    @Test @Loop func allReportsAnswerForABaseOfOneAndRefuseWhatIsNot() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        for one in Report.all {
            #expect(try await service.send(.get, "/v1/reports/\(one.name)?currency=GBP").status == 404)
        }
        try await apply([order("A1", nil, "2011-01-05")], service)
        // A walk-in alone: totals, and a base of nobody.
        for one in Report.all {
            let answer = try await service.send(.get, "/v1/reports/\(one.name)?currency=GBP")
            #expect(answer.status == 200, "\(one.name): \(answer.text)")
        }
        try await apply([order("A2", "1", "2011-01-06")], service)
        try await ValueScale.refresh(service.context)
        try await Reports.refreshAll(service.context)
        for one in Report.all {
            let answer = try await service.send(.get, "/v1/reports/\(one.name)?currency=GBP")
            #expect(answer.status == 200 && answer.text.contains(one.title.chinese), "\(one.name): \(answer.text)")
            let bad = try await service.send(.get, "/v1/reports/\(one.name)?currency=money")
            #expect(bad.status == 400 && bad.text.contains("\"field\":\"currency\""))
            #expect(try await service.send(.get, "/v1/reports/\(one.name)").status == 400)
            #expect(try await service.send(.get, "/v1/reports/\(one.name)?currency=GBP&x=1").status == 400)
        }
        #expect(try await service.send(.get, "/v1/reports/horoscope?currency=GBP").status == 404)
    }

    @Test @Loop func retentionAndMovementCountMonthsWithOrders() async throws {
        struct Persistency: Decodable {
            struct Cohort: Decodable {
                struct Month: Decodable {
                    let offset, customers: Int
                    let rate: Double
                }
                let cohort: String
                let customers: Int
                let months: [Month]
            }
            struct Move: Decodable {
                let month: String
                let new, kept, back, lapsed: Int
            }
            struct Rate: Decodable { let rate: Double }
            let repeatRate: Rate
            let retention: [Cohort]
            let movement: [Move]
        }
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let visits = [
            ("1", "2010-12-05"), ("1", "2011-01-07"), ("1", "2011-02-07"), ("2", "2010-12-31"), ("2", "2011-02-01"),
            ("3", "2011-01-31"), ("4", "2011-02-28"),
        ]
        try await apply(visits.enumerated().map { try order("A\($0.offset)", $0.element.0, $0.element.1) }, service)
        // A credit is no visit, and a cancelled order neither.
        try await apply(
            [
                LedgerEntry(.credit, try .order("C1", customer: "3", at: "2011-02-05T10:00:00Z")),
                LedgerEntry(.order, try .order("A9", customer: "3", at: "2011-02-06T10:00:00Z"), isCancelled: true),
            ], service)
        let found = try await report("persistency", service, Persistency.self).data
        #expect(found.repeatRate.rate == 0.5)
        #expect(found.retention.map(\.cohort) == ["2010-12", "2011-01", "2011-02"])
        #expect(found.retention.map(\.customers) == [2, 1, 1])
        #expect(found.retention[0].months.map(\.offset) == [0, 1, 2])
        #expect(found.retention[0].months.map(\.customers) == [2, 1, 2])
        #expect(found.retention[0].months.map(\.rate) == [1, 0.5, 1])
        let moves = found.movement.map { [$0.new, $0.kept, $0.back, $0.lapsed] }
        #expect(moves == [[2, 0, 0, 0], [1, 1, 0, 1], [1, 1, 1, 1]])
    }

    @Test @Loop func productsOfCancelledOrdersCountNothingAndPairsHaveTheirLift() async throws {
        struct Product: Decodable {
            struct Pair: Decodable {
                let a, aName, b: String
                let orders: Int
                let support, confidence, lift: Double
            }
            let orders: Int
            let pairs: [Pair]
        }
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let tea = (sku: "T", name: "tea", quantity: "1", price: "5")
        let cup = (sku: "U", name: "杯", quantity: "2", price: "2.5")
        let hat = (sku: "H", name: "hat", quantity: "1", price: "9")
        try await apply(
            [
                order("A1", "1", "2011-01-05", lines: [tea, cup]), order("A2", "2", "2011-01-06", lines: [tea, cup]),
                order("A3", nil, "2011-01-07", lines: [tea, hat]), order("A4", "3", "2011-01-08", lines: [hat]),
                order("A5", "3", "2011-01-09", lines: [tea, cup]),
            ], service)
        let gone = LedgerEntry(
            .order, try order("A5", "3", "2011-01-09", lines: [tea, cup]).document, isCancelled: true)
        try await apply([gone], service)
        try await service.transaction { transaction in
            transaction.enqueue(FactStore.product, ["T"], ["茶"], [nil as String?])
        }
        let found = try await report("product", service, Product.self).data
        #expect(found.orders == 4 && found.pairs.count == 1)
        let pair = try #require(found.pairs.first)
        #expect(pair.a == "T" && pair.aName == "茶" && pair.b == "U" && pair.orders == 2)
        // Tea in 3 of 4, cups in 2 of 4, both in 2 of 4.
        #expect(pair.support == 0.5 && pair.confidence == 0.666667 && pair.lift == 1.3333)
    }

    @Test @Loop func theGridIsKotlers() async throws {
        struct Grid: Decodable {
            struct Group: Decodable { let by, key, marginLevel, customersLevel, level: String }
            let basis: String
            let groups: [Group]
        }
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        // Countries with 1, 2 and 3 customers, worth 30, 20 and 10 each.
        for (country, count, worth) in [("FR", 1, "30"), ("DE", 2, "20"), ("CN", 3, "10")] {
            for index in 1...count {
                let number = "\(country)\(index)"
                try await apply([order("A\(number)", number, "2011-01-05", worth)], service)
                _ = try await service.column(
                    "UPDATE party SET country = '\(country)' WHERE name = '\(number)' RETURNING name")
            }
        }
        let found = try await report("relationship", service, Grid.self)
        let levels = found.data.groups.filter { $0.by == "country" }.reduce(into: [:]) { $0[$1.key] = $1.level }
        #expect(levels == ["FR": "partnership", "DE": "accountable", "CN": "basic"])
        #expect(found.data.basis == "net_revenue" && found.labels["partnership"]?.zh == "伙伴型")
    }

    @Test @Loop func theQuadrantJoinsSurveysWithBuying() async throws {
        struct Quadrant: Decodable { let quadrants, loyaltyKinds: [Counted] }
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        // 1 and 2 come back, 3 and 4 do not; 1 and 3 are content; nobody asked 5.
        let visits = [("1", "05"), ("1", "20"), ("2", "06"), ("2", "21"), ("3", "07"), ("4", "08"), ("5", "09")]
        try await apply(
            visits.enumerated().map { try order("A\($0.offset)", $0.element.0, "2011-01-\($0.element.1)") }, service)
        let scores = [("1", 5), ("1", 4), ("2", 2), ("3", 5), ("4", 1)]
        try await service.transaction { transaction in
            transaction.enqueue(
                FactStore.voice, scores.map { ExternalID.party(customerNo: $0.0) }, scores.map { _ in "csat" },
                scores.map { Double($0.1 - 1) / 4 }, scores.map { _ in Date() })
        }
        try await ValueScale.refresh(service.context)
        let found = try await report("quadrant", service, Quadrant.self).data
        func counts(_ list: [Counted]) -> [String: Int] { list.reduce(into: [:]) { $0[$1.key] = $1.customers } }
        #expect(
            counts(found.quadrants) == ["loyalist": 1, "hostage": 1, "mercenary": 1, "defector": 1, "unknown": 1])
        #expect(counts(found.loyaltyKinds) == ["premium": 1, "inertia": 1, "latent": 1, "price": 1, "unknown": 1])
    }

    @Test @Loop func campaignsAreJudgedByTheOrdersAfterTheirMessages() async throws {
        struct Promotion: Decodable {
            struct Campaign: Decodable {
                let name: String?
                let sent, buyers, buyersBefore: Int
                let responseRate: Double
                let revenue: String
            }
            let campaigns: [Campaign]
        }
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        try await apply(
            [
                order("A1", "1", "2011-01-12", "20"), order("A2", "2", "2011-01-08"), order("A3", "3", "2011-02-20"),
            ], service)
        let campaign = UUID()
        let sentAt = try #require(RFC3339.date("2011-01-10T10:00:00Z"))
        try await service.transaction { transaction in
            transaction.enqueue(FactStore.campaign, [campaign], ["新年"], ["active"], ["completed"])
            let parties = ["1", "2", "3"].map { ExternalID.party(customerNo: $0) }
            transaction.enqueue(FactStore.message, parties.map { _ in campaign }, parties, parties.map { _ in sentAt })
        }
        let found = try #require(try await report("promotion", service, Promotion.self).data.campaigns.first)
        #expect(found.name == "新年" && found.sent == 3 && found.buyers == 1 && found.buyersBefore == 1)
        #expect(found.responseRate == 0.333333 && found.revenue == "20.0000")
        #expect(try await service.faultsOfEvents() == [])
    }

    @Test @Loop func marginIsOfTheSalesWhoseCostIsKnown() async throws {
        struct Profit: Decodable {
            let margin: String?
            let marginKnownFor: Double?
        }
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let json = """
            {"orderId":"A1","customerNo":"1","placedAt":"2011-01-05T10:00:00Z","currency":"GBP","total":"40","channel":"web",
            "lines":[{"sku":"T","quantity":"2","unitPrice":"10","unitCost":"6.5"},{"sku":"U","quantity":1,"unitPrice":"20"}]}
            """
        let document = Array(json.utf8).withUnsafeBytes { bytes in
            Result { () throws(JSONError) -> ERPDocument in try OrderPlaced(json: bytes).order }
        }
        try await apply([LedgerEntry(.order, try document.get())], service)
        try await ValueScale.refresh(service.context)
        let found = try await report("profitability", service, Profit.self).data
        #expect(found.margin == "7.0000" && found.marginKnownFor == 0.5)
    }
}
