import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit
import ServiceTestKit
import Testing

@testable import Tickets

@Suite struct TicketsRoutesTests {
    @Test @Loop func everyStatementFitsTheSchema() async throws {
        let fixture = try await TicketsFixture()
        defer { fixture.pool.close() }
        try await fixture.service.prepareAll(of: TicketsService.self)
    }

    @Test @Loop func aTicketFromItsOpeningToItsReopening() async throws {
        let fixture = try await TicketsFixture()
        defer { fixture.pool.close() }
        let body = #"{"subject":" 货物没有到 ","type":"complaint","priority":"high","orderId":"536365"}"#
        let id = try await fixture.open(body)
        let got = try await fixture.send(.get, "/v1/tickets/\(id)")
        #expect(got.etag == "\"1\"")
        #expect(got.json["subject"].text == "货物没有到")
        #expect(got.json["thread"].count == 0)

        let note = #"{"body":"calls often","visibility":"internal","author":"anna"}"#
        #expect(try await fixture.send(.post, "/v1/tickets/\(id)/replies", note).status == 201)
        let reply = #"{"body":"正在查询。","author":"anna"}"#
        #expect(try await fixture.send(.post, "/v1/tickets/\(id)/replies", reply).status == 201)
        let answered = try await fixture.send(.get, "/v1/tickets/\(id)").json
        #expect(answered["status"].text == "replied")
        #expect(answered["thread"].count == 2)
        #expect(answered["thread"][1]["body"].text == "正在查询。")
        #expect(!answered["firstResponse"]["respondedAt"].isNull)

        let assigned = try await fixture.send(
            .patch, "/v1/tickets/\(id)", #"{"assignee":"bo","status":"waiting"}"#, headers: ["if-match": "\"2\""])
        #expect(assigned.status == 200)
        #expect(assigned.etag == "\"3\"")
        #expect(abs(assigned.json["resolution"]["secondsLeft"].number - 8 * 3600) < 60)
        let customer = #"{"body":"Still waiting","from":"customer"}"#
        #expect(try await fixture.send(.post, "/v1/tickets/\(id)/replies", customer).status == 201)
        #expect(try await fixture.send(.get, "/v1/tickets/\(id)").json["status"].text == "open")
        #expect(try await fixture.send(.post, "/v1/tickets/\(id)/resolve").json["status"].text == "resolved")
        #expect(try await fixture.send(.post, "/v1/tickets/\(id)/resolve").status == 409)
        #expect(try await fixture.sql("SELECT 1 FROM timer").isEmpty)
        #expect(try await fixture.send(.post, "/v1/tickets/\(id)/reopen").json["status"].text == "open")
        #expect(try await fixture.sql("SELECT 1 FROM timer WHERE kind = 'resolution'").count == 1)
        #expect(
            try await fixture.news() == [
                "tickets.ticket.opened.v1 1", "tickets.ticket.replied.v1 2", "tickets.ticket.assigned.v1 3",
                "tickets.ticket.changed.v1 4", "tickets.ticket.resolved.v1 5", "tickets.ticket.reopened.v1 6",
            ])
        // What is told last is what is shown.
        let told = try await fixture.service.column("SELECT payload FROM outbox ORDER BY id DESC LIMIT 1")
        let state = try ModelJSON.decoder.decode(TicketReopened.self, from: Data(try #require(told.first).utf8)).ticket
        let shown = try await fixture.send(.get, "/v1/tickets/\(id)").json
        #expect(state.ticketId.text == shown["id"].text && state.subject == shown["subject"].text)
        #expect(state.type == "complaint" && state.priority == "high" && state.status == "open")
        #expect(state.orderId == "536365" && state.partyId == nil)
        #expect(try await fixture.service.faultsOfEvents() == [])
    }

    @Test @Loop func nullTakesAwayAndWhatIsTheSameTellsNobody() async throws {
        let fixture = try await TicketsFixture()
        defer { fixture.pool.close() }
        let id = try await fixture.open(
            #"{"subject":"Cups","assignee":" bo ","description":" two broken ","partyId":null}"#)
        func change(_ body: String, at version: Int) async throws -> TicketsFixture.Answer {
            try await fixture.send(
                .patch, "/v1/tickets/\(id)", body, headers: ["if-match": "\"\(version)\""])
        }
        let opened = try await fixture.send(.get, "/v1/tickets/\(id)").json
        #expect(opened["assignee"].text == "bo" && opened["description"].text == "two broken")
        #expect(opened["type"].text == "question" && opened["priority"].text == "normal")
        // The same, with spaces around it.
        let same = try await change(#"{"assignee":"  bo ","priority":"normal","status":"open"}"#, at: 1)
        #expect(same.status == 200 && same.etag == "\"1\"")
        let trimmed = try await change(#"{"assignee":" li "}"#, at: 1)
        #expect(trimmed.json["assignee"].text == "li" && trimmed.etag == "\"2\"")
        let free = try await change(#"{"assignee":null}"#, at: 2)
        #expect(free.status == 200 && free.json["assignee"].isNull && free.etag == "\"3\"")
        #expect(try await fixture.send(.get, "/v1/tickets/\(id)").text == free.text)
        #expect(try await change(#"{"assignee":null}"#, at: 3).etag == "\"3\"")
        #expect(try await change("{}", at: 3).etag == "\"3\"")
        #expect(
            try await fixture.news() == [
                "tickets.ticket.opened.v1 1", "tickets.ticket.assigned.v1 2", "tickets.ticket.changed.v1 3",
            ])
        #expect(try await fixture.service.faultsOfEvents() == [])
    }

    @Test @Loop func nobodyOverwritesWhatHeHasNotSeen() async throws {
        let fixture = try await TicketsFixture()
        defer { fixture.pool.close() }
        let path = "/v1/tickets/\(try await fixture.open())"
        #expect(try await fixture.send(.post, path + "/resolve").etag == "\"2\"")
        // Stale before resolved: what he sees next says why.
        let stale = try await fixture.send(.patch, path, #"{"status":"waiting"}"#, headers: ["if-match": "\"1\""])
        #expect(stale.status == 412 && stale.etag == "\"2\"")
        #expect(stale.json["yours"]["status"].text == "waiting" && stale.json["current"]["status"].text == "resolved")
        #expect(stale.json["current"]["thread"].count == 0)
        let closed = try await fixture.send(.patch, path, #"{"status":"waiting"}"#, headers: ["if-match": "\"2\""])
        #expect(closed.status == 409)
        #expect(try await fixture.send(.patch, path, #"{"status":"open"}"#).status == 428)
    }

    @Test @Loop func whatIsNotUnderstoodIsRefused() async throws {
        let fixture = try await TicketsFixture()
        defer { fixture.pool.close() }
        let id = try await fixture.open()
        let seen = ["if-match": "\"1\""]
        let change = try await fixture.send(
            .patch, "/v1/tickets/\(id)", #"{"asignee":"bo","priority":null,"subject":"x"}"#, headers: seen)
        #expect(change.status == 400)
        for part in [
            #"{"field":"asignee","message":"is not a field of ticket; assignee is"}"#,
            #"{"field":"priority","message":"must not be null"}"#, #""field":"subject""#,
        ] {
            #expect(change.text.contains(part), "\(part) in \(change.text)")
        }
        let new = try await fixture.send(.post, "/v1/tickets", #"{"subject":"x","status":"open","prioritty":"low"}"#)
        #expect(new.status == 400 && new.text.contains("priority is") && new.text.contains(#""field":"status""#))
        let reply = try await fixture.send(.post, "/v1/tickets/\(id)/replies", #"{"body":"x","visibilty":"internal"}"#)
        #expect(reply.status == 400 && reply.text.contains("visibility is"), "\(reply.text)")
    }

    @Test @Loop func theSameKeyResolvesOnce() async throws {
        let fixture = try await TicketsFixture()
        defer { fixture.pool.close() }
        let path = "/v1/tickets/\(try await fixture.open())/resolve"
        let first = try await fixture.send(.post, path, headers: ["idempotency-key": "k"])
        let second = try await fixture.send(.post, path, headers: ["idempotency-key": "k"])
        #expect(first.status == 200 && first.text == second.text && second.etag == "\"2\"")
        #expect(try await fixture.send(.post, path).status == 409)
        #expect(try await fixture.news().count == 2)
    }

    @Test @Loop func refusalsNameTheirField() async throws {
        let fixture = try await TicketsFixture()
        defer { fixture.pool.close() }
        func field(_ body: String) async throws -> String {
            let answer = try await fixture.send(.post, "/v1/tickets", body)
            #expect(answer.status == 400)
            return answer.json["errors"][0]["field"].text
        }
        #expect(try await field(#"{"subject":"  "}"#) == "subject")
        #expect(try await field(#"{"type":"question"}"#) == "subject")
        #expect(try await field(#"{"subject":"a","priority":"soon"}"#) == "priority")
        #expect(try await field(#"{"subject":"a\u0000b"}"#) == "subject")
        let id = try await fixture.open()
        let path = "/v1/tickets/\(id)"
        #expect(try await fixture.send(.patch, path, "{}").status == 428)
        let late = try await fixture.send(.patch, path, #"{"priority":"low"}"#, headers: ["if-match": "\"7\""])
        #expect(late.status == 412)
        let resolved = try await fixture.send(.patch, path, #"{"status":"resolved"}"#, headers: ["if-match": "\"1\""])
        #expect(resolved.json["errors"][0]["field"].text == "status")
        #expect(try await fixture.send(.get, "/v1/tickets/\(UUID())").status == 404)
        #expect(try await fixture.send(.get, "/v1/tickets?after=x").status == 400)
        #expect(try await fixture.send(.get, "/v1/caller-card").status == 400)
    }

    @Test @Loop func theSameKeyOpensOneTicketAndPagesCoverAll() async throws {
        let fixture = try await TicketsFixture()
        defer { fixture.pool.close() }
        for _ in 0..<2 {
            let answer = try await fixture.send(
                .post, "/v1/tickets", #"{"subject":"once"}"#, headers: ["idempotency-key": "k1"])
            #expect(answer.status == 201)
        }
        for number in 0..<4 { _ = try await fixture.open("{\"subject\":\"number \(number)\"}") }
        var seen: [String] = []
        var after = ""
        repeat {
            let page = try await fixture.send(.get, "/v1/tickets?status=open&limit=2\(after)").json
            for index in 0..<page["items"].count { seen.append(page["items"][index]["subject"].text) }
            after = page["next"].isNull ? "" : "&after=\(page["next"].text.replacing("+", with: "%2B"))"
        } while !after.isEmpty
        #expect(seen == ["number 3", "number 2", "number 1", "number 0", "once"])
    }

    @Test @Loop func policiesAreChangedTogether() async throws {
        let fixture = try await TicketsFixture()
        defer { fixture.pool.close() }
        let before = try await fixture.send(.get, "/v1/sla-policies").json["items"]
        #expect(before[0]["priority"].text == "urgent")
        #expect(before[0]["firstResponseMinutes"].number == 15)
        let items = Policy.priorities.map {
            "{\"priority\":\"\($0)\",\"firstResponseMinutes\":1,\"resolutionMinutes\":2}"
        }
        let body = "{\"items\":[\(items.joined(separator: ","))]}"
        #expect(
            try await fixture.send(.put, "/v1/sla-policies", body).json["items"][3]["resolutionMinutes"].number == 2)
        let partial = try await fixture.send(.put, "/v1/sla-policies", "{\"items\":[\(items[0])]}")
        #expect(partial.json["errors"][0]["field"].text == "items")
    }
}
