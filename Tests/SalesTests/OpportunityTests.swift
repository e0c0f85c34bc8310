import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit
import ServiceTestKit
import Testing

@testable import Sales

@Suite struct OpportunityTests {
    private let path = "/v1/opportunities"

    @Test @Loop func aChangeAnswersTheRecordAsItLeftIt() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let id = try await service.make(
            path, #"{"name":" Cups ","amount":"12.5","currency":"EUR","owner":"ann","lossReason":"x"}"#)
        let shown = try await service.send(.get, "\(path)/\(id)")
        #expect(
            shown.text.contains(#""lossReason" : "x""#) && shown.text.contains(#""name" : "Cups""#), "\(shown.text)")
        let changed = try await service.send(
            .patch, "\(path)/\(id)", #"{"owner":null,"stage":"proposal"}"#, headers: ["if-match": "\"1\""])
        #expect(changed.status == 200 && changed.headers["etag"] == "\"2\"", "\(changed)")
        for part in [#""owner" : null"#, #""stage" : "proposal""#, #""probability" : 50"#, #""version" : 2"#] {
            #expect(changed.text.contains(part), "\(part) in \(changed.text)")
        }
        #expect(try await service.send(.get, "\(path)/\(id)").text == changed.text)
        #expect(
            try await service.outboxTypes() == ["sales.opportunity.created.v1", "sales.opportunity.stage-changed.v1"])
        #expect(try await service.faultsOfEvents() == [])
    }

    @Test @Loop func theCustomersIndustryIsKeptToldAndTakenAway() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let id = try await service.make(path, #"{"name":"Cups","industry":" Retail "}"#)
        #expect(try await service.send(.get, "\(path)/\(id)").text.contains(#""industry" : "Retail""#))
        let none = try await service.send(
            .patch, "\(path)/\(id)", #"{"industry":null}"#, headers: ["if-match": "\"1\""])
        #expect(none.status == 200 && none.text.contains(#""industry" : null"#), "\(none)")
        let told = try await service.column(
            "SELECT coalesce(payload::json->'opportunity'->>'industry', 'none') FROM outbox ORDER BY id")
        #expect(told == ["Retail", "none"])
        let long = try await service.send(
            .post, path, #"{"name":"Cups","industry":"\#(String(repeating: "x", count: 101))"}"#)
        #expect(long.status == 400 && long.text.contains("industry"), "\(long)")
        #expect(try await service.faultsOfEvents() == [])
    }

    @Test @Loop func aChangeThatChangesNothingTellsNobody() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let id = try await service.make(path, #"{"name":"Cups"}"#)
        let same = try await service.send(
            .patch, "\(path)/\(id)", #"{"name":"Cups","owner":null}"#, headers: ["if-match": "\"1\""])
        #expect(same.status == 200 && same.headers["etag"] == "\"1\"", "\(same)")
        #expect(try await service.outboxTypes() == ["sales.opportunity.created.v1"])
    }

    @Test @Loop func nobodyOverwritesWhatHeHasNotSeen() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let id = try await service.make(path, #"{"name":"Cups"}"#)
        let first = ["if-match": "\"1\""]
        #expect(try await service.send(.patch, "\(path)/\(id)", #"{"stage":"lost"}"#, headers: first).status == 200)
        // Stale before closed: what he sees next says why.
        let stale = try await service.send(.patch, "\(path)/\(id)", #"{"name":"Mugs"}"#, headers: first)
        #expect(stale.status == 412 && stale.headers["etag"] == "\"2\"")
        #expect(
            stale.text.contains(#""yours":{"name":"Mugs"}"#) && stale.text.contains(#""current":{"id""#),
            "\(stale.text)")
        let closed = try await service.send(.patch, "\(path)/\(id)", "{}", headers: ["if-match": "\"2\""])
        #expect(closed.status == 409)
        #expect(try await service.send(.patch, "\(path)/\(id)", "{}").status == 428)
    }

    /// A field that is always there is not taken away, whether it must be said or not; any other is.
    @Test @Loop func theDescriptionSaysWhatMayBeNull() async throws {
        let document = String(decoding: try ServiceDescription(SalesService.self).openAPI, as: UTF8.self)
        #expect(document.contains(#""stage":{"type":"string","enum""#) && !document.contains(#""stage":{"anyOf""#))
        #expect(document.contains(#""lossReason":{"anyOf":[{"type":"string"},{"type":"null"}]}"#))
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let said = try await service.send(.post, path, #"{"name":"Cups","stage":null,"lossReason":null}"#)
        #expect(
            said.status == 400 && said.text.contains(#""errors":[{"field":"stage","message":"must not be null"}]"#),
            "\(said.text)")
    }

    @Test @Loop func whatIsNotUnderstoodIsRefused() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let wrong = try await service.send(
            .post, path, #"{"onwer":"x","amount":"-1","name":null,"leadId":null,"stage":"lost"}"#)
        #expect(wrong.status == 400)
        for part in [
            #"{"field":"onwer","message":"is not a field of opportunity; owner is"}"#,
            #"{"field":"amount","message":"must not be negative"}"#, #"{"field":"name","message":"must not be null"}"#,
            #""field":"leadId""#,
        ] {
            #expect(wrong.text.contains(part), "\(part) in \(wrong.text)")
        }
        let twice = try await service.send(.post, path, #"{"name":"Cups","stage":"lost","stage":"won"}"#)
        #expect(twice.status == 400 && twice.text.contains(#"{"field":"stage","message":"must come once"}"#))
        // In the body of a command too, and in what stands within it.
        let visit = try await service.send(.post, "/v1/activities", #"{"kind":"visit","subejct":"cups"}"#)
        #expect(
            visit.status == 400 && visit.text.contains(#""message":"is not known here; subject is""#), "\(visit.text)")
        let id = try await service.make(path, #"{"name":"Cups"}"#)
        let quote = try await service.send(
            .post, "\(path)/\(id)/quotes",
            #"{"currency":"EUR","lines":[{"sku":"S","name":"L","quantity":"1","unitPrice":"1","taxPerCent":"20"}]}"#)
        #expect(quote.status == 400 && quote.text.contains(#""field":"lines[0].taxPerCent""#), "\(quote.text)")
    }

    @Test @Loop func aMistypedMemberWithinALineIsNamedWithTheRightOne() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let id = try await service.make(path, #"{"name":"Cups"}"#)
        let quote = try await service.send(
            .post, "\(path)/\(id)/quotes",
            #"{"currency":"EUR","lines":[{"sku":"S","name":"L","quantity":"1","unitPrise":"1"}]}"#)
        let said = #"{"field":"lines[0].unitPrise","message":"is not known here; unitPrice is"}"#
        #expect(quote.status == 400 && quote.text.contains(said), "\(quote.text)")
    }

    /// So that one request holds nobody up, and its answer is not larger than it.
    @Test(arguments: ["/v1/opportunities", "/v1/leads"]) @Loop
    func ofVeryManyUnknownMembersTheFirstAreNamed(_ path: String) async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let members = (0..<900).map { "\"nam\($0)\":1" }.joined(separator: ",")
        let answer = try await service.send(.post, path, "{\(members)}")
        #expect(answer.status == 400 && answer.text.utf8.count < 5_000)
        #expect(answer.text.split(separator: "\"field\"").count - 1 == 20)
    }

    @Test @Loop func topicsFollowFromWhatIsHeard() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let topics = service.parts.subscriptions.topics.map(\.name).sorted()
        #expect(topics == ["crm.contacts", "crm.people", "crm.subject-keys", "erp.orders", "erp.rates"])
    }

    @Test @Loop func whatStatementsSayWronglyOfThemselvesIsFound() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        func faults(_ query: any Preparable) async throws -> [String] {
            try await service.faults(of: [query.statement])
        }
        let from = "FROM opportunity WHERE id = $1"
        #expect(
            try await faults(Query("w.0", takes: UUID.self, gives: Int.self, sql: "SELECT version, name \(from)")).count
                == 1)
        #expect(
            try await faults(Query("w.1", takes: UUID.self, gives: Int.self, sql: "SELECT name \(from)")).count == 1)
        #expect(
            try await faults(Query("w.2", takes: UUID.self, gives: String.self, sql: "SELECT owner \(from)")).count == 1
        )
        #expect(
            try await faults(Query("w.3", takes: UUID.self, Int.self, gives: Int.self, sql: "SELECT version \(from)"))
                .count == 1)
        #expect(
            try await faults(Query("w.4", takes: UUID.self, gives: String?.self, sql: "SELECT owner \(from)")) == [])
    }
}
