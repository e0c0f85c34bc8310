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

@testable import Contacts

/// Contacts at a backup or behind a life of its own that was lost.
@Suite struct LifeTests {
    @Loop private func say(_ service: TestService, _ party: UUID, _ granted: Bool) async throws {
        let json = #"{"channel":"mail","purpose":"marketing","granted":\#(granted)}"#
        #expect(try await service.send(.put, "/v1/parties/\(party.text)/consents", json).status == 200)
    }

    @Loop private func master(_ service: TestService) throws -> [KafkaRecord] {
        try service.records(
            try ["100", "200", "300"].map { number in
                try ModelJSON.decoder.decode(
                    CustomerUpserted.self,
                    from: Data(
                        #"{"customerNo":"\#(number)","name":"Told \#(number)","email":"e\#(number)@x.example","marketingConsent":true}"#
                            .utf8))
            })
    }

    /// Case 25 and 54: a withdrawal of the life before holds against the ERP's grant, which is derived again, and one of the new life counts.
    @Test @Loop func atAnEmptyDatabaseConsentsRedirectsAndErasuresAreKnown() async throws {
        let two = try await TwoCustomers(
            #"{"customerNo":"100","name":"Ann Lee","email":"ann@x.example"}"#)
        defer { two.service.close() }
        let before = two.service
        let gone = ExternalID.party(customerNo: "300")
        let third = try ModelJSON.decoder.decode(
            CustomerUpserted.self, from: Data(#"{"customerNo":"300","name":"Gone","email":"gone@x.example"}"#.utf8))
        try await before.transaction { try PartyHandlers.upsert([third], $0) }
        let hand = try await before.make("/v1/parties", #"{"name":"王小明","email":"li@x.example","notes":"vip"}"#)
        try await say(before, two.first, true)
        try await say(before, two.first, false)
        try await say(before, hand, true)
        _ = try await two.merge()
        _ = try await before.make("/v1/parties/\(gone.text)/erasures", #"{"by":"dpo"}"#)
        let told = try await before.told()

        let after = try await TestService(ContactsService.self)
        defer { after.close() }
        try await after.beginLife("empty", after: told)
        // The ERP's topic has what it said before the erasure, too.
        try await after.past(try master(after))
        func counts(_ party: UUID) async throws -> [String] {
            try await after.column(
                "SELECT granted::text FROM consent_effective WHERE party_id = '\(party.text)' AND channel = 'mail'")
        }
        #expect(try await counts(two.first) == ["false"])
        #expect(try await counts(hand) == ["true"])
        #expect(try await after.column("SELECT survivor_id::text FROM party_redirect") == [two.first.text])
        #expect(
            try await after.column("SELECT name FROM party WHERE id IN ('\(hand.text)', '\(gone.text)') ORDER BY 1")
                == ["erased", "王小明"])
        let readable = try await after.tables(with: "gone@x.example")
        #expect(readable == [], "\(readable)")
        #expect(try await after.tables(with: "e300@x.example") == [])
        #expect(try await after.column("SELECT count(*)::text FROM erasure") == ["1"])
        #expect(try await after.column("SELECT DISTINCT past::text FROM outbox") == ["true"])

        // Told again, all others know what this one knows, and a decision that is made now counts with them.
        _ = try await after.column("DELETE FROM outbox RETURNING 'x'")
        let keys = [two.first, two.second, hand, gone].map(\.text)
        for tell in after.parts.tellsAgain { try await after.transaction { try await tell(keys, $0) } }
        let again = try await after.outboxTypes()
        #expect(again.filter { $0 == "contacts.party.changed.v1" }.count == 3)
        #expect(again.filter { $0 == "contacts.party.merged.v1" }.count == 1)
        #expect(again.filter { $0 == "contacts.consent.changed.v1" }.count == 2)
        try await say(after, hand, false)
        let words = try await (before.told() + after.told()).compactMap { record -> (UUID, ConsentWord)? in
            guard record.header("ce_type") == ConsentChanged.versionedType else { return nil }
            let said = try ModelJSON.decoder.decode(ConsentChanged.self, from: Data(record.value ?? []))
            return (said.partyId, said.word(at: nil))
        }
        #expect(words.filter { $0.0 == hand }.map(\.1).max()?.granted == false)
        #expect(words.filter { $0.0 == two.first }.map(\.1).max()?.granted == false)
        #expect(try await after.faultsOfEvents() == [])
    }

    /// Case 55: who was erased behind a backup is readable in it, and is erased again before anybody reads it.
    @Test @Loop func atABackupWhoWasErasedSinceIsErasedAgain() async throws {
        var two = try await TwoCustomers(#"{"customerNo":"100","name":"Ann Lee","email":"ann@x.example"}"#)
        try await two.order("A1", "200", total: "10.00")
        let url = two.service.options.url
        two.service.close()
        let backup = try await TestDatabase.copy(of: url)
        two = TwoCustomers(on: try await TestService(ContactsService.self, on: url))
        _ = try await two.service.make("/v1/parties/\(two.first.text)/erasures", #"{"by":"dpo"}"#)
        let other = try await two.service.make("/v1/parties", #"{"name":"New"}"#)
        _ = try await two.merge(two.second, into: other)
        let told = try await two.service.told()
        two.service.close()

        let after = try await TestService(ContactsService.self, on: backup)
        defer { after.close() }
        #expect(try await !after.tables(with: "ann@x.example").isEmpty)
        try await after.beginLife("restored", after: told)
        // What waits to be published is sealed under a key that is destroyed.
        #expect(try await after.tables(with: "ann@x.example").filter { $0 != "outbox" } == [])
        #expect(
            try await after.column("SELECT orders::text FROM party_value WHERE party_id = '\(other.text)'") == ["1"])
        #expect(
            try await after.column("SELECT merged_into::text FROM party WHERE id = '\(two.second.text)'")
                == [other.text])
    }
}
