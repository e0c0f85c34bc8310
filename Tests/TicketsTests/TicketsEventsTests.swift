import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
@testable import Messaging
import Postgres
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import Tickets

@Suite struct TicketsEventsTests {
    private func shipment(_ id: String, customer: String? = "17850", at: String = "2010-12-03T10:00:00Z") throws
        -> Shipment
    {
        let owner = customer.map { "\"\($0)\"" } ?? "null"
        let json = """
            {"shipmentId":"\(id)","orderId":"536365","customerNo":\(owner),"at":"\(at)","carrier":"SF","reason":"暴雨"}
            """
        return try ModelJSON.decoder.decode(Shipment.self, from: Data(json.utf8))
    }

    private func party(_ number: String, language: String) -> PartyState {
        PartyState(
            partyId: ExternalID.party(customerNo: number), kind: "consumer", name: "王芳", email: "Wang@example.com",
            phone: "+8613800138000", language: language, customerNo: number)
    }

    @Test @Loop func aLateShipmentOpensOneTicketHoweverOftenItIsTold() async throws {
        let fixture = try await TicketsFixture()
        defer { fixture.pool.close() }
        try await fixture.pool.transaction { CustomerHandlers.known([party("17850", language: "zh-CN")], $0) }
        let late = try [shipment("s1"), shipment("s1"), shipment("s2", customer: nil)]
        for _ in 0..<2 { try await fixture.pool.transaction { try ShipmentHandlers.delayed(late, $0) } }
        try await fixture.pool.transaction { try ShipmentHandlers.returned([try shipment("s1")], $0) }
        let tickets = try await fixture.sql("SELECT type, subject, description FROM ticket ORDER BY type, subject")
        #expect(try tickets.map { try $0.value(0) as String } == ["complaint", "complaint", "return"])
        #expect(try tickets.map { try $0.value(1) as String }.contains("订单 536365 的货物延误"))
        #expect(try tickets.map { try $0.value(1) as String }.contains("Shipment of order 536365 is late"))
        #expect(try tickets[0].value(2) == "暴雨")
        #expect(try await fixture.sql("SELECT 1 FROM timer").count == 6)
        #expect(try await fixture.news().count == 3)
        // What is published is what the other services read.
        let payload = try await fixture.sql("SELECT payload FROM outbox LIMIT 1")
        let text: String = try #require(payload.first).value(0)
        let opened = try ModelJSON.decoder.decode(TicketOpened.self, from: Data(text.utf8))
        #expect(opened.ticket.orderId == "536365")
        #expect(try await fixture.service.faultsOfEvents() == [])
    }

    @Test @Loop func theCardShowsWhoCalls() async throws {
        let fixture = try await TicketsFixture()
        defer { fixture.pool.close() }
        let order = """
            {"orderId":"536365","customerNo":"17850","status":"placed","placedAt":"2010-12-01T08:26:00Z",
            "currency":"GBP","lines":[],"total":"139.12"}
            """
        let json = Array(order.utf8)
        let document = try json.withUnsafeBytes { try OrderPlaced(json: $0) }.order
        // The order and the shipment come before their customer.
        try await fixture.pool.transaction { transaction in
            CustomerHandlers.ordered([LedgerEntry(.order, document)], transaction)
            let cancelled = LedgerEntry(.order, document, isCancelled: true, toldAt: Date(timeIntervalSince1970: 2))
            CustomerHandlers.ordered([cancelled], transaction)
            // The older state, under the number that the order had before, comes from a slow partition.
            var before = document
            before.customerNo = "1"
            CustomerHandlers.ordered(
                [LedgerEntry(.order, before, toldAt: Date(timeIntervalSince1970: 1))], transaction)
            CustomerHandlers.shipped([try shipment("s1")], "delayed", transaction)
            try ShipmentHandlers.delayed([try shipment("s1")], transaction)
            CustomerHandlers.shipped([try shipment("s1", at: "2010-12-01T09:00:00Z")], "dispatched", transaction)
        }
        let id = ExternalID.party(customerNo: "17850")
        #expect(try await fixture.send(.get, "/v1/caller-card?party=\(id)").json["items"][0]["customer"].isNull)
        try await fixture.pool.transaction { CustomerHandlers.known([party("17850", language: "en")], $0) }
        for query in ["phone=%2B86%20138%200013%208000", "phone=013800138000", "mail=wang@EXAMPLE.com", "party=\(id)"] {
            let items = try await fixture.send(.get, "/v1/caller-card?\(query)").json["items"]
            #expect(items.count == 1, "\(query)")
            #expect(items[0]["customer"]["name"].text == "王芳")
            #expect(items[0]["openTickets"].count == 1)
            #expect(items[0]["orders"][0]["status"].text == "cancelled")
            #expect(items[0]["orders"][0]["total"].text == "139.1200")
            #expect(items[0]["shipments"][0]["status"].text == "delayed")
        }
        #expect(try await fixture.send(.get, "/v1/caller-card?party=\(UUID())").json["items"].count == 0)
    }

