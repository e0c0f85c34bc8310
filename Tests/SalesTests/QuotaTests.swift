import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit
import ServiceTestKit
import Testing

@testable import Sales

@Suite struct QuotaTests {
    private struct Quotas: Decodable {
        struct Sum: Decodable {
            let currency, amount: String
            let rate, rateDay, worth: String?
        }
        struct Item: Decodable {
            let owner, currency, basis, earned, credited, attainmentPercent: String
            let converted, notConverted: [Sum]
        }
        let items: [Item]
    }

    private func document(
        _ kind: LedgerEntry.Kind, _ id: String, _ customer: String, _ at: String, _ total: String,
        _ currency: String = "EUR"
    ) throws -> LedgerEntry {
        LedgerEntry(kind, try .order(id, customer: customer, at: at, total: total, currency: currency))
    }

    @Loop
    private func put(
        _ owner: String, _ service: TestService, currency: String = "EUR", and rest: String = ""
    ) async throws {
        let quota = """
            {"owner":"\(owner)","periodStart":"2026-11-01","periodEnd":"2026-11-30","currency":"\(currency)","target":"1000"\(rest)}
            """
        let answer = try await service.send(.put, "/v1/quotas", quota)
        #expect(answer.status == 200, "\(answer.text)")
    }

    @Loop
    private func earned(_ service: TestService) async throws -> [String] {
        try await service.send(.get, "/v1/quotas").json(Quotas.self).items.map {
            "\($0.owner) \($0.currency) \($0.basis) \($0.earned) \($0.attainmentPercent)"
        }
    }

