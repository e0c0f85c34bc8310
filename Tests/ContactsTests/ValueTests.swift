import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit
import ServiceTestKit
import Testing

@testable import Contacts

private func customer(_ json: String) throws -> CustomerUpserted {
    try ModelJSON.decoder.decode(CustomerUpserted.self, from: Data(json.utf8))
}

private func order(
    _ id: String, _ customer: String? = "17850", at: String = "2010-12-01T08:26:00Z", total: String,
    currency: String = "GBP"
) throws -> LedgerEntry {
    LedgerEntry(.order, try .order(id, customer: customer, at: at, total: total, currency: currency))
}

private func other(_ kind: LedgerEntry.Kind, _ id: String, total: String) throws -> LedgerEntry {
    LedgerEntry(kind, try .order(id, customer: "17850", at: "2010-12-20T10:00:00Z", total: total))
}

private let valueColumns = """
    SELECT concat_ws('|', r.reference, p.kind, p.name, v.currency, v.orders, v.revenue, v.credits, v.credited, v.paid,
        v.first_order_at, v.last_order_at)
    FROM party_value v JOIN party p ON p.id = v.party_id JOIN party_reference r ON r.party_id = p.id
    ORDER BY r.reference, v.currency
    """

@Suite struct ValueTests {
    @Test @Loop func everyStatementFitsTheSchemaUnderANameOfItsOwn() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        try await service.prepareAll(of: ContactsService.self)
        let names = ServiceCommand.allStatements(of: ContactsService.self).map(\.name)
        #expect(Set(names).count == names.count)
    }

    @Test @Loop func valuesAreExactAndDocumentsToldAgainChangeNothing() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let entries = [
            try order("A1", total: "139.125"), try order("A2", at: "2010-12-09T12:00:00Z", total: "0.0725"),
            try order("A3", nil, total: "7.00"), try other(.credit, "C1", total: "20.10"),
            try other(.payment, "P1", total: "100"), try other(.invoice, "I1", total: "139.13"),
        ]
        try await service.transaction { try await ValueHandlers.apply(entries, $0) }
        let expected = [
            "17850|consumer|17850|GBP|2|1391975|1|201000|1000000|2010-12-01 08:26:00+00|2010-12-09 12:00:00+00"
        ]
        #expect(try await service.column(valueColumns) == expected)
        try await service.transaction { try await ValueHandlers.apply(entries.reversed() + entries, $0) }
        #expect(try await service.column(valueColumns) == expected)

        struct Value: Decodable {
            struct Item: Decodable { let revenue, netRevenue, paid, averageOrder: String }
            let values: [Item]
        }
        let path = "/v1/parties/\(ExternalID.party(customerNo: "17850"))/value"
        let shown = try await service.send(.get, path).json(Value.self).values[0]
        #expect(shown.revenue == "139.1975" && shown.netRevenue == "119.0975")
        #expect(shown.paid == "100.0000" && shown.averageOrder == "69.5988")
        #expect(try await service.faultsOfEvents() == [])
    }

    @Test @Loop func changesAndCancellationsAreAbsolute() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        func apply(_ entries: LedgerEntry...) async throws -> [String] {
            try await service.transaction { try await ValueHandlers.apply(entries, $0) }
            return try await service.column("SELECT orders || ' ' || revenue FROM party_value ORDER BY currency")
        }
        #expect(try await apply(order("A1", total: "10"), order("A2", total: "5")) == ["2 150000"])
        #expect(try await apply(order("A1", total: "12.5")) == ["2 175000"])
        let cancelled = LedgerEntry(.order, try order("A1", total: "12.5").document, isCancelled: true)
        #expect(try await apply(cancelled) == ["1 50000"])
        #expect(try await apply(cancelled, cancelled) == ["1 50000"])
        // Placed again after all, and cancelled before anybody heard of it.
        #expect(try await apply(order("A1", total: "1")) == ["2 60000"])
        let unheard = LedgerEntry(.order, try order("A9", total: "99").document, isCancelled: true)
        #expect(try await apply(unheard) == ["2 60000"])
    }

    @Test @Loop func anOrderThatGoesToAnotherCustomerOrCurrencyLeavesNothingBehind() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        var clock = 0.0
        func apply(_ entries: LedgerEntry...) async throws -> [String] {
            clock += 1
            let told = entries.map {
                LedgerEntry($0.kind, $0.document, toldAt: Date(timeIntervalSince1970: clock))
            }
            try await service.transaction { try await ValueHandlers.apply(told, $0) }
            return try await service.column(
                """
                SELECT concat_ws(' ', p.name, currency, orders, revenue) FROM party_value JOIN party p ON p.id = party_id
                ORDER BY p.name, currency
                """)
        }
        _ = try await apply(order("A1", "1", total: "10"), order("A2", "1", total: "5"))
        #expect(
            try await apply(order("A1", "1", total: "12", currency: "EUR")) == ["1 EUR 1 120000", "1 GBP 1 50000"])
        #expect(
            try await apply(order("A1", "2", total: "13", currency: "EUR"))
                == ["1 EUR 0 0", "1 GBP 1 50000", "2 EUR 1 130000"])
        #expect(
            try await apply(order("A1", nil, total: "13", currency: "EUR"))
                == ["1 EUR 0 0", "1 GBP 1 50000", "2 EUR 0 0"])
    }

    @Test @Loop func theCustomerMayComeBeforeOrAfterTheOrder() async throws {
        var states: [[String]] = []
        let record = try customer(#"{"customerNo":"17850","name":"上海王氏","kind":"enterprise"}"#)
        for isFirst in [true, false] {
            let service = try await TestService(ContactsService.self)
            defer { service.close() }
            let entries = [try order("A1", total: "10")]
            if isFirst { try await service.transaction { try PartyHandlers.upsert([record], $0) } }
            try await service.transaction { try await ValueHandlers.apply(entries, $0) }
            if !isFirst { try await service.transaction { try PartyHandlers.upsert([record], $0) } }
            states.append(try await service.column(valueColumns))
            let events = try await service.column("SELECT seq::text FROM outbox ORDER BY id")
            #expect(events == (1...events.count).map { "\($0)" })
        }
        let expected =
            "17850|enterprise|上海王氏|GBP|1|100000|0|0|0|2010-12-01 08:26:00+00|2010-12-01 08:26:00+00"
        #expect(states[0] == [expected])
        #expect(states[0] == states[1])
    }

    @Test @Loop func whatTheERPDoesNotSayStaysAndAKindAloneIsAChange() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        func upsert(_ json: String) async throws -> [String] {
            let record = try customer(json)
            try await service.transaction {
                try PartyHandlers.upsert([record], $0)
                if let granted = record.marketingConsent {
                    let word = ConsentHandlers.Said(granted: granted, at: Date(), offset: 0, isChange: false)
                    ConsentCommands.hear([record.partyID: word], $0)
                }
            }
            return try await service.column("SELECT concat_ws('|', version, kind, name, email, country) FROM party")
        }
        let first = #"{"customerNo":"7","name":"A","kind":"partner","email":"a@B.example","country":"DE"}"#
        #expect(try await upsert(first) == ["1|partner|A|a@b.example|DE"])
        #expect(try await upsert(#"{"customerNo":"7","name":"A"}"#) == ["1|partner|A|a@b.example|DE"])
        #expect(try await upsert(#"{"customerNo":"7","name":"B"}"#) == ["2|partner|B|a@b.example|DE"])
        #expect(
            try await upsert(#"{"customerNo":"7","name":"B","kind":"internal"}"#) == ["3|internal|B|a@b.example|DE"])
        #expect(try await upsert(#"{"customerNo":"7","name":"B","kind":"no such"}"#) == ["3|internal|B|a@b.example|DE"])
        let consent = #"{"customerNo":"7","name":"B","marketingConsent":true}"#
        #expect(try await upsert(consent) == ["4|internal|B|a@b.example|DE"])
        #expect(try await upsert(consent) == ["4|internal|B|a@b.example|DE"])
    }
}
