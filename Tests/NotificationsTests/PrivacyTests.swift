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

@testable import Notifications

@Suite struct PrivacyTests {
    @Test @Loop func aPersonLeavesFiguresAndWhatWaitsIsNotSent() async throws {
        let fixture = try await NotificationsFixture()
        defer { fixture.close() }
        let ann = UUID.v7(), bob = UUID.v7()
        let waiting = try await fixture.ask(
            "k1", address: "quill@a.example", data: ["name": "Ann Quill", "url": "http://a"], recipient: ann)
        let sent = try await fixture.ask("k2", address: "quill@a.example", recipient: ann)
        let other = try await fixture.ask("k3", address: "bob@b.example", recipient: bob)
        _ = try await fixture.sql(
            "UPDATE message SET status = 'failed', reason = '550 quill@a.example: unknown' WHERE id = '\(sent)'")
        _ = try await fixture.sql("INSERT INTO suppression (address, reason) VALUES ('quill@a.example', 'bounced')")
        _ = try await fixture.sql("INSERT INTO withdrawal VALUES ('\(ann)', 'mail')")
        let lines = try await fixture.pool.transaction { try await notificationsPersonalData.erase(ann, in: $0) }
        #expect(lines.contains(ErasureLine(table: "suppression", rows: 1, action: "removed", reason: nil)))
        for table in ["message", "suppression", "withdrawal", "outbox"] {
            let rows = try await fixture.sql(
                "SELECT 1 FROM \(table) t WHERE lower(t::text) LIKE '%quill%'")
            #expect(rows.isEmpty, "\(table)")
        }
        #expect(try await fixture.state(waiting) == "suppressed: recipient erased")
        #expect(try await fixture.state(sent) == "failed")
        // That nobody writes again stays known, and so does that this was asked for already.
        #expect(try await fixture.sql("SELECT 1 FROM withdrawal").count == 1)
        try await fixture.ask("k1", address: "quill@a.example", recipient: ann)
        let worker = try fixture.worker()
        while try await worker.sendPage() > 0 {}
        #expect(try fixture.mails().allSatisfy { !$0.contains("quill") } && fixture.mails().count == 1)
        #expect(try await fixture.state(other) == "sent")
        #expect(try await fixture.service.faultsOfEvents() == [])
    }

    @Test @Loop func aMergedRecipientsMessagesAreShownWithTheSurvivorsAndComeApartAgain() async throws {
        let fixture = try await NotificationsFixture()
        defer { fixture.close() }
        let ann = UUID.v7(), lee = UUID.v7()
        let first = try await fixture.ask("k1", address: "ann@a.example", recipient: ann)
        let second = try await fixture.ask("k2", address: "lee@b.example", recipient: lee)
        func shown(_ party: UUID) async throws -> [Bool] {
            let list = try await fixture.send(.get, "/v1/messages?recipient=\(party.text)").text
            return [list.contains(first.text), list.contains(second.text)]
        }
        #expect(try await shown(ann) == [true, false])
        try await fixture.pool.transaction { Redirects.follow([Redirect(lee, to: ann)], in: $0) }
        #expect(try await shown(ann) == [true, true])
        try await fixture.pool.transaction { Redirects.follow([Redirect(lee, to: lee)], in: $0) }
        #expect(try await shown(ann) == [true, false])
        #expect(try await shown(lee) == [false, true])
    }
}
