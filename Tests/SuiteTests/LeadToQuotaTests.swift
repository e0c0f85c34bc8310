import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import TestKit
import Testing

extension WholeSuite {
    /// The road from a lead to money received, through real contacts, sales and the Broker: what each case earns whom, reckoned by hand.
    @Suite struct LeadToQuotaTests {
        /// The cases, in euros; quotas of Ann, Bob and all count orders in one period and payments in another.
        ///
        /// | case | orders | credited | paid | earned by orders | earned by payments |
        /// | --- | --- | --- | --- | --- | --- |
        /// | new customer, partly paid | 100 | | 60 | 100 | 60 |
        /// | known customer, paid whole, then credited | 200 | 50 | 200 | 150 | 150 |
        /// | merged customer, with an order of before | 40 + 300 | | | 340 | 0 |
        /// | refused | 0 | | | 0 | 0 |
        /// | changed from 500; credited first, then paid less | 450 | 45 | 405 | 405 | 405 |
        /// | cancelled | 0 | | | 0 | 0 |
        /// | Ann's, then Bob's: 70 of Ann's time, 80 of Bob's; the 70 are paid in his | 70 + 80 | | 70 | 70, Bob 80 | 0, Bob 70 |
        /// | two ERPs with the same number: 11, and 22 dollars at 1.10 | 11 + 20 | | | 31 | 0 |
        ///
        /// Ann: 100 + 150 + 340 + 405 + 70 + 31 = 1096 and 60 + 150 + 405 = 615; Bob 80 and 70; all 1176 and 685.
        private static let earned = [
            "Ann orders 8 1191.0000 95.0000 1096.0000", "Ann payments 8 665.0000 50.0000 615.0000",
            "Bob orders 1 80.0000 0.0000 80.0000", "Bob payments 1 70.0000 0.0000 70.0000",
            "all orders 9 1271.0000 95.0000 1176.0000", "all payments 9 735.0000 50.0000 685.0000",
        ]

        @Test(.timeLimit(.minutes(5))) @Loop func eachCaseEarnsWhatItShould() async throws {
            try await RunningSuite.with { suite in
                let up = try await suite.rapport("up")
                try #require(up.isSuccess, "\(up.text)")
                let road = Road(suite)
                try await road.quotas()
                try await road.newCustomer()
                try await road.knownCustomer()
                try await road.mergedCustomer()
                try await road.refused()
                try await road.changed()
                try await road.cancelled()
                try await road.ownerChanged()
                try await road.twoERPs()
                var earned: [String] = []
                do {
                    try await eventually("what everybody has earned", within: .seconds(60)) {
                        earned = try await road.earned("owner")
                        return earned == Self.earned
                    }
                } catch { #expect(earned == Self.earned) }
                #expect(try await road.earned("team") == ["North orders 1 100.0000 0.0000 100.0000"])
                #expect(try await road.earned("territory") == ["Rhineland orders 1 200.0000 50.0000 150.0000"])
                // What contacts says that each is worth: orders less credits, whoever has the account.
                for (name, value) in road.worth {
                    try await eventually("\(name) is worth \(value)", within: .seconds(30)) {
                        try await road.value(name) == value
                    }
                }
                let reconciled = try await suite.rapport("reconcile")
                #expect(reconciled.isSuccess, "\(reconciled.text)")
            }
        }
    }
}

/// Leads, the quotes that come of them, and ERPs that answer.
@Loop
private final class Road {
    /// What the parties are worth in euros, by the names of their cases.
    let worth = [
        ("new", "100.0000"), ("known", "150.0000"), ("merged", "340.0000"), ("changed", "405.0000"),
        ("moved", "150.0000"), ("twice", "11.0000"),
    ]
    private let suite: RunningSuite
    private var parties: [String: String] = [:]
    private var told = 0
    private let start = Date()

    init(_ suite: RunningSuite) { self.suite = suite }

    // MARK: The cases