    @Test @Loop func clocksFireOnceAndNotEarly() async throws {
        let fixture = try await TicketsFixture()
        defer { fixture.pool.close() }
        _ = try await fixture.sql(
            "UPDATE sla_policy SET first_response = '400 milliseconds', resolution = '700 milliseconds'")
        let late = try await fixture.open()
        let answered = try await fixture.open()
        let paused = try await fixture.open()
        _ = try await fixture.send(.post, "/v1/tickets/\(answered)/replies", #"{"body":"yes"}"#)
        _ = try await fixture.send(.post, "/v1/tickets/\(answered)/resolve")
        _ = try await fixture.send(
            .patch, "/v1/tickets/\(paused)", #"{"status":"waiting"}"#, headers: ["if-match": "\"1\""])
        let runner = TimerRunner(fixture.pool, fixture.parts.timers)
        runner.start()
        try await eventually("both breaches of the late ticket") {
            try await fixture.sql(
                "SELECT 1 FROM ticket WHERE id = '\(late)' AND resolution_breached_at IS NOT NULL"
            ).count == 1
        }
        let early = try await fixture.sql(
            """
            SELECT 1 FROM ticket WHERE first_response_breached_at < first_response_due_at
                OR resolution_breached_at < created_at + interval '700 milliseconds'
            """)
        #expect(early.isEmpty)
        #expect(
            try await fixture.sql(
                "SELECT 1 FROM ticket WHERE id = '\(answered)' AND (first_response_breached_at IS NOT NULL OR resolution_breached_at IS NOT NULL)"
            ).isEmpty)
        // The paused one is late with its answer, but its resolution waits until it goes on.
        try await eventually("the paused ticket's first clock") {
            try await fixture.sql(
                "SELECT 1 FROM ticket WHERE id = '\(paused)' AND first_response_breached_at IS NOT NULL"
            )
            .count == 1
        }
        #expect(
            try await fixture.sql("SELECT 1 FROM ticket WHERE id = '\(paused)' AND resolution_breached_at IS NOT NULL")
                .isEmpty)
        let version = try await fixture.send(.get, "/v1/tickets/\(paused)").etag ?? ""
        _ = try await fixture.send(
            .patch, "/v1/tickets/\(paused)", #"{"status":"open"}"#, headers: ["if-match": version])
        try await eventually("the clock that went on") {
            try await fixture.sql("SELECT 1 FROM ticket WHERE id = '\(paused)' AND resolution_breached_at IS NOT NULL")
                .count == 1
        }
        await runner.stop()
        let news = try await fixture.news()
        #expect(news.filter { $0.hasPrefix("tickets.ticket.breached") }.count == 4)
        #expect(try await fixture.sql("SELECT 1 FROM timer").isEmpty)
        #expect(try await fixture.service.faultsOfEvents() == [])
    }

    @Test @Loop func aTimerDoesNotWaitForALockedTicket() async throws {
        let fixture = try await TicketsFixture()
        defer { fixture.pool.close() }
        let id = try await fixture.open()
        let key = DueTimer(kind: "resolution", key: id, dueAt: Date(), payload: nil)
        _ = try await fixture.sql("UPDATE ticket SET resolution_due_at = now()")
        try await fixture.pool.transaction { holder in
            _ = try await TicketCommands.load(try #require(UUID(uuidString: id)), holder)
            try await fixture.pool.transaction { try await fixture.parts.timers["resolution"]?([key], $0) }
        }
        #expect(try await fixture.sql("SELECT 1 FROM ticket WHERE resolution_breached_at IS NULL").count == 1)
        #expect(try await fixture.sql("SELECT 1 FROM timer WHERE kind = 'resolution'").count == 1)
        for _ in 0..<2 {
            try await fixture.pool.transaction { try await fixture.parts.timers["resolution"]?([key], $0) }
        }
        #expect(try await fixture.news().last == "tickets.ticket.breached.v1 2")
    }

    @Test @Loop func theLinkOfASurveyOpensAPageThatTakesTheAnswer() async throws {
        let fixture = try await TicketsFixture()
        defer { fixture.pool.close() }
        try await fixture.pool.transaction { CustomerHandlers.known([party("17850", language: "zh")], $0) }
        let id = try await fixture.open(
            "{\"subject\":\"退货\",\"partyId\":\"\(ExternalID.party(customerNo: "17850"))\"}")
        _ = try await fixture.send(.post, "/v1/tickets/\(id)/resolve")
        let payload: String = try #require(
            try await fixture.sql("SELECT payload FROM outbox WHERE topic = 'crm.notification-requests'").first
        ).value(0)
        let message = try ModelJSON.decoder.decode(MessageRequested.self, from: Data(payload.utf8))
        let token = try #require(message.data["link"]?.split(separator: "/").last)
        let page = "/surveys/\(token)"
        #expect(try await fixture.page(.get, page, language: "zh-CN").contains("您对我们的服务满意吗"))
        #expect(try await fixture.page(.get, page, language: "en").contains("How satisfied"))
        #expect(try await fixture.send(.get, page + "x").status == 404)
        let form = ["content-type": "application/x-www-form-urlencoded"]
        #expect(try await fixture.send(.post, page, "comment=x", headers: form).status == 400)
        #expect(try await fixture.send(.post, page, "score=%zz", headers: form).status == 400)
        let answer = try await fixture.send(.post, page, "score=5&comment=%E5%BE%88%E5%A5%BD+%26+ok", headers: form)
        #expect(answer.status == 201)
        #expect(try await fixture.send(.post, page, "score=5", headers: form).status == 409)
        // A browser sends the comment that nobody wrote as an empty text.
        let blank = try SurveyInput(score: 4, comment: "").checked()
        #expect(blank.comment == nil)
        let stored: String = try #require(try await fixture.sql("SELECT comment FROM survey_answer").first).value(0)
        #expect(stored == "很好 & ok")
    }

    @Test @Loop func resolvingAsksForOneSurveyThatIsAnsweredOnce() async throws {
        let fixture = try await TicketsFixture()
        defer { fixture.pool.close() }
        try await fixture.pool.transaction { CustomerHandlers.known([party("17850", language: "zh")], $0) }
        let id = try await fixture.open(
            "{\"subject\":\"退货\",\"partyId\":\"\(ExternalID.party(customerNo: "17850"))\"}")
        _ = try await fixture.send(.post, "/v1/tickets/\(id)/resolve")
        let requests = try await fixture.sql(
            "SELECT payload, key FROM outbox WHERE topic = 'crm.notification-requests'")
        #expect(requests.count == 1)
        let payload: String = try #require(requests.first).value(0)
        let message = try ModelJSON.decoder.decode(MessageRequested.self, from: Data(payload.utf8))
        #expect(message.deduplicationKey == "survey:\(id):2")
        #expect(message.template == "survey.csat" && message.language == "zh")
        let token = try #require(message.data["link"]?.split(separator: "/").last)
        #expect(try await fixture.send(.post, "/v1/surveys/\(token)", #"{"score":6}"#).status == 400)
        let answer = try await fixture.send(.post, "/v1/surveys/\(token)", #"{"score":4,"comment":"很好"}"#)
        #expect(answer.status == 201)
        #expect(try await fixture.send(.post, "/v1/surveys/\(token)", #"{"score":1}"#).status == 409)
        #expect(try await fixture.send(.post, "/v1/surveys/\(token)x", #"{"score":1}"#).status == 404)
        #expect(try await fixture.news().last == "tickets.survey.answered.v1 3")
        #expect(try await fixture.service.faultsOfEvents() == [])
    }
}
