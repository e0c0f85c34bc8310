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

@testable import Contacts

@Suite struct PrivacyTests {
    @Test @Loop func nothingOfThePersonIsLeftInAnyTable() async throws {
        let two = try await TwoCustomers(
            #"{"customerNo":"100","name":"Ann Quill","email":"quill@a.example","phone":"+4915112345678"}"#,
            #"{"customerNo":"200","name":"安奎尔","email":"annq@b.example"}"#)
        let service = two.service
        defer { service.close() }
        try await two.order("A1", "100", total: "10")
        let ask = #"{"channel":"mail","purpose":"marketing","granted":true,"proof":"mail of quill@a.example"}"#
        _ = try await service.send(.put, "/v1/parties/\(two.first.text)/consents", ask)
        _ = try await two.merge(nil, into: nil, #","fields":{"name":"merged"}"#)
        let key = ["idempotency-key": "k"]
        _ = try await service.send(.post, "/v1/parties", #"{"name":"Bob","email":"bob@b.example"}"#, headers: key)
        let put = Statement(
            "test.bury",
            """
            INSERT INTO dead_letter (grp, topic, part, off, headers, payload, error_class, error_text, fingerprint)
            SELECT 'g', 't', 0, n.off, '[]', convert_to(n.text, 'UTF8'), 'c', 'e', 'f'
            FROM (VALUES (1, '{"email":"quill@a.example"}'), (2, '{"email":"bob@b.example"}')) AS n(off, text)
            """)
        let park = Statement(
            "test.park",
            """
            INSERT INTO parked_message (grp, topic, key, off, part, headers, payload)
            VALUES ('g', 't', '100', 1, 0, '', convert_to('{"customerNo":"100"}', 'UTF8'))
            """)
        try await service.transaction { transaction in
            transaction.enqueue(put)
            transaction.enqueue(park)
        }
        let terms = ["Quill", "quill@a.example", "15112345678", "安奎尔", "annq@b.example"]
        for term in terms { #expect(try await !service.tables(with: term).isEmpty, "\(term)") }
        let held = try await service.send(.get, "/v1/privacy/parties/\(two.first.text)")
        #expect(held.status == 200)
        let id = try await service.make(
            "/v1/parties/\(two.first.text)/erasures", #"{"by":"privacy desk","reason":"asked by mail"}"#)
        // What was published before waits in the outbox for the relay, which this service runs without.
        _ = try await service.context.pool.query(
            Statement("test.ship", "DELETE FROM outbox WHERE type NOT LIKE '%erased%'"))
        for term in terms {
            let left = try await service.tables(with: term)
            #expect(left.isEmpty, "\(term): \(left)")
        }
        #expect(try await service.tables(with: "bob@b.example") == ["dead_letter", "party"])
        #expect(try await two.values() == ["first 1 100000"])
        let told = try await service.column("SELECT DISTINCT type FROM outbox")
        #expect(told == ["contacts.party.erased.v1"])
        let receipt = try await service.send(.get, "/v1/erasures/\(id.text)").text
        #expect(receipt.contains(#""isComplete" : false"#) && receipt.contains("books that the law has us keep"))
        #expect(try await service.send(.post, "/v1/parties/\(two.second.text)/erasures", #"{"by":"x"}"#).status == 409)
        #expect(try await service.send(.post, "/v1/parties/\(two.first.text)/erasures", "[]").status == 400)
        #expect(try await service.send(.post, "/v1/parties/\(UUID())/erasures", #"{"by":"x"}"#).status == 404)
        #expect(try await service.faultsOfEvents() == [])
    }

    /// A quiet partition is compacted only once another message has come behind the end of a key.
    @Test @Loop func theEndOfAKeyIsToldAgainWhenItsTopicIsCompacted() async throws {
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let id = try await service.make("/v1/parties", #"{"name":"Ann"}"#).uuidString.lowercased()
        _ = try await service.column(
            "INSERT INTO subject_key (owner, subject, version, key) VALUES ('/contacts', '\(id)', 1, sha256('k')) RETURNING owner"
        )
        _ = try await service.make("/v1/parties/\(id)/erasures", #"{"by":"x"}"#)
        let told = "SELECT seq || ' ' || payload FROM outbox WHERE topic = 'crm.subject-keys' ORDER BY id"
        let once = try await service.column(told)
        #expect(once.count == 1 && once[0].hasPrefix("2 ") && !once[0].contains("key\""), "\(once)")
        let timers = try await service.column(
            """
            SELECT payload FROM timer WHERE kind = 'subject-key-end'
                AND due_at BETWEEN now() + interval '1 hour' AND now() + interval '2 hours'
            """)
        #expect(timers == ["[\"\(id)\"]"])
        try await service.transaction { transaction in
            let due = DueTimer(kind: SubjectKeys.reminder, key: id, dueAt: Date(), payload: timers.first)
            try SubjectKeys.tellAgain([due], of: "/contacts", in: transaction)
        }
        #expect(try await service.column(told).map { $0.prefix(2) } == ["2 ", "2 "])
    }
}
