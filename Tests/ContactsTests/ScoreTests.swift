import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit
import ServiceTestKit
import Testing

@testable import Contacts

/// Places orders: a customer, a day of January 2011, and a total each.
@Loop
private func place(_ orders: [(String, Int, String)], _ service: TestService, currency: String = "GBP") async throws {
    let entries = try orders.enumerated().map { index, order in
        LedgerEntry(
            .order,
            try .order(
                "\(currency)\(order.0)-\(order.1)-\(index)", customer: order.0,
                at: "2011-01-\(order.1 < 10 ? "0" : "")\(order.1)T10:00:00Z", total: order.2, currency: currency))
    }
    try await service.transaction { try await ValueHandlers.apply(entries, $0) }
}

private struct ValueAnswer: Decodable {
    struct Item: Decodable {
        struct RFM: Decodable {
            let recency, frequency, monetary: Int
            let segment: String
        }
        let currency, netRevenue: String
        let rfm: RFM?
        let abc: String?
        let weightedScore: Double?
        let shareOfWallet: Double?
        let margin: String?
    }
    let values: [Item]
}

@Loop
private func value(_ customer: String, _ service: TestService) async throws -> [ValueAnswer.Item] {
    try await service.send(.get, "/v1/parties/\(ExternalID.party(customerNo: customer))/value").json(ValueAnswer.self)
        .values
}