    @Test @Loop func salesAreWhoseTheAccountWasThen() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        try await service.transaction {
            try await AccountHandlers.apply([try document(.order, "A1", "1", "2026-11-02T10:00:00Z", "100")], $0)
        }
        let path = "/v1/accounts/\(ExternalID.party(customerNo: "1"))"
        func give(_ owner: String) async throws {
            let said = "{\"owner\":\(owner)}"
            #expect(try await service.send(.patch, path, said, headers: try await service.seen(path)).status == 200)
        }
        // Ann has it from the beginning, then for some days nobody, then Bob.
        try await give("\"Ann\"")
        try await give("null")
        try await give("\"Bob\"")
        _ = try await service.column(
            """
            UPDATE account_owner SET since = CASE owner WHEN 'Bob' THEN timestamptz '2026-11-20Z' ELSE since END,
                until = CASE owner WHEN 'Ann' THEN timestamptz '2026-11-10Z' ELSE until END RETURNING owner
            """)
        let entries = [
            try document(.order, "A2", "1", "2026-11-15T10:00:00Z", "10"),
            try document(.order, "A3", "1", "2026-11-21T10:00:00Z", "300"),
            try document(.credit, "C1", "1", "2026-11-22T10:00:00Z", "30"),
            try document(.order, "A4", "1", "2026-12-01T10:00:00Z", "7"),
        ]
        try await service.transaction { try await AccountHandlers.apply(entries, $0) }
        for owner in ["Ann", "Bob", "all"] { try await put(owner, service) }
        #expect(
            try await earned(service) == [
                "Ann EUR orders 100.0000 10.00", "Bob EUR orders 270.0000 27.00", "all EUR orders 380.0000 38.00",
            ])
        struct Owners: Decodable {
            struct Item: Decodable {
                let owner: String
                let since, until: String?
            }
            let items: [Item]
        }
        let owners = try await service.send(.get, "\(path)/owners").json(Owners.self).items
        #expect(owners.map(\.owner) == ["Bob", "Ann"] && owners[1].since == nil && owners[0].until == nil)
        // A cancelled order and one that changed count as they are.
        let cancelled = LedgerEntry(.order, entries[1].document, isCancelled: true)
        try await service.transaction { try await AccountHandlers.apply([cancelled], $0) }
        #expect(try await earned(service)[1] == "Bob EUR orders -30.0000 -3.00")
    }

    @Test @Loop func paymentsEarnWhereThePlanSaysSoAndDaysAreTheFirms() async throws {
        let service = try await TestService(SalesService.self, settings: ["FIRM_ZONE": "Asia/Shanghai"])
        defer { service.close() }
        let entries = [
            try document(.order, "A1", "1", "2026-10-31T16:30:00Z", "500"),  // 1 November in Shanghai
            try document(.payment, "P1", "1", "2026-11-05T10:00:00Z", "200"),
            try document(.payment, "P2", "1", "2026-11-30T15:59:00Z", "50"),
            try document(.payment, "P3", "1", "2026-11-30T16:00:00Z", "999"),  // 1 December in Shanghai
            try document(.credit, "C1", "1", "2026-11-06T10:00:00Z", "20"),
        ]
        try await service.transaction { try await AccountHandlers.apply(entries, $0) }
        try await put("all", service)
        #expect(try await earned(service) == ["all EUR orders 480.0000 48.00"])
        try await put("all", service, and: #","basis":"payments""#)
        // The credit lessened what was still to be paid: of the payments nothing was taken back.
        #expect(try await earned(service) == ["all EUR payments 250.0000 25.00"])
        for bad in [
            #""currency":"XYZ","target":"1""#, #""currency":"HRK","target":"1""#, #""currency":"JPY","target":"1.5""#,
        ] {
            let quota = "{\"owner\":\"x\",\"periodStart\":\"2026-11-01\",\"periodEnd\":\"2026-11-30\",\(bad)}"
            #expect(try await service.send(.put, "/v1/quotas", quota).status == 400, "\(bad)")
        }
    }

    /// A credit counted against the payment that it had made smaller already.
    @Test @Loop func aCreditTakesBackOnceWhatWasPaid() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        try await put("all", service, and: #","basis":"payments""#)
        var number = 0
        /// What the documents of a new customer earn, a day after the other.
        func earn(_ documents: [(LedgerEntry.Kind, String)]) async throws -> String {
            number += 1
            let entries = try documents.enumerated().map { day, said in
                try document(said.0, "\(number)-\(day)", "\(number)", "2026-11-0\(day + 1)T10:00:00Z", said.1)
            }
            try await service.transaction { try await AccountHandlers.apply(entries, $0) }
            let sum = try await earned(service)[0].split(separator: " ")[3]
            _ = try await service.column("DELETE FROM erp_document RETURNING id")
            return String(sum)
        }
        // Credited before it is paid, and paid less.
        #expect(try await earn([(.order, "100"), (.credit, "10"), (.payment, "90")]) == "90.0000")
        // Paid, then credited; the money goes back in ways that the ERP tells, or does not tell.
        #expect(try await earn([(.order, "100"), (.payment, "100"), (.credit, "10")]) == "90.0000")
        #expect(try await earn([(.order, "100"), (.payment, "100"), (.credit, "10"), (.payment, "-10")]) == "90.0000")
        // Partly paid: what is credited was not paid yet.
        #expect(try await earn([(.order, "100"), (.payment, "60"), (.credit, "30")]) == "60.0000")
        #expect(try await earn([(.order, "100"), (.payment, "60"), (.credit, "50")]) == "50.0000")
        // A later order uses the credit up.
        #expect(
            try await earn([
                (.order, "100"), (.payment, "100"), (.credit, "10"), (.order, "50"), (.payment, "40"),
            ]) == "140.0000")
        // Paid for orders of which nothing is known here.
        #expect(try await earn([(.payment, "500")]) == "500.0000")
    }

    @Test @Loop func teamsAndTerritoriesHaveQuotas() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let entries = [
            try document(.order, "A1", "1", "2026-11-02T10:00:00Z", "100"),
            try document(.order, "A2", "2", "2026-11-02T10:00:00Z", "40"),
        ]
        try await service.transaction { try await AccountHandlers.apply(entries, $0) }
        let path = "/v1/accounts/\(ExternalID.party(customerNo: "1"))"
        for said in [#"{"team":"North","territory":"Elbe"}"#, #"{"team":"South"}"#] {
            let answer = try await service.send(.patch, path, said, headers: try await service.seen(path))
            #expect(answer.status == 200, "\(answer.text)")
        }
        // The first team has what lies before; South has it from now on.
        struct Owners: Decodable {
            struct Item: Decodable { let name: String }
            let teams, territories: [Item]
        }
        let owners = try await service.send(.get, "\(path)/owners").json(Owners.self)
        #expect(owners.teams.map(\.name) == ["South", "North"] && owners.territories.map(\.name) == ["Elbe"])
        for holder in [#""team":"North""#, #""team":"South""#, #""territory":"Elbe""#] {
            let quota = """
                {\(holder),"periodStart":"2026-11-01","periodEnd":"2026-11-30","currency":"EUR","target":"1000"}
                """
            for _ in 1...2 {
                #expect(try await service.send(.put, "/v1/quotas", quota).text.contains("\"version\":1"))
            }
        }
        struct Parts: Decodable {
            struct Item: Decodable { let team, territory: String?; let earned: String }
            let items: [Item]
        }
        let teams = try await service.send(.get, "/v1/quotas?of=team").json(Parts.self).items
        #expect(teams.map { "\($0.team ?? "-") \($0.earned)" } == ["North 100.0000", "South 0.0000"])
        let territories = try await service.send(.get, "/v1/quotas?of=territory&name=Elbe").json(Parts.self).items
        #expect(territories.map { "\($0.territory ?? "-") \($0.earned)" } == ["Elbe 100.0000"])
        #expect(try await earned(service).isEmpty)
        for wrong in [#""owner":"x","team":"y""#, #""note":"x""#] {
            let quota =
                "{\(wrong),\"periodStart\":\"2026-11-01\",\"periodEnd\":\"2026-11-30\",\"currency\":\"EUR\",\"target\":\"1\"}"
            #expect(try await service.send(.put, "/v1/quotas", quota).status == 400)
        }
    }

    @Test @Loop func otherCurrenciesCountByTheRateOfTheirDay() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        func rate(_ base: String, _ quote: String, _ rate: String, _ day: String) throws -> RatePublished {
            let json = #"{"base":"\#(base)","quote":"\#(quote)","rate":"\#(rate)","day":"\#(day)"}"#
            return try ModelJSON.decoder.decode(RatePublished.self, from: Data(json.utf8))
        }
        let entries = [
            try document(.order, "A1", "1", "2026-11-02T10:00:00Z", "100", "USD"),
            try document(.order, "A2", "1", "2026-11-09T10:00:00Z", "100", "USD"),
            try document(.order, "A3", "1", "2026-11-09T10:00:00Z", "1000", "JPY"),
            try document(.credit, "C1", "1", "2026-11-10T10:00:00Z", "10", "USD"),
            try document(.order, "A4", "1", "2026-11-11T10:00:00Z", "77", "CHF"),
        ]
        let rates = [
            try rate("EUR", "USD", "1.25", "2026-11-01"), try rate("EUR", "USD", "9", "2026-11-05"),
            try rate("EUR", "USD", "1.6", "2026-11-05"), try rate("EUR", "JPY", "160", "2026-11-05"),
            try rate("EUR", "CHF", "0.9", "2026-11-12"),
        ]
        try await service.transaction { transaction in
            try await AccountHandlers.apply(entries, transaction)
            ExchangeRates.hear(rates, transaction)
        }
        try await put("all", service)
        try await put("all", service, currency: "USD")
        let quotas = try await service.send(.get, "/v1/quotas").json(Quotas.self).items
        // The firm's report of the month says the same, in its own currency or another.
        struct Revenue: Decodable {
            struct Month: Decodable { let month, revenue, credited, netRevenue: String }
            struct Left: Decodable { let currency, amount: String }
            let currency: String
            let months: [Month]
            let notConverted: [Left]
        }
        let span = "from=2026-11-01&to=2026-11-30"
        let own = try await service.send(.get, "/v1/revenue?\(span)").json(Revenue.self)
        #expect(own.currency == "EUR" && own.months.map(\.netRevenue) == ["142.5000"])
        #expect(own.notConverted.map { "\($0.currency) \($0.amount)" } == ["CHF 77.0000"])
        let dollars = try await service.send(.get, "/v1/revenue?\(span)&currency=USD").json(Revenue.self)
        #expect(dollars.months.map { "\($0.month) \($0.revenue) \($0.credited)" } == ["2026-11 210.0000 10.0000"])
        #expect(try await service.send(.get, "/v1/revenue?from=x").status == 400)
        // 100 / 1.25 + 100 / 1.6 + 1000 / 160 - 10 / 1.6; the franc has no rate yet.
        #expect(quotas.map(\.earned) == ["142.5000", "200.0000"])
        #expect(
            quotas[0].converted.map { "\($0.currency) \($0.rateDay ?? "-") \($0.worth ?? "-")" } == [
                "USD 2026-11-01 80.0000", "JPY 2026-11-05 6.2500", "USD 2026-11-05 62.5000", "USD 2026-11-05 6.2500",
            ])
        #expect(quotas[0].notConverted.map(\.currency) == ["CHF"])
        // By the common currency: 1000 yen are 10 dollars.
        #expect(quotas[1].converted.map { $0.worth ?? "-" } == ["10.0000"])
    }
}
