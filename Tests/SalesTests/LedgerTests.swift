import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import Sales

@Suite struct LedgerTests {
    private let wang = PartyState(
        partyId: ExternalID.party(customerNo: "17850"), kind: "enterprise", name: "上海王氏贸易有限公司",
        email: "wang@example.cn", customerNo: "17850")

    private func documents() throws -> [LedgerEntry] {
        [
            LedgerEntry(.order, try .order("A1", customer: "17850", at: "2011-01-05T08:00:00Z", total: "100.25")),
            LedgerEntry(.order, try .order("A2", customer: "17850", at: "2011-02-05T08:00:00Z", total: "50.00")),
            LedgerEntry(.order, try .order("A3", customer: nil, at: "2011-02-06T08:00:00Z", total: "7.00")),
            LedgerEntry(.credit, try .order("C1", customer: "17850", at: "2011-02-07T08:00:00Z", total: "20.00")),
        ]
    }

    private static let accounts = """
        SELECT concat_ws('|', name, kind, email, customer_no, orders, revenue, credits, credited, last_order_at)
        FROM account JOIN account_revenue ON account_id = id
        """

    @Test @Loop func everyStatementFitsTheSchema() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        try await service.prepareAll(of: SalesService.self)
    }

    @Test @Loop func ordersAndPartiesCommute() async throws {
        var states: [[String]] = []
        for partyFirst in [true, false] {
            let service = try await TestService(SalesService.self)
            defer { service.close() }
            let entries = try documents()
            try await service.transaction { transaction in
                if partyFirst { try await AccountHandlers.apply([.party(wang)], transaction) }
                try await AccountHandlers.apply(entries, transaction)
                if !partyFirst { try await AccountHandlers.apply([.party(wang)], transaction) }
            }
            states.append(try await service.column(Self.accounts))
        }
        #expect(
            states[0] == ["上海王氏贸易有限公司|enterprise|wang@example.cn|17850|2|1502500|1|200000|2011-02-05 08:00:00+00"])
        #expect(states[0] == states[1])
    }

    @Test @Loop func aDocumentToldAgainChangesNothing() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let entries = try documents()
        try await service.transaction { try await AccountHandlers.apply(entries, $0) }
        let before = try await service.column(Self.accounts)
        try await service.transaction { try await AccountHandlers.apply(entries + entries, $0) }
        #expect(try await service.column(Self.accounts) == before)
        let cancelled = LedgerEntry(.order, entries[0].document, isCancelled: true)
        try await service.transaction { try await AccountHandlers.apply([cancelled], $0) }
        #expect(try await service.column("SELECT orders || ' ' || revenue FROM account_revenue") == ["1 500000"])
    }

    private func state(
        _ customer: String, total: String, toldAt: String, isCancelled: Bool = false, offset: Int64? = nil
    ) throws -> LedgerEntry {
        LedgerEntry(
            .order, try .order("A1", customer: customer, at: "2011-01-05T08:00:00Z", total: total),
            isCancelled: isCancelled, toldAt: RFC3339.date(toldAt), offset: offset)
    }

    private static let revenues = """
        SELECT concat_ws(' ', customer_no, orders, revenue / 10000) FROM account JOIN account_revenue ON account_id = id
        ORDER BY customer_no
        """

    @Test @Loop func aDocumentThatMovesToAnotherCustomerEndsInItsNewestState() async throws {
        let old = try state("1", total: "10", toldAt: "2011-01-05T08:00:00Z")
        let moved = try state("2", total: "20", toldAt: "2011-01-06T08:00:00Z")
        let again = try state("2", total: "25", toldAt: "2011-01-06T07:59:59Z")
        let orders: [[[LedgerEntry]]] = [
            // As they were told; the older state last, as another partition may be slow; both in one batch.
            [[old], [moved, again]], [[moved], [again], [old]], [[moved, again, old]], [[moved, old], [again, old]],
        ]
        for batches in orders {
            let service = try await TestService(SalesService.self)
            defer { service.close() }
            for batch in batches { try await service.transaction { try await AccountHandlers.apply(batch, $0) } }
            let sums = try await service.column(Self.revenues).filter { !$0.hasSuffix(" 0 0") }
            // Under one number the topic's order counts, whatever the ERP's clock says.
            #expect(sums == ["2 1 25"])
        }
    }

    /// Each ERP has its own numbers: a cancellation of the one leaves the order of the other.
    @Test @Loop func twoERPsThatUseOneNumberHaveTwoDocuments() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let order = try ERPDocument.order("A1", customer: "1", at: "2011-01-05T08:00:00Z", total: "10")
        let other = try ERPDocument.order("A1", customer: "2", at: "2011-01-05T08:00:00Z", total: "20")
        try await service.transaction { transaction in
            try await AccountHandlers.apply(
                [LedgerEntry(.order, order, source: "/a"), LedgerEntry(.order, other, source: "/b")], transaction)
        }
        #expect(try await service.column(Self.revenues) == ["1 1 10", "2 1 20"])
        try await service.transaction {
            try await AccountHandlers.apply([LedgerEntry(.order, other, isCancelled: true, source: "/b")], $0)
        }
        #expect(try await service.column(Self.revenues) == ["1 1 10", "2 0 0"])
        let lines = try await service.send(.get, "/v1/ledger/totals").text
        #expect(lines.contains("100000"), "\(lines)")
    }

    /// A move told as a placing and a cancellation, by an ERP that tells no times, ends at the placing whichever comes first.
    @Test(arguments: [["1", "2"], ["2", "1"]]) @Loop func aMoveWithoutTimesEndsAtThePlacing(_ numbers: [String])
        async throws
    {
        func state(_ customer: String, _ total: String, isCancelled: Bool = false) throws -> LedgerEntry {
            LedgerEntry(
                .order, try .order("A1", customer: customer, at: "2011-01-05T08:00:00Z", total: total),
                isCancelled: isCancelled)
        }
        let placed = try state(numbers[0], "10")
        let cancelled = try state(numbers[0], "10", isCancelled: true)
        let moved = try state(numbers[1], "20")
        for batches in [
            [[placed], [cancelled], [moved]], [[placed], [moved], [cancelled]], [[placed, moved, cancelled]],
        ] {
            let service = try await TestService(SalesService.self)
            defer { service.close() }
            for batch in batches { try await service.transaction { try await AccountHandlers.apply(batch, $0) } }
            #expect(
                try await service.column(Self.revenues).filter { !$0.hasSuffix(" 0 0") } == ["\(numbers[1]) 1 20"])
        }
    }

    /// Whether in one batch or in several, and again when the document is told under a second number.
    @Test(arguments: [true, false]) @Loop func aStateOlderThanOneToldBeforeIsShown(inOneBatch: Bool) async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let states = [
            try state("1", total: "10", toldAt: "2011-01-06T08:00:00Z"),
            try state("1", total: "11", toldAt: "2011-01-05T08:00:00Z"),
            try state("1", total: "12", toldAt: "2011-01-05T09:00:00Z"),
            try state("1", total: "13", toldAt: "2011-01-07T08:00:00Z"),
            try state("2", total: "14", toldAt: "2011-01-04T08:00:00Z"),
            try state("2", total: "15", toldAt: "2011-01-03T08:00:00Z"),
        ]
        for batch in inOneBatch ? [states] : states.map({ [$0] }) {
            try await service.transaction { try await AccountHandlers.apply(batch, $0) }
        }
        #expect(try await service.column(Self.revenues).filter { !$0.hasSuffix(" 0 0") } == ["1 1 13"])
        struct Page: Decodable {
            struct Item: Decodable {
                let id: String
                let states: Int
            }
            let items: [Item]
        }
        let shown = try await service.send(.get, "/v1/ledger/older-states").json(Page.self).items
        #expect(shown.map { "\($0.id) \($0.states)" } == ["A1 3"])
        // The same told again is no older than itself.
        try await service.transaction { try await AccountHandlers.apply([states[3]], $0) }
        #expect(try await service.column("SELECT sum(states)::text FROM erp_state_older") == ["3"])
    }

    /// Of rows from before sources were kept, those are taken that have the number and the customer.
    @Test @Loop func whatHasNoSourceIsTakenByTheERPThatTellsItAgain() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let old = try ["A1", "A2"].map {
            LedgerEntry(.order, try .order($0, customer: "1", at: "2011-01-05T08:00:00Z", total: "10"))
        }
        try await service.transaction { try await AccountHandlers.apply(old, $0) }
        let told = try [("A1", "1"), ("A2", "2")].map { id, customer in
            LedgerEntry(
                .order, try .order(id, customer: customer, at: "2011-01-05T08:00:00Z", total: "20"), source: "/erp",
                offset: 7)
        }
        try await service.transaction { try await AccountHandlers.apply(told, $0) }
        #expect(
            try await service.column("SELECT concat_ws(' ', source, id, total / 10000) FROM erp_document ORDER BY 1")
                == ["/erp A1 20", "/erp A2 20", " A2 10"].sorted())
        #expect(try await service.column(Self.revenues) == ["1 2 30", "2 1 20"])
        // The number is taken; another ERP has a document of its own.
        let other = LedgerEntry(.order, told[0].document, source: "/other")
        try await service.transaction { try await AccountHandlers.apply([other], $0) }
        #expect(try await service.column(Self.revenues) == ["1 3 50", "2 1 20"])
    }

    /// At one and the same time all services must decide alike.
    @Test @Loop func ofTwoStatesOfOneTimeTheSameCountsInAnyOrder() async throws {
        var sums: Set<[String]> = []
        let states = try ["1", "2"].map { try state($0, total: "10", toldAt: "2011-01-05T08:00:00Z") }
        for order in [states, states.reversed()] {
            let service = try await TestService(SalesService.self)
            defer { service.close() }
            for entry in order { try await service.transaction { try await AccountHandlers.apply([entry], $0) } }
            sums.insert(try await service.column(Self.revenues).filter { !$0.hasSuffix(" 0 0") })
        }
        #expect(sums.count == 1)
    }

    /// What was put aside keeps its place in the topic; of rows from before places were kept only the time can tell.
    @Test(arguments: [4, nil] as [Int64?]) @Loop func whatComesAfterItsTimeUndoesNothingNewer(place: Int64?)
        async throws
    {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let cancelled = try state("1", total: "10", toldAt: "2011-01-06T08:00:00Z", isCancelled: true, offset: place)
        let before = try state("1", total: "10", toldAt: "2011-01-05T08:00:00Z", offset: 3)
        let behind = try state("1", total: "20", toldAt: "2011-01-07T08:00:00Z", offset: 5)
        try await service.transaction { try await AccountHandlers.apply([cancelled], $0) }
        for (late, revenue) in [(before, "1 0 0"), (behind, "1 1 20"), (before, "1 1 20")] {
            try await service.transaction { transaction in
                try await Replay.$isLate.withValue(true) { try await AccountHandlers.apply([late], transaction) }
            }
            #expect(try await service.column(Self.revenues) == [revenue])
        }
    }

    @Test(arguments: [true, false]) @Loop func aDocumentRecordedTwiceAtOnceIsTriedAgain(isNewerFirst: Bool) async throws
    {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let states = [
            try state("1", total: "10", toldAt: "2011-01-05T08:00:00Z"),
            try state("2", total: "20", toldAt: "2011-01-06T08:00:00Z"),
        ]
        let (first, second) = isNewerFirst ? (states[1], states[0]) : (states[0], states[1])
        let other = try await PostgresConnection.open(service.options)
        defer { other.close() }
        let applied = Completion<Void>()
        let waits = Completion<Void>()
        let holding = Task.immediate { @Loop in
            try await service.transaction { transaction in
                try await AccountHandlers.apply([first], transaction)
                _ = try await transaction.query(Statement("test.sent", "SELECT 1"))
                applied.succeed(())
                try await waits.wait()
            }
        }
        try await applied.wait()
        let refused = Task.immediate { @Loop in
            try await other.transaction { try await AccountHandlers.apply([second], $0) }
        }
        try await eventually("the lock", within: .seconds(20)) {
            try await service.column("SELECT 1::text FROM pg_locks WHERE NOT granted LIMIT 1") == ["1"]
        }
        waits.succeed(())
        try await holding.value
        await #expect { try await refused.value } throws: { ($0 as? PostgresError)?.verdict == .retry }
        try await other.transaction { try await AccountHandlers.apply([second], $0) }
        #expect(try await service.column(Self.revenues).filter { !$0.hasSuffix(" 0 0") } == ["2 1 20"])
    }

    @Test @Loop func quotasAreAttainedByOrders() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let entries = try documents()
        try await service.transaction { try await AccountHandlers.apply(entries, $0) }
        let path = "/v1/accounts/\(wang.partyId)"
        #expect(try await service.send(.patch, path, #"{"owner":"李娜"}"#).status == 428)
        #expect(try await service.send(.patch, path, #"{"owner":"李娜"}"#, headers: ["if-match": "\"7\""]).status == 412)
        let owned = try await service.send(.patch, path, #"{"owner":"李娜"}"#, headers: ["if-match": "\"1\""])
        #expect(owned.status == 200 && owned.headers["etag"] == "\"2\"")
        for owner in ["all", "李娜", "nobody"] {
            let quota = """
                {"owner":"\(owner)","periodStart":"2011-02-01","periodEnd":"2011-02-28","currency":"GBP","target":"200"}
                """
            #expect(try await service.send(.put, "/v1/quotas", quota).text == #"{"version":1}"#)
        }
        struct Quotas: Decodable {
            struct Item: Decodable {
                let owner, revenue, credited, attainmentPercent: String
                let orders: Int
            }
            let items: [Item]
        }
        let quotas = try await service.send(.get, "/v1/quotas?on=2011-02-28").json(Quotas.self).items
        let shown = quotas.map { "\($0.owner) \($0.orders) \($0.revenue) \($0.credited) \($0.attainmentPercent)" }
        #expect(
            Set(shown) == ["all 2 57.0000 20.0000 18.50", "李娜 1 50.0000 20.0000 15.00", "nobody 0 0.0000 0.0000 0.00"])
        #expect(try await service.send(.get, "/v1/quotas?on=2011-03-01").text == #"{"items":[]}"#)
        let wrong = #"{"owner":"x","periodStart":"2011-02-30","periodEnd":"2011-03-01","currency":"GBP","target":"1"}"#
        let problem = try await service.send(.put, "/v1/quotas", wrong)
        #expect(problem.status == 400 && problem.text.contains(#""field":"periodStart""#))
    }
}
