import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit
import ServiceTestKit
import Testing

@testable import Sales

@Suite struct RecordTests {
    @Test func recordsFitWhatIsPublished() throws {
        #expect(try OpportunityState.record.faults() == [])
    }

    @Test @Loop func statementsFitTheSchema() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        try await service.prepareAll(of: SalesService.self)
    }

    @Test @Loop func whatStatementsSayWronglyIsFound() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let wrong = [
            Query("w.0", takes: UUID.self, gives: Int.self, sql: "SELECT version, name FROM opportunity WHERE id = $1")
                .statement,
            Query("w.1", takes: UUID.self, gives: Int.self, sql: "SELECT name FROM opportunity WHERE id = $1")
                .statement,
            Query("w.2", takes: UUID.self, gives: String.self, sql: "SELECT owner FROM opportunity WHERE id = $1")
                .statement,
            Query(
                "w.3", takes: UUID.self, Int.self, gives: Int.self, sql: "SELECT version FROM opportunity WHERE id = $1"
            ).statement,
            Query(
                "w.4", takes: UUID.self, gives: String.self,
                sql: "SELECT coalesce(owner, NULL) FROM opportunity WHERE id = $1"
            ).statement,
            Query(
                "w.6", gives: Int.self,
                sql: "SELECT s.version FROM lead l LEFT JOIN opportunity s ON s.id = l.opportunity_id"
            ).statement,
        ]
        for statement in wrong { print(try await service.faults(of: [statement])) }
        do {
            print(
                try await service.faults(of: [
                    Query(
                        "w.5", takes: Int.self, gives: String.self, sql: "SELECT name FROM opportunity WHERE name = $1"
                    ).statement
                ]))
        } catch { print("w.5", error) }
    }

    @Test @Loop func aChangeSaysWhatItLeft() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let id = try await service.make(
            "/v1/opportunities", #"{"name":" Cups ","amount":"12.5","currency":"EUR","owner":"ann","lossReason":"x"}"#)
        let path = "/v1/opportunities/\(id)"
        let shown = try await service.send(.get, path)
        #expect(
            shown.text.contains(#""lossReason" : "x""#) && shown.text.contains(#""name" : "Cups""#), "\(shown.text)")
        let first = ["if-match": "\"1\""]
        let gone = try await service.send(.patch, path, #"{"owner":null,"stage":"proposal"}"#, headers: first)
        #expect(gone.status == 200 && gone.headers["etag"] == "\"2\"", "\(gone)")
        for part in [#""owner" : null"#, #""stage" : "proposal""#, #""probability" : 50"#, #""version" : 2"#] {
            #expect(gone.text.contains(part), "\(part) in \(gone.text)")
        }
        #expect(try await service.send(.get, path).text == gone.text)
        let stale = try await service.send(.patch, path, #"{"name":"Mugs"}"#, headers: first)
        #expect(stale.status == 412 && stale.headers["etag"] == "\"2\"")
        #expect(
            stale.text.contains(#""yours":{"name":"Mugs"}"#) && stale.text.contains(#""current":{"id""#),
            "\(stale.text)")
        #expect(try await service.send(.patch, path, "{}").status == 428)
        let wrong = try await service.send(
            .patch, path, #"{"onwer":"x","amount":"-1","name":null,"leadId":null}"#, headers: ["if-match": "\"2\""])
        print(wrong.text)
        #expect(wrong.status == 400 && wrong.text.contains("owner is"), "\(wrong.text)")
        #expect(
            try await service.outboxTypes() == ["sales.opportunity.created.v1", "sales.opportunity.stage-changed.v1"])
        print(try await service.column("SELECT payload FROM outbox ORDER BY id"))
    }

    @Test @Loop func topicsFollowFromWhatIsHeard() async throws {
        let service = try await TestService(SalesService.self)
        defer { service.close() }
        let topics = service.parts.subscriptions.topics.map(\.name)
        #expect(Set(topics) == ["erp.orders", "crm.contacts", "crm.subject-keys"] && topics.count == 3, "\(topics)")
        let routes = service.parts.routes
        print(
            String(
                decoding: OpenAPI.document(
                    title: "t", version: "1", routes: routes.filter { $0.path.hasPrefix("/v1/opportunities") }),
                as: UTF8.self
            ).count)
    }
}
