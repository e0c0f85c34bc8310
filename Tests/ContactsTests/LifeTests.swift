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
        for tell in after.parts.tellsAgain { _ = try await after.transaction { try await tell(keys, $0) } }
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

    /// Records of a topic as the log has them; without data they end their keys.
    private func channel(_ texts: [(sender: String, told: ChannelInteraction?)]) throws -> [KafkaRecord] {
        try texts.enumerated().map { place, one in
            let type =
                one.told == nil ? "contacts.sender.forgotten.v1" : ChannelTold<InteractionKinds.Call>.versionedType
            let headers = [
                ("ce_specversion", "1.0"), ("ce_id", UUID.v7().text),
                ("ce_source", one.told == nil ? "/contacts" : "/pbx"),
                ("ce_type", type),
            ]
            return KafkaRecord(
                origin: TopicPartition(topic: Topic.interactions.name, partition: 0), offset: Int64(place),
                key: Array(one.sender.utf8), value: try one.told.map { Array(try ModelJSON.text($0).utf8) },
                headers: headers.map { (name: $0.0, value: Array($0.1.utf8)) })
        }
    }

    private func call(_ id: String, _ text: String, _ email: String?, _ customerNo: String? = nil) -> ChannelInteraction
    {
        var told = ChannelInteraction(interactionId: id, at: Date(timeIntervalSince1970: 1_700_000_000))
        (told.text, told.email, told.customerNo) = (text, email, customerNo)
        return told
    }

    /// A compacted topic keeps what an erased sender told for days, before the end of his key.
    @Test @Loop func whatAnErasedSenderToldIsNotReadableAfterANewLife() async throws {
        let two = try await TwoCustomers(#"{"customerNo":"100","name":"Ann Lee","email":"ann@x.example"}"#)
        defer { two.service.close() }
        let before = two.service
        let told = [
            ("ann@x.example", call("c1", "my secret one", "ann@x.example")),
            ("ann@x.example", call("c2", "my secret two", "ann@x.example", "100")),
            ("switchboard", call("c3", "my secret three", nil, "100")),
            ("switchboard", call("c4", "of another", nil, "200")),
        ]
        try await before.past(try channel(told.map { ($0.0, $0.1) }))
        // One that nobody was found for when it came: her address is known now.
        _ = try await before.column("UPDATE interaction SET party_id = NULL WHERE reference = 'c1' RETURNING 'x'")
        while try await DuplicateFinder(before.context).look() > 0 {}
        _ = try await before.make("/v1/parties/\(two.first.text)/erasures", #"{"by":"dpo"}"#)
        #expect(try await before.tables(with: "my secret") == [])
        let ended = try await before.column(
            "SELECT key FROM outbox WHERE topic = 'channel.interactions' ORDER BY key")
        #expect(ended == ["ann@x.example", "switchboard"])

        let after = try await TestService(ContactsService.self)
        defer { after.close() }
        try await after.beginLife("empty", after: try await before.told())
        // Behind the end somebody writes from there again.
        let again = ("ann@x.example", call("c5", "I am back", "ann@x.example"))
        let log: [(String, ChannelInteraction?)] = told.map { ($0.0, $0.1) } + ended.map { ($0, nil) } + [again]
        try await after.past(try channel(log))
        #expect(try await after.tables(with: "my secret") == [])
        #expect(try await after.column("SELECT reference FROM interaction ORDER BY 1") == ["c4", "c5"])
    }

    /// A record of the ERP that was told before the end of its number, and is read behind the erasure, brings nobody back.
    @Test @Loop func aRecordBeforeTheEndOfItsNumberBringsNobodyBack() async throws {
        let two = try await TwoCustomers(#"{"customerNo":"100","name":"Ann Lee","email":"ann@x.example"}"#)
        let service = two.service
        defer { service.close() }
        _ = try await service.make("/v1/parties/\(two.first.text)/erasures", #"{"by":"dpo"}"#)
        let record = try ModelJSON.decoder.decode(
            CustomerUpserted.self, from: Data(#"{"customerNo":"100","name":"Ann Lee","phone":"+4915112345678"}"#.utf8))
        func erase() async throws {
            let headers = [
                ("ce_specversion", "1.0"), ("ce_id", UUID.v7().text), ("ce_source", "/contacts"),
                ("ce_type", "contacts.customer.forgotten.v1"),
            ]
            let end = KafkaRecord(
                origin: TopicPartition(topic: Topic.erpCustomers.name, partition: 0), offset: 9, key: Array("100".utf8),
                value: nil, headers: headers.map { (name: $0.0, value: Array($0.1.utf8)) })
            try await service.transaction { try await service.parts.subscriptions.rehearse([end], of: "test", in: $0) }
        }
        try await service.apply([record], key: "100")
        #expect(try await !service.tables(with: "15112345678").isEmpty)
        try await erase()
        #expect(try await service.tables(with: "15112345678").filter { $0 != "outbox" } == [])
        // Whoever comes behind the end is a customer as any other.
        try await service.apply([record], key: "100")
        #expect(try await service.column("SELECT name FROM party WHERE id = '\(two.first.text)'") == ["Ann Lee"])
    }

    /// The erasure is told once more to a schema that has done it, and whose person came back since.
    @Test @Loop func whoCameBackIsNotErasedByTheErasureOfBefore() async throws {
        let two = try await TwoCustomers(#"{"customerNo":"100","name":"Ann Lee","email":"ann@x.example"}"#)
        let service = two.service
        defer { service.close() }
        _ = try await service.make("/v1/parties/\(two.first.text)/erasures", #"{"by":"dpo"}"#)
        let told = try await service.told()
        let record = try ModelJSON.decoder.decode(
            CustomerUpserted.self, from: Data(#"{"customerNo":"100","name":"Ann Lee","phone":"+4915112345678"}"#.utf8))
        try await service.apply([record], key: "100")
        _ = try await service.column(
            "INSERT INTO subject_key VALUES ('/contacts', '\(two.first.text)', 3, sha256('k')) RETURNING owner")
        try await service.beginLife("restored", after: told)
        let row = "SELECT name || ' ' || phone FROM party WHERE id = '\(two.first.text)'"
        #expect(try await service.column(row) == ["Ann Lee +4915112345678"])
        #expect(try await service.column("SELECT version::text FROM subject_key WHERE key IS NOT NULL") == ["3"])
    }

    /// What the backup did and never told stands against what was told before it.
    @Test @Loop func anOlderWordNeverWinsOverANewerRow() async throws {
        let two = try await TwoCustomers()
        let merge = try await two.merge()
        let benefit = #"{"declared":"process"}"#
        let path = "/v1/parties/\(two.first.text)/benefit"
        func etag() async throws -> [String: String] {
            ["if-match": try await two.service.send(.get, path).headers["etag"] ?? ""]
        }
        #expect(try await two.service.send(.put, path, benefit, headers: try await etag()).status == 200)
        let told = try await two.service.told()
        _ = try await two.undo(merge)
        #expect(
            try await two.service.send(.put, path, #"{"declared":"relationship"}"#, headers: try await etag()).status
                == 200)
        defer { two.service.close() }
        try await two.service.beginLife("restored", after: told)
        #expect(try await two.service.column("SELECT merged_into::text FROM party WHERE merged_into IS NOT NULL") == [])
        #expect(try await two.service.column("SELECT survivor_id::text FROM party_redirect") == [])
        #expect(try await two.service.column("SELECT declared FROM party_benefit") == ["relationship"])
    }

    /// What contacts has told of a party besides is known, and told again whole.
    @Test @Loop func benefitsStagesAndValuesAreToldAgain() async throws {
        let two = try await TwoCustomers()
        defer { two.service.close() }
        let path = "/v1/parties/\(two.first.text)/benefit"
        let seen = ["if-match": try await two.service.send(.get, path).headers["etag"] ?? ""]
        #expect(try await two.service.send(.put, path, #"{"declared":"process"}"#, headers: seen).status == 200)
        let after = try await TestService(ContactsService.self)
        defer { after.close() }
        try await after.beginLife("empty", after: try await two.service.told())
        #expect(try await after.column("SELECT declared FROM party_benefit") == ["process"])
        try await TwoCustomers(on: after).order("A1", "100", total: "10.00")
        _ = try await after.column("DELETE FROM outbox RETURNING 'x'")
        let keys = [two.first.text, two.second.text, UUID().text]
        var known: Set<String> = []
        for tell in after.parts.tellsAgain {
            known.formUnion(try await after.transaction { try await tell(keys, $0) })
        }
        #expect(known == Set(keys.prefix(2)))
        let again = Set(try await after.outboxTypes())
        #expect(again.isSuperset(of: ["contacts.benefit.changed.v1", "contacts.value.changed.v1"]))
        #expect(try await after.faultsOfEvents() == [])
    }
}
