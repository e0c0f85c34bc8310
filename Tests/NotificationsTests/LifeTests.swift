import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Kafka
import Messaging
import Postgres
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import Notifications

/// Notifications behind a life of its own that was lost, or at a backup: what was sent is not sent again.
@Suite struct LifeTests {
    private func request(_ number: Int, expiresAt: Date? = nil) -> MessageRequested {
        let key = "survey:\(number)"
        return MessageRequested(
            messageId: ExternalID.message(deduplicationKey: key),
            recipientId: ExternalID.party(customerNo: "\(number)"),
            channel: "mail", address: "c\(number)@example.com", template: "survey.csat", data: ["name": "\(number)"],
            deduplicationKey: key, purpose: number % 5 == 0 ? "marketing" : "transactional", expiresAt: expiresAt)
    }

    private func key(_ number: Int) -> String { "survey:\(number)" }

    @Loop private func states(_ fixture: NotificationsFixture) async throws -> [String] {
        try await fixture.service.column(
            "SELECT count(*) || ' ' || status FROM message GROUP BY status ORDER BY status")
    }

    /// Case 51: 14 mails stay 14. One more was asked for, and nobody knows whether it was sent.
    @Test @Loop func atAnEmptyDatabaseNoMailIsSentAgain() async throws {
        let before = try await NotificationsFixture()
        defer { before.close() }
        _ = try await before.send(.post, "/v1/suppressions", #"{"address":"c5@example.com"}"#)
        let asked = (1...15).map { request($0) }
        try await before.service.apply(Array(asked.prefix(14)))
        while try await before.worker().sendPage() > 0 {}
        #expect(try await states(before) == ["13 sent", "1 suppressed"])
        let told = try await before.service.told()

        let after = try await NotificationsFixture()
        defer { after.close() }
        try await after.service.beginLife("empty", after: told)
        let late = request(16, expiresAt: Date(timeIntervalSinceNow: -60))
        try await after.service.past(try after.service.records(asked + [late]))
        let worker = try after.worker()
        try await worker.hold()
        #expect(try await worker.sendPage() == 0)
        #expect(((try? after.mails()) ?? []).isEmpty)
        #expect(try await states(after) == ["1 held", "13 sent", "2 suppressed"])
        #expect(try await after.service.column("SELECT address FROM suppression") == ["c5@example.com"])
        // What is known is not told again; what could not be sent in time any more is.
        #expect(try await after.service.outboxTypes() == ["notifications.message.suppressed.v1"])
        #expect(try await after.service.column("SELECT past::text FROM outbox") == ["true"])
        #expect(try await after.service.faultsOfEvents() == [])
        // Asked for again now, with another id, it is still the same message.
        try await after.service.apply([request(3)])
        #expect(try await worker.sendPage() == 0)

        let held = try await after.service.column("SELECT kind || ' ' || key || ' ' || state FROM held")
        #expect(held == ["message \(key(15)) held"])
        let deed = try #require(after.service.parts.releases[MessageRecovery.kind])
        try await after.service.transaction {
            try await deed(.init(id: 1, key: key(15), subject: "", payload: nil, askedAt: Date()), $0)
        }
        #expect(try await worker.sendPage() == 1)
        #expect(try after.mails().count == 1)
    }

    /// At a backup from before ten of them were sent: those are known, what waited then and was not told of is held.
    @Test @Loop func atABackupWhatWasSentSinceIsNotSentAgain() async throws {
        var fixture = try await NotificationsFixture()
        try await fixture.service.apply((1...12).map { request($0) })
        let url = fixture.database.url
        fixture.close()
        let backup = try await TestDatabase.copy(of: url)
        fixture = try await NotificationsFixture(on: url)
        // Two were handed over, and the process died before it could write it down.
        let worker = try fixture.worker()
        worker.page = 10
        #expect(try await worker.sendPage() == 10)
        let told = try await fixture.service.told()
        fixture.close()

        let after = try await NotificationsFixture(on: backup)
        defer { after.close() }
        try await after.service.beginLife("restored", after: told)
        let next = try after.worker()
        // Before it is held, nothing of an earlier life is taken.
        #expect(try await next.sendPage() == 0)
        try await next.hold()
        #expect(try await next.sendPage() == 0)
        #expect(try await states(after) == ["2 held", "10 sent"])
        try await after.service.apply([request(13)])
        #expect(try await next.sendPage() == 1)
        #expect(try await after.service.column("SELECT count(*)::text FROM held WHERE state = 'held'") == ["2"])
    }

    /// In a first life nothing is held.
    @Test @Loop func inAFirstLifeNothingIsHeld() async throws {
        let fixture = try await NotificationsFixture()
        defer { fixture.close() }
        _ = try await fixture.service.column("INSERT INTO life (epoch, cause) VALUES (1, 'first') RETURNING 'x'")
        try await fixture.service.apply([request(1)])
        let worker = try fixture.worker()
        try await worker.hold()
        #expect(try await worker.sendPage() == 1)
    }

    /// Whoever asked for a message that a person gives up hears so, once.
    @Test @Loop func whatAPersonGivesUpIsToldToWhoeverAsked() async throws {
        let fixture = try await NotificationsFixture()
        defer { fixture.close() }
        try await fixture.service.beginLife("empty", after: [])
        try await fixture.service.past(try fixture.service.records([request(1), request(2)]))
        let held = try await fixture.service.column("SELECT key FROM held ORDER BY id")
        #expect(held == [key(1), key(2)])
        let discard = try #require(fixture.service.parts.discards[MessageRecovery.kind])
        for _ in 1...2 {
            try await fixture.service.transaction {
                try await discard(.init(id: 1, key: held[0], subject: "", payload: nil, askedAt: Date()), $0)
            }
        }
        let told = try await fixture.service.column("SELECT type || payload FROM outbox")
        #expect(told.count == 1 && told.allSatisfy { $0.hasPrefix("notifications.message.suppressed.v1") }, "\(told)")
        #expect(told.allSatisfy { $0.contains(MessageRecoveryStore.givenUp) })
        #expect(try await states(fixture) == ["1 held", "1 suppressed"])
        #expect(try await fixture.service.faultsOfEvents() == [])
    }

    /// Addresses that nobody has been written to at are known too, those from before they were told as well.
    @Test @Loop func addressesWithoutMarketingAreKnown() async throws {
        let before = try await NotificationsFixture()
        defer { before.close() }
        _ = try await before.sql("INSERT INTO suppression (address, reason) VALUES ('old@example.com', 'bounced')")
        for reason in ["complained", "asked for"] {
            let json = #"{"address":"New@example.com","reason":"\#(reason)"}"#
            #expect(try await before.send(.post, "/v1/suppressions", json).status == 201)
        }
        while try await SuppressionCommands.tellUntold(before.context) {}
        #expect(try await before.service.outboxTypes().count == 3)
        let told = try await before.service.told()

        let after = try await NotificationsFixture()
        defer { after.close() }
        try await after.service.beginLife("empty", after: told.reversed())
        let list = "SELECT address || ' ' || reason || ' ' || version FROM suppression ORDER BY address"
        #expect(try await after.service.column(list) == ["new@example.com asked for 2", "old@example.com bounced 1"])
        #expect(try await SuppressionCommands.tellUntold(after.context) == false)
        #expect(try await after.service.outboxTypes() == [])
        // Erased with whom it is of: also where it was published.
        let party = ExternalID.party(customerNo: "1")
        try await before.ask("k", address: "new@example.com", recipient: party)
        try await before.service.apply([PartyErased(partyId: party, erasureId: UUID())])
        #expect(try await before.service.tables(with: "new@example.com") == [])
    }
}