@Suite struct ScoreTests {
    @Test @Loop func equalValuesShareAClassAndEdgesAreThoseOfTheLowerQuantile() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        // Ten customers, monetary 1 2 2 2 5 6 7 8 9 9: numpy's lower edges are 2, 2, 6, 8.
        let amounts = ["1", "2", "2", "2", "5", "6", "7", "8", "9", "9"]
        try await place(amounts.enumerated().map { ("\($0.offset)", $0.offset + 1, $0.element) }, service)
        #expect(try await value("0", service)[0].rfm == nil)
        try await ValueScale.refresh(service.context)
        var monetary: [Int] = []
        var recency: [Int] = []
        for customer in 0..<10 {
            let rfm = try #require(try await value("\(customer)", service)[0].rfm)
            monetary.append(rfm.monetary)
            recency.append(rfm.recency)
            #expect(rfm.frequency == 1)
        }
        #expect(monetary == [1, 1, 1, 1, 3, 3, 4, 4, 5, 5])
        #expect(recency == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5])
        // An order moves its customer at once, without a look at anybody else.
        try await place([("0", 20, "30")], service)
        let moved = try #require(try await value("0", service)[0].rfm)
        #expect((moved.recency, moved.frequency, moved.monetary) == (5, 5, 5) && moved.segment == "champions")
    }

    @Test @Loop func classAIsWhereEightyPercentOfTheRevenueLies() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        // 50 + 30 reach 80 %; 10 and 5 reach 95 %; the others are C, and so is who brings nothing.
        let amounts = ["50", "30", "10", "5", "2.5", "2.5", "0"]
        try await place(amounts.enumerated().map { ("\($0.offset)", $0.offset + 1, $0.element) }, service)
        try await ValueScale.refresh(service.context)
        var classes = ""
        for customer in amounts.indices { classes += try await value("\(customer)", service)[0].abc ?? "-" }
        #expect(classes == "AABBCCC")
    }

    @Test @Loop func currenciesStandEachForItself() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        try await place((1...5).map { ("\($0)", $0, "\($0)") }, service)
        try await place([("1", 9, "500")], service, currency: "CNY")
        try await ValueScale.refresh(service.context)
        let both = try await value("1", service)
        #expect(both.map(\.currency) == ["CNY", "GBP"])
        // Alone in its currency everybody is the lowest fifth: no edge is less than the value.
        #expect(both[0].rfm?.monetary == 1 && both[0].abc == "A" && both[1].rfm?.monetary == 1)
        #expect(try await value("5", service)[0].rfm?.monetary == 5)
    }

    @Test @Loop func theFirmWeighsBehavioursAndTellsTheWallet() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        try await place((1...5).map { ("\($0)", $0, "\($0)") }, service)
        try await ValueScale.refresh(service.context)
        #expect(try await value("5", service)[0].weightedScore == nil)
        let set = try await service.send(
            .put, "/v1/value/weights", #"{"weights":{"monetary":2,"recency":0.5}}"#,
            headers: try await service.seen("/v1/value/weights"))
        #expect(set.status == 200)
        #expect(try await value("5", service)[0].weightedScore == 12.5)
        for (body, field) in [
            (#"{"weights":{"shoe size":1}}"#, "weights.shoe size"),
            (#"{"weights":{"recency":1e9}}"#, "weights.recency"),
            (#"{"weights":{"recency":"x"}}"#, "weights.recency"), (#"{}"#, "weights"),
        ] {
            let answer = try await service.send(.put, "/v1/value/weights", body, headers: ["if-match": "\"1\""])
            #expect(answer.status == 400 && answer.text.contains("\"field\":\"\(field)\""), "\(answer.text)")
        }
        let path = "/v1/parties/\(ExternalID.party(customerNo: "5"))/wallet"
        let told = try await service.send(
            .put, path, #"{"currency":"GBP","yearlySpend":"50"}"#, headers: try await service.seen(path))
        #expect(told.status == 200 && told.text.contains("50.0000"), "\(told.text)")
        #expect(try await value("5", service)[0].shareOfWallet == 0)
        for (body, field) in [
            (#"{"currency":"pounds","yearlySpend":"50"}"#, "currency"), (#"{"currency":"GBP"}"#, "yearlySpend"),
            (#"{"currency":"GBP","yearlySpend":"-1"}"#, "yearlySpend"),
        ] {
            let answer = try await service.send(.put, path, body, headers: ["if-match": "\"1\""])
            #expect(answer.status == 400 && answer.text.contains("\"field\":\"\(field)\""), "\(answer.text)")
        }
        let nobody = "/v1/parties/\(ExternalID.party(customerNo: "nobody"))"
        #expect(try await service.send(.get, nobody + "/value").status == 404)
        let none = try await service.send(
            .put, nobody + "/wallet", #"{"currency":"GBP","yearlySpend":"1"}"#, headers: ["if-match": "\"1\""])
        #expect(none.status == 404)
        #expect(try await service.send(.get, nobody + "/wallet").status == 404)
        #expect(try await service.send(.get, "/v1/parties/7/value").status == 400)
    }

    @Test @Loop func customersComeByValueInPages() async throws {
        struct Page: Decodable {
            struct Item: Decodable { let name: String }
            let items: [Item]
            let next: String?
        }
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        // Two are worth the same, so that the cursor must tell them apart.
        try await place([("a", 1, "5"), ("b", 2, "9"), ("c", 3, "5"), ("d", 4, "7"), ("e", 5, "1")], service)
        var seen: [String] = []
        var after = ""
        for _ in 0..<3 {
            let page = try await service.send(.get, "/v1/value/customers?currency=GBP&limit=2\(after)").json(Page.self)
            seen += page.items.map(\.name)
            after = page.next.map { "&after=\($0)" } ?? ""
        }
        #expect(seen.count == 5 && Array(seen.prefix(2)) == ["b", "d"] && seen.last == "e")
        #expect(Set(seen[2...3]) == ["a", "c"])
        try await ValueScale.refresh(service.context)
        let best = try await service.send(.get, "/v1/value/customers?currency=GBP&abc=A").json(Page.self)
        // 9 + 7 + 5 + 5 of 27: nobody but the first three values has less than 80 % above.
        #expect(Set(best.items.map(\.name)) == ["b", "d", "a", "c"])
        for (query, field) in [
            ("", "currency"), ("currency=gbp", "currency"), ("currency=GBP&after=x", "after"),
            ("currency=GBP&abc=D", "abc"), ("currency=GBP&limit=0", "limit"), ("currency=GBP&colour=red", "colour"),
        ] {
            let answer = try await service.send(.get, "/v1/value/customers?\(query)")
            #expect(answer.status == 400 && answer.text.contains("\"field\":\"\(field)\""), "\(answer.text)")
        }
        #expect(try await service.faultsOfEvents() == [])
    }
}