    func newCustomer() async throws {
        let request = try await accepted(
            "new", #"{"name":"New Ltd","company":"New Ltd","email":"n@new.example","owner":"Ann"}"#)
        try await erp("erp.order.placed.v1", order("N1", "1", "100", for: request))
        try await erp("erp.payment.received.v1", paid("NP1", "1", "60"))
        try await change("new", #"{"team":"North"}"#)
    }

    func knownCustomer() async throws {
        try await erp(
            "erp.customer.upserted.v1", #"{"customerNo":"2","name":"Known Ltd","email":"k@known.example"}"#,
            on: "erp.customers")
        let known = ExternalID.party(customerNo: "2").text
        try await eventually("the known customer in sales", within: .seconds(60)) {
            (try? await suite.ask("sales", .get, "/v1/accounts/\(known)"))?.contains("k@known.example") == true
        }
        let lead = #"{"name":"Kay","email":"k@known.example","owner":"Ann"}"#
        let request = try await accepted("known", lead, as: #"{"accountId":"\#(known)"}"#)
        #expect(parties["known"] == known)
        try await erp("erp.order.placed.v1", order("K1", "2", "200", for: request))
        try await erp("erp.payment.received.v1", paid("KP1", "2", "200"))
        try await erp("erp.credit.issued.v1", credit("KC1", "2", "50", after: 20))
        try await change("known", #"{"territory":"Rhineland"}"#)
    }

    func mergedCustomer() async throws {
        try await erp("erp.order.placed.v1", order("M0", "3", "40"))
        let request = try await accepted("merged", #"{"name":"Merged","email":"m@merged.example","owner":"Ann"}"#)
        let (survivor, number) = (parties["merged"] ?? "", ExternalID.party(customerNo: "3").text)
        for party in [survivor, number] {
            try await eventually("a party to merge", within: .seconds(60)) {
                (try? await suite.ask("contacts", .get, "/v1/parties/\(party)")) != nil
            }
        }
        struct Seen: Decodable { let version: Int }
        let seen = try await suite.ask("contacts", .get, "/v1/parties/\(survivor)", as: Seen.self).version
        try await suite.ask(
            "contacts", .post, "/v1/parties/\(survivor)/merges", #"{"mergedId":"\#(number)"}"#,
            headers: ["if-match": "\"\(seen)\""])
        try await erp("erp.order.placed.v1", order("M1", "3", "300", for: request))
    }

    func refused() async throws {
        let request = try await accepted("refused", #"{"name":"Refused","email":"r@refused.example","owner":"Ann"}"#)
        try await erp("erp.order.refused.v1", #"{"requestId":"\#(request)","reason":"no credit"}"#)
        try await status("refused", of: request)
    }

    func changed() async throws {
        let request = try await accepted("changed", #"{"name":"Changed","email":"c@changed.example","owner":"Ann"}"#)
        try await erp("erp.order.placed.v1", order("C1", "5", "500", for: request))
        try await status("ordered", of: request)
        try await erp("erp.order.changed.v1", order("C1", "5", "450"))
        try await erp("erp.credit.issued.v1", credit("CC1", "5", "45", after: 10))
        try await erp("erp.payment.received.v1", paid("CP1", "5", "405", after: 20))
        try await status("changed", of: request)
    }

    func cancelled() async throws {
        let request = try await accepted("cancelled", #"{"name":"Cancelled","email":"x@x.example","owner":"Ann"}"#)
        try await erp("erp.order.placed.v1", order("X1", "6", "600", for: request))
        try await status("ordered", of: request)
        try await erp("erp.order.cancelled.v1", order("X1", "6", "600"))
        try await status("cancelled", of: request)
    }

    func ownerChanged() async throws {
        let request = try await accepted("moved", #"{"name":"Moved","email":"o@moved.example","owner":"Ann"}"#)
        try await erp("erp.order.placed.v1", order("O1", "7", "70", for: request, after: -3600))
        try await change("moved", #"{"owner":"Bob"}"#)
        try await erp("erp.order.placed.v1", order("O2", "7", "80", after: 600))
        try await erp("erp.payment.received.v1", paid("OP1", "7", "70", after: 700))
    }

    func twoERPs() async throws {
        try await erp(
            "erp.rate.published.v1", #"{"base":"EUR","quote":"USD","rate":"1.10","day":"2020-01-01"}"#, on: "erp.rates")
        let request = try await accepted("twice", #"{"name":"Twice","email":"t@twice.example","owner":"Ann"}"#)
        try await erp("erp.order.placed.v1", order("SAME", "9", "11", for: request))
        let shop = #""customerNo":"9","customerSystem":"shop""#
        try await erp(
            "erp.customer.upserted.v1", #"{\#(shop),"name":"Twice","partyId":"\#(parties["twice"] ?? "")"}"#,
            on: "erp.customers", key: "shop:9", source: "/shop")
        let foreign = order("SAME", "9", "22").replacing("EUR", with: "USD")
            .replacing(#""customerNo":"9""#, with: shop)
        try await erp("erp.order.placed.v1", foreign, source: "/shop")
    }

    // MARK: What is asked

    /// Sets all quotas: orders count in one period, payments in another, in whose place an owner can have one of each.
    func quotas() async throws {
        for owner in ["Ann", "Bob", "all"] {
            try await quota(#""owner":"\#(owner)""#, "orders", from: "2000-01-01")
            try await quota(#""owner":"\#(owner)""#, "payments", from: "2000-01-02")
        }
        try await quota(#""team":"North""#, "orders", from: "2000-01-01")
        try await quota(#""territory":"Rhineland""#, "orders", from: "2000-01-01")
    }

    private func quota(_ holder: String, _ basis: String, from start: String) async throws {
        try await suite.ask(
            "sales", .put, "/v1/quotas",
            #"{\#(holder),"periodStart":"\#(start)","periodEnd":"2999-12-31","currency":"EUR","target":"1000","basis":"\#(basis)"}"#
        )
    }

    /// A line for each quota: whose, by what, orders, what counts, what is taken back, what is earned.
    func earned(_ of: String) async throws -> [String] {
        struct Quotas: Decodable {
            struct Item: Decodable {
                let owner, team, territory: String?
                let basis, revenue, paid, takenBack, earned: String
                let orders: Int
            }
            let items: [Item]
        }
        return try await suite.ask("sales", .get, "/v1/quotas?of=\(of)", as: Quotas.self).items.map { quota in
            let holder = quota.owner ?? quota.team ?? quota.territory ?? "nobody"
            let counted = quota.basis == "orders" ? quota.revenue : quota.paid
            return "\(holder) \(quota.basis) \(quota.orders) \(counted) \(quota.takenBack) \(quota.earned)"
        }.sorted()
    }

    /// What contacts says that the party of a case is worth in euros.
    func value(_ name: String) async throws -> String {
        struct Value: Decodable {
            struct Item: Decodable { let currency, netRevenue: String }
            let values: [Item]
        }
        let path = "/v1/parties/\(parties[name] ?? "")/value"
        return try await suite.ask("contacts", .get, path, as: Value.self).values.first { $0.currency == "EUR" }?
            .netRevenue ?? "nothing"
    }

    private func status(_ status: String, of request: String) async throws {
        struct Request: Decodable { let status: String }
        try await eventually("a request that is \(status)", within: .seconds(60)) {
            try await suite.ask("sales", .get, "/v1/order-requests/\(request)", as: Request.self).status == status
        }
    }

    private func change(_ name: String, _ json: String) async throws {
        struct Seen: Decodable { let version: Int }
        let path = "/v1/accounts/\(parties[name] ?? "")"
        // The account changes with each order, so that the version seen may be an older one.
        try await eventually("a change of the account of \(name)", within: .seconds(30)) {
            let seen = try await suite.ask("sales", .get, path, as: Seen.self).version
            return (try? await suite.ask("sales", .patch, path, json, headers: ["if-match": "\"\(seen)\""])) != nil
        }
    }

    /// Makes a lead a customer with an accepted quote, and answers the request's id.
    private func accepted(_ name: String, _ lead: String, as said: String = "") async throws -> String {
        struct Lead: Decodable { let accountId: String }
        let id = try await made("/v1/leads", lead)
        let opportunity = try await made("/v1/leads/\(id)/convert", said)
        parties[name] = try await suite.ask("sales", .get, "/v1/leads/\(id)", as: Lead.self).accountId.lowercased()
        let quote = try await made(
            "/v1/opportunities/\(opportunity)/quotes",
            #"{"currency":"EUR","lines":[{"sku":"A1","name":"Lantern","quantity":"1","unitPrice":"100"}]}"#)
        return try await made("/v1/quotes/\(quote)/accept")
    }

    private func made(_ path: String, _ json: String = "") async throws -> String {
        struct Made: Decodable { let id: String }
        return try await suite.ask("sales", .post, path, json, as: Made.self).id.lowercased()
    }

    // MARK: The ERP

    private func erp(
        _ type: String, _ json: String, on topic: String = "erp.orders", key: String = "customer",
        source: String = "/erp"
    ) async throws {
        told += 1
        // The whole second, as the ERP's clock shows it, and one event after the other.
        try await suite.shell(
            """
            echo '\(json)' | kcat -P -b $BROKER -t \(topic) -k \(key) -X partitioner=murmur2_random -H ce_specversion=1.0 \
            -H ce_id=\(told) -H ce_source=\(source) -H ce_type=\(type) -H ce_time=\(time(told))
            """)
    }

    /// So many seconds from the beginning.
    private func time(_ seconds: Int) -> String { RFC3339.string(start.addingTimeInterval(Double(seconds))) }

    private func order(
        _ id: String, _ customer: String, _ total: String, for request: String? = nil, after seconds: Int = 0
    ) -> String {
        let answer = request.map { #","correlationId":"\#($0)""# } ?? ""
        return #"{"orderId":"\#(id)","customerNo":"\#(customer)","placedAt":"\#(time(seconds))","currency":"EUR","#
            + #""lines":[{"sku":"A1","name":"Lantern","quantity":"1","unitPrice":"\#(total)"}],"total":"\#(total)"\#(answer)}"#
    }

    private func paid(_ id: String, _ customer: String, _ amount: String, after seconds: Int = 5) -> String {
        #"{"paymentId":"\#(id)","customerNo":"\#(customer)","receivedAt":"\#(time(seconds))","currency":"EUR","amount":"\#(amount)"}"#
    }

    private func credit(_ id: String, _ customer: String, _ total: String, after seconds: Int) -> String {
        #"{"creditId":"\#(id)","customerNo":"\#(customer)","issuedAt":"\#(time(seconds))","currency":"EUR","total":"\#(total)"}"#
    }
}
