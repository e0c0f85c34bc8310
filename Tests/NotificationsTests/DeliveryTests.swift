import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import Notifications

@Suite struct DeliveryTests {
    private struct Died: Error {}

    @Test @Loop func everyStatementFitsTheSchema() async throws {
        let fixture = try await NotificationsFixture()
        defer { fixture.close() }
        try await fixture.service.prepareAll(of: NotificationsService.self)
    }

    @Test @Loop func oneKeyIsSentOnceHoweverOftenItIsAsked() async throws {
        let fixture = try await NotificationsFixture()
        defer { fixture.close() }
        let first = try await fixture.ask("survey:1", data: ["name": "王芳", "subject": "退货", "link": "https://a/b"])
        try await fixture.ask("survey:1")
        let worker = try fixture.worker()
        #expect(try await worker.sendPage() == 1)
        #expect(try await worker.sendPage() == 0)
        try await fixture.ask("survey:1")
        #expect(try await worker.sendPage() == 0)
        let mails = try fixture.mails()
        #expect(mails.count == 1)
        #expect(mails.first?.contains("Message-ID: <\(first.uuidString.lowercased())@localhost>") == true)
        #expect(try await fixture.state(first) == "sent")
        #expect(try await fixture.outcomes() == ["notifications.message.sent.v1 1"])
        let payload = try await fixture.sql("SELECT payload FROM outbox")
        let text: String = try #require(payload.first).value(0)
        let sent = try ModelJSON.decoder.decode(MessageSent.self, from: Data(text.utf8))
        #expect(sent.outcome.messageId == first && sent.outcome.deduplicationKey == "survey:1")
    }

    @Test @Loop func whoDiesBeforeTheCommitLeavesOneMail() async throws {
        let fixture = try await NotificationsFixture()
        defer { fixture.close() }
        let id = try await fixture.ask("k")
        let worker = try fixture.worker()
        // Dies after the mail was written: the message stays taken until the lease is over.
        let dying = try fixture.worker(CancelledAfterWriting(try fixture.settings.transport()))
        let task = Task { @Loop in _ = try await dying.sendPage() }
        try await eventually("the file") { (try? fixture.mails().count) == 1 }
        #expect(try await fixture.state(id) == "sending")
        #expect(try await worker.sendPage() == 0)
        _ = try await fixture.sql("UPDATE message SET next_try_at = now()")
        #expect(try await worker.sendPage() == 1)
        #expect(try fixture.mails().count == 1)
        #expect(try await fixture.state(id) == "sent")
        // The one that was taken for dead comes back and changes nothing.
        task.cancel()
        _ = await task.result
        #expect(try await fixture.state(id) == "sent")
        #expect(try await fixture.outcomes() == ["notifications.message.sent.v1 1"])
    }

    @Test @Loop func aMailThatWasReadIsNotWrittenAgain() async throws {
        let fixture = try await NotificationsFixture()
        defer { fixture.close() }
        try await fixture.ask("k")
        let transport = FaultyTransport(try fixture.settings.transport(), [Died()])
        let worker = try fixture.worker(transport)
        #expect(try await worker.sendPage() == 1)
        let name = try #require(try FileManager.default.contentsOfDirectory(atPath: fixture.folder + "/new").first)
        try FileManager.default.moveItem(
            atPath: "\(fixture.folder)/new/\(name)", toPath: "\(fixture.folder)/cur/\(name):2,S")
        _ = try await fixture.sql("UPDATE message SET next_try_at = now()")
        #expect(try await worker.sendPage() == 1)
        #expect(transport.count == 2)
        #expect(try fixture.mails().isEmpty)
        #expect(try await fixture.outcomes() == ["notifications.message.sent.v1 1"])
    }

