import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Learning
import Postgres
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import Contacts

private struct Fit: Decodable {
    struct BG: Decodable { let r, alpha, a, b, logLikelihood: Double }
    let id: UUID
    let state: String
    let progress: Double
    let customers: Int?
    let error: String?
    let betaGeometric: BG?
}

/// Orders of the made up customers, so that each has the history it should: purchases at the beginning, then one at the recency.
private func orders() throws -> [LedgerEntry] {
    let end = 15_000  // Days since 1970: all observations end there, and one order is on that day.
    var entries: [LedgerEntry] = []
    var number = 0
    for history in MadeUpCustomers.histories {
        for _ in 0..<history.customers {
            number += 1
            let first = end - history.age
            let between = history.repeats > 1 ? (1..<history.repeats).map { first + $0 } : []
            let days = [first] + between + (history.repeats > 0 ? [first + history.recency] : [])
            for (index, day) in days.enumerated() {
                let at = RFC3339.string(Date(timeIntervalSince1970: Double(day) * 86_400 + 30_000))
                let total = "\(10 + (number * 7 + index * 3) % 40)"
                entries.append(
                    LedgerEntry(.order, try .order("A\(number)-\(index)", customer: "\(number)", at: at, total: total)))
            }
        }
    }
    return entries
}

@Suite struct FitTests {
    @Test @Loop func aFitIsAskedForWorkedOffAndShown() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let worker = try ModelWorker(service.context)
        #expect(try await service.send(.post, "/v1/models/fits", #"{"currency":"GBP"}"#).status == 404)
        let entries = try orders()
        for start in stride(from: 0, to: entries.count, by: 500) {
            let batch = Array(entries[start..<min(start + 500, entries.count)])
            try await service.transaction { try await ValueHandlers.apply(batch, $0) }
        }
        try await ValueScale.refresh(service.context)

        let asked = try await service.send(.post, "/v1/models/fits", #"{"currency":"GBP","weeks":39}"#)
        #expect(asked.status == 202)
        let path = try #require(asked.headers["location"])
        let waiting = try await service.send(.get, path).json(Fit.self)
        #expect(waiting.state == "queued" && waiting.progress == 0)
        #expect(try await service.send(.post, "/v1/models/fits", #"{"currency":"GBP"}"#).status == 409)
        #expect(try await worker.workOne())
        #expect(try await !worker.workOne())

        let fit = try await service.send(.get, path).json(Fit.self)
        #expect(fit.state == "done" && fit.progress == 1 && fit.customers == 400, "\(fit)")
        // The histories are those of ModelTests, where scipy found these.
        let found = try #require(fit.betaGeometric)
        #expect(abs(found.logLikelihood + 1899.5712299007291) < 1e-6)
        #expect(agree(found.r, 0.7142099, within: 1e-5) && agree(found.b, 2.5209448, within: 1e-5))
        let model = BetaGeometric(r: found.r, alpha: found.alpha, a: found.a, b: found.b)
        try await compare(service, model)
        #expect(try await service.faultsOfEvents() == [])
    }

    /// What is stored of each customer is what the model says of his history.
    @Loop
    private func compare(_ service: TestService, _ model: BetaGeometric) async throws {
        let rows = try await service.context.pool.query(
            Statement(
                "test.predictions",
                """
                SELECT v.purchase_days - 1, (v.last_order_at::date - v.first_order_at::date)::bigint,
                    (date '1970-01-01' + 15000 - v.first_order_at::date)::bigint, n.alive, n.purchases, n.lifetime_value
                FROM party_value v JOIN party_prediction n USING (party_id, currency)
                """))
        #expect(rows.count == 400)
        for row in rows {
            let history = PurchaseHistory(
                repeats: try row.value(0), recency: try row.value(1), age: try row.value(2))
            let (alive, purchases): (Double, Double) = (try row.value(3), try row.value(4))
            #expect(agree(alive, model.chanceAlive(history), within: 1e-9))
            #expect(agree(purchases, model.expectedPurchases(in: 39, after: history), within: 1e-9))
            #expect((try row.value(5) as Int? ?? 1) > 0)
        }
    }

    @Test @Loop func whatCannotBeFittedFailsWithItsReason() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let worker = try ModelWorker(service.context)
        let entry = LedgerEntry(.order, try .order("A1", customer: "1", at: "2011-01-05T10:00:00Z"))
        try await service.transaction { try await ValueHandlers.apply([entry], $0) }
        try await ValueScale.refresh(service.context)
        let asked = try await service.send(.post, "/v1/models/fits", #"{"currency":"GBP"}"#)
        #expect(try await worker.workOne())
        let fit = try await service.send(.get, asked.headers["location"] ?? "").json(Fit.self)
        #expect(fit.state == "failed" && fit.error == "only 0 customers came back; a fit needs 30")
        // It is over: another may be asked for.
        #expect(try await service.send(.post, "/v1/models/fits", #"{"currency":"GBP"}"#).status == 202)
    }

    @Test @Loop func aRunWhoseProcessIsGoneIsTakenOver() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let worker = try ModelWorker(service.context)
        let entry = LedgerEntry(.order, try .order("A1", customer: "1", at: "2011-01-05T10:00:00Z"))
        try await service.transaction { try await ValueHandlers.apply([entry], $0) }
        try await ValueScale.refresh(service.context)
        _ = try await service.send(.post, "/v1/models/fits", #"{"currency":"GBP"}"#)
        let take = "UPDATE model_run SET state = 'running', heartbeat_at = now() - interval"
        _ = try await service.column("\(take) '30 seconds' RETURNING state")
        #expect(try await !worker.workOne())
        _ = try await service.column("\(take) '2 minutes' RETURNING state")
        // What the first one still writes is void: the second has the run.
        let first = UUID()
        let row = try #require(try await service.context.pool.query(ModelStore.claim, first).first)
        let run = ModelRun(
            id: try row.value(0), currency: try row.value(1), weeks: try row.value(2), owner: first,
            context: service.context)
        _ = try await service.column("\(take) '2 minutes' RETURNING state")
        #expect(try await worker.workOne())
        let states = "SELECT state || ' ' || count(*) FROM model_run GROUP BY state"
        #expect(try await service.column(states) == ["failed 1"])
        _ = try await service.column("UPDATE model_run SET error = 'of the second' RETURNING error")
        try await run.work()
        #expect(try await service.column("SELECT error FROM model_run") == ["of the second"])
    }

    @Test(arguments: [
        (#"{}"#, "currency"), (#"{"currency":"pound"}"#, "currency"), (#"{"currency":"GBP","weeks":0}"#, "weeks"),
        (#"{"currency":"GBP","weeks":521}"#, "weeks"), (#"{"currency":"GBP","weeks":"many"}"#, "weeks"), (#"["#, ""),
    ])
    @Loop func badFitsAreRefusedByField(body: String, field: String) async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let answer = try await service.send(.post, "/v1/models/fits", body)
        #expect(answer.status == 400 && answer.text.contains("\"field\":\"\(field)\""), "\(answer.text)")
        #expect(try await service.send(.get, "/v1/models/fits/x").status == 400)
        #expect(try await service.send(.get, "/v1/models/fits?currency=x").status == 400)
    }
}
