import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Postgres
import ServiceTestKit
import TestKit
import Testing

@testable import Notifications

@Suite struct WithdrawalTests {
    @Test @Loop func whateverIsHeardLastTheLastDecisionCounts() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var chance = SeededGenerator(seed: seed)
        let fixture = try await NotificationsFixture()
        defer { fixture.close() }
        let parties = (0..<200).map { ExternalID.party(customerNo: "\($0)") }
        var expected: [UUID: ConsentWord] = [:]
        for _ in 0..<10 {
            var words: [WithdrawalHandlers.Key: ConsentWord] = [:]
            for party in parties where Int.random(in: 1...3, using: &chance) > 1 {
                let word = ConsentWord(
                    granted: Bool.random(using: &chance),
                    decidedAt: Date(timeIntervalSince1970: Double(Int.random(in: 0...6, using: &chance))))
                words[WithdrawalHandlers.Key(party: party, channel: "mail")] = word
                expected[party] = max(expected[party] ?? word, word)
            }
            let said = words
            try await fixture.pool.transaction { WithdrawalHandlers.hear(said, $0) }
        }
        let withdrawn = Set(try await fixture.service.column("SELECT party_id::text FROM withdrawal"))
        for party in parties { #expect(withdrawn.contains(party.text) == (expected[party]?.granted == false)) }
    }

    /// Who is merged into somebody who withdrew gets no marketing under his old number either.
    @Test @Loop func aWithdrawalCountsForThoseWhoAreMerged() async throws {
        let fixture = try await NotificationsFixture()
        defer { fixture.close() }
        let (merged, survivor) = (UUID.v7(), UUID.v7())
        let waiting = try await fixture.ask("a", template: "campaign", purpose: "marketing", recipient: merged)
        try await fixture.service.apply([PartyMerged(partyId: merged, survivorId: survivor)])
        try await fixture.service.apply([
            ConsentChanged(
                partyId: survivor, channel: "mail", purpose: "marketing", granted: false, source: "t",
                decidedAt: Date())
        ])
        #expect(try await fixture.worker().sendPage() == 1)
        #expect(try await fixture.state(waiting) == "suppressed: the consent was withdrawn")
    }

    /// What one of a mailbox's owners withdraws after the ask counts for the mailbox, until he allows it again.
    @Test @Loop func aWithdrawalCountsForTheAddressWhoeverHasIt() async throws {
        let fixture = try await NotificationsFixture()
        defer { fixture.close() }
        let (owner, other) = (UUID.v7(), UUID.v7())
        func ask(_ key: String, _ address: String, purpose: String = "marketing") async throws -> UUID {
            try await fixture.ask(key, address: address, template: "campaign", purpose: purpose, recipient: other)
        }
        func tell(_ granted: Bool, _ at: Double, _ addresses: [String]?) async throws {
            try await fixture.service.apply([
                ConsentChanged(
                    partyId: owner, channel: "mail", purpose: "marketing", granted: granted, source: "t",
                    decidedAt: Date(timeIntervalSince1970: at), addresses: addresses)
            ])
        }
        let waiting = try await ask("a", "Info@X.example")
        let needed = try await ask("b", "info@x.example", purpose: "transactional")
        try await tell(false, 5, ["info@x.example", "own@x.example"])
        #expect(try await fixture.worker().sendPage() == 2)
        #expect(try await fixture.state(waiting) == "suppressed: the consent was withdrawn")
        #expect(try await !fixture.state(needed).contains("withdrawn"))
        let elsewhere = try await ask("c", "sales@x.example")
        _ = try await fixture.worker().sendPage()
        #expect(try await !fixture.state(elsewhere).contains("withdrawn"))
        // An older word brings no address, and a newer one takes them away.
        try await tell(true, 6, nil)
        try await tell(false, 4, ["sales@x.example"])
        #expect(try await fixture.service.column("SELECT address FROM withdrawal_address") == [])
        let later = try await ask("d", "info@x.example")
        _ = try await fixture.worker().sendPage()
        #expect(try await !fixture.state(later).contains("withdrawn"))
    }

    /// One that was told before times were told is lifted by the next grant that is told.
    @Test @Loop func aWithdrawalWithoutATimeIsLiftedByAGrantThatHasOne() async throws {
        let fixture = try await NotificationsFixture()
        defer { fixture.close() }
        let party = UUID.v7()
        _ = try await fixture.service.column(
            "INSERT INTO withdrawal VALUES ('\(party.text)', 'mail') RETURNING channel")
        let key = WithdrawalHandlers.Key(party: party, channel: "mail")
        func hear(_ granted: Bool, _ at: Double) async throws -> [String] {
            let word = ConsentWord(granted: granted, decidedAt: Date(timeIntervalSince1970: at))
            try await fixture.pool.transaction { WithdrawalHandlers.hear([key: word], $0) }
            return try await fixture.service.column("SELECT channel FROM withdrawal")
        }
        #expect(try await hear(true, 5) == [])
        #expect(try await hear(false, 4) == [])
        #expect(try await hear(false, 5) == ["mail"])
    }
}