    @Test @Loop func whatFailsForNowIsTriedAgainAndThenGivenUp() async throws {
        let fixture = try await NotificationsFixture(["MAIL_ATTEMPTS": "2"])
        defer { fixture.close() }
        let busy = DeliveryFailure(isPermanent: false, description: "451 try later")
        let worker = try fixture.worker(FaultyTransport(try fixture.settings.transport(), [busy, busy]))
        let id = try await fixture.ask("k")
        #expect(try await worker.sendPage() == 1)
        #expect(try await fixture.state(id) == "queued: 451 try later")
        let pause = try await fixture.sql("SELECT extract(epoch FROM next_try_at - now())::float8 FROM message")
        let seconds: Double = try #require(pause.first).value(0)
        #expect(seconds > 0 && seconds <= 10)
        #expect(try await worker.sendPage() == 0)
        _ = try await fixture.sql("UPDATE message SET next_try_at = now()")
        #expect(try await worker.sendPage() == 1)
        #expect(try await fixture.state(id) == "failed: 451 try later")
        #expect(try await fixture.outcomes() == ["notifications.message.failed.v1 1"])
    }

    @Test @Loop func whatCanNeverBeSentFailsAtOnce() async throws {
        let fixture = try await NotificationsFixture()
        defer { fixture.close() }
        let refused = DeliveryFailure(isPermanent: true, description: "550 no such user")
        let worker = try fixture.worker(FaultyTransport(try fixture.settings.transport(), [refused]))
        let id = try await fixture.ask("a")
        #expect(try await worker.sendPage() == 1)
        #expect(try await fixture.state(id) == "failed: 550 no such user")
        let others = [
            try await fixture.ask("b", address: nil), try await fixture.ask("c", template: "no.such"),
            try await fixture.ask("d", channel: "pigeon"),
        ]
        #expect(try await worker.sendPage() == 3)
        for id in others { #expect(try await fixture.state(id).hasPrefix("failed: there is no ")) }
        #expect(try await fixture.service.faultsOfEvents() == [])
    }

    @Test @Loop func whatIsHeldBackIsTold() async throws {
        let fixture = try await NotificationsFixture()
        defer { fixture.close() }
        let worker = try fixture.worker()
        let listed = #"{"address":" Wang@Example.com ","reason":" complained "}"#
        let kept = try await fixture.send(.post, "/v1/suppressions", listed)
        #expect(
            kept.status == 201 && kept.text.contains(#""wang@example.com""#) && kept.text.contains(#""complained""#))
        let late = try await fixture.ask("a", expiresAt: Date(timeIntervalSinceNow: -5))
        let marketing = try await fixture.ask("b", template: "campaign", purpose: "marketing")
        let needed = try await fixture.ask("c")
        let later = try await fixture.ask("d", notBefore: Date(timeIntervalSinceNow: 3600))
        #expect(try await worker.sendPage() == 3)
        #expect(try await fixture.state(late) == "suppressed: its time was over")
        #expect(try await fixture.state(marketing) == "suppressed: the address gets no marketing")
        #expect(try await fixture.state(needed) == "sent")
        #expect(try await fixture.state(later) == "queued")
        #expect(try fixture.mails().count == 1)
        #expect(
            try await fixture.outcomes().sorted() == [
                "notifications.message.sent.v1 1", "notifications.message.suppressed.v1 1",
                "notifications.message.suppressed.v1 1",
            ])
        #expect(try await fixture.service.faultsOfEvents() == [])
    }

    @Test @Loop func whoWithdrawsGetsNoMarketingThatWaits() async throws {
        let fixture = try await NotificationsFixture()
        defer { fixture.close() }
        let (wang, li) = (UUID.v7(), UUID.v7())
        func decide(_ party: UUID, _ granted: Bool, channel: String = "mail", purpose: String = "marketing")
            async throws
        {
            let decision = ConsentChanged(
                partyId: party, channel: channel, purpose: purpose, granted: granted, source: "test", decidedAt: Date())
            try await fixture.service.apply([decision])
        }
        let held = try await fixture.ask("a", template: "campaign", purpose: "marketing", recipient: wang)
        let needed = try await fixture.ask("b", recipient: wang)
        let other = try await fixture.ask("c", template: "campaign", purpose: "marketing", recipient: li)
        try await decide(wang, false)
        try await decide(wang, false)
        try await decide(li, false, channel: "sms")
        try await decide(li, false, purpose: "service")
        let worker = try fixture.worker()
        #expect(try await worker.sendPage() == 3)
        #expect(try await fixture.state(held) == "suppressed: the consent was withdrawn")
        #expect(try await fixture.state(needed) == "sent")
        #expect(try await fixture.state(other) == "sent")
        #expect(try await fixture.outcomes().contains("notifications.message.suppressed.v1 1"))
        // Who allows it again gets what is asked for then.
        try await decide(wang, true)
        let later = try await fixture.ask("d", template: "campaign", purpose: "marketing", recipient: wang)
        #expect(try await worker.sendPage() == 1)
        #expect(try await fixture.state(later) == "sent")
    }

    @Test @Loop func messagesAreSeenByTheirRecipient() async throws {
        let fixture = try await NotificationsFixture()
        defer { fixture.close() }
        let party = ExternalID.party(customerNo: "17850")
        var asked: [UUID] = []
        for number in 0..<3 { asked.append(try await fixture.ask("k\(number)", recipient: party)) }
        let page = try await fixture.send(.get, "/v1/messages?recipient=\(party)&limit=2")
        #expect(page.status == 200 && page.text.contains("\"next\":\""))
        #expect(page.text.contains(asked[2].uuidString.lowercased()))
        #expect(!page.text.contains(asked[0].uuidString.lowercased()))
        #expect(try await fixture.send(.get, "/v1/messages/\(asked[0])").text.contains("queued"))
        #expect(try await fixture.send(.get, "/v1/messages/\(party)").status == 404)
        #expect(try await fixture.send(.get, "/v1/messages").status == 400)
        let body = #"{"language":"zh","data":{"name":"李雷","subject":"维修"}}"#
        let preview = try await fixture.send(.post, "/v1/templates/survey.csat/preview", body)
        #expect(preview.text.contains("请为我们的服务评分：维修"))
        #expect(try await fixture.send(.post, "/v1/templates/none/preview", "{}").status == 404)
        let bad = try await fixture.send(.post, "/v1/suppressions", #"{"address":"nobody"}"#)
        #expect(bad.status == 400 && bad.text.contains("\"address\""))
    }

    @Test @Loop func theWorkerFindsWhatCame() async throws {
        let fixture = try await NotificationsFixture()
        defer { fixture.close() }
        let worker = try fixture.worker()
        let task = Task { @Loop in await worker.run() }
        for number in 0..<120 { try await fixture.ask("k\(number)") }
        try await eventually("120 mails") { try await fixture.outcomes().count == 120 }
        task.cancel()
        await task.value
        #expect(try fixture.mails().count == 120)
    }

    @Test @Loop func opensAndClicksOfASentMessageAreTold() async throws {
        let fixture = try await NotificationsFixture()
        defer { fixture.close() }
        let id = try await fixture.ask("k")
        let path = "/v1/messages/\(id)/touches"
        #expect(try await fixture.send(.post, path, #"{"kind":"opened"}"#).status == 409)
        _ = try await fixture.sql("UPDATE message SET status = 'sent', version = 1")
        #expect(try await fixture.send(.post, path, #"{"kind":"opened"}"#).status == 204)
        #expect(try await fixture.send(.post, path, #"{"kind":"clicked","link":"https://x.example/a"}"#).status == 204)
        #expect(
            try await fixture.outcomes()
                == ["notifications.message.opened.v1 2", "notifications.message.clicked.v1 3"])
        #expect(try await fixture.send(.post, path, #"{"kind":"eaten"}"#).status == 400)
        let unknown = try await fixture.send(.post, path, #"{"kind":"opened","lnk":"x"}"#)
        #expect(unknown.status == 400 && unknown.text.contains("link is"), "\(unknown.text)")
        #expect(try await fixture.service.faultsOfEvents() == [])
        #expect(try await fixture.send(.post, "/v1/messages/\(UUID())/touches", #"{"kind":"opened"}"#).status == 404)
    }
}

/// Writes the mail and then says nothing until it is cancelled.
@Loop
private final class CancelledAfterWriting: MailTransport {
    private let inner: any MailTransport

    init(_ inner: any MailTransport) { self.inner = inner }

    func deliver(_ mail: Mail) async throws {
        try await inner.deliver(mail)
        try await Loop.sleep(for: .seconds(600))
    }
}
