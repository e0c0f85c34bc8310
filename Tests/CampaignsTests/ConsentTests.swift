import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Postgres
import ServiceTestKit
import TestKit
import Testing

@testable import Campaigns

@Suite struct ConsentTests {
    /// The word that was decided last counts, whatever comes last; of equal times the refusal.
    @Test @Loop func whateverIsHeardLastTheLastDecisionCounts() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var chance = SeededGenerator(seed: seed)
        let service = try await TestService(CampaignsService.self)
        defer { service.close() }
        var expected: [UUID: ConsentWord] = [:]
        for _ in 0..<10 {
            var news: [MemberNews] = []
            for number in 0..<300 {
                let party = ExternalID.party(customerNo: "\(number)")
                let word = ConsentWord(
                    granted: Bool.random(using: &chance),
                    decidedAt: Date(timeIntervalSince1970: Double(Int.random(in: 0...6, using: &chance))))
                news.append(.consent(party, word))
                expected[party] = max(expected[party] ?? word, word)
            }
            try await service.transaction { try await NewsHandlers(service.context).apply(news, $0) }
        }
        let kept = Query("test.kept", gives: UUID.self, Bool.self, sql: "SELECT party_id, may_mail FROM member")
        for (party, mayMail) in try await service.transaction({ try await $0.rows(kept) }) {
            #expect(expected[party]?.granted == mayMail)
        }
    }

    /// What was told before times were told counts as it stands until anything with a time is told; an event without the member has its
    /// own time.
    @Test @Loop func whatWasToldWithoutATimeGoesOnBeingRead() async throws {
        let service = try await TestService(CampaignsService.self)
        defer { service.close() }
        let party = ExternalID.party(customerNo: "1")
        func mayMail() async throws -> [String] { try await service.column("SELECT may_mail::text FROM member") }
        func tell(_ granted: Bool, _ at: Date?) async throws {
            try await service.apply([
                ConsentChanged(
                    partyId: party, channel: "mail", purpose: "marketing", granted: granted, source: "t", decidedAt: at)
            ])
        }
        try await tell(false, nil)
        _ = try await service.column("UPDATE member SET consent_decided_at = NULL RETURNING 'x'")
        try await tell(true, Date(timeIntervalSince1970: 5))
        #expect(try await mayMail() == ["true"])
        try await tell(false, Date(timeIntervalSince1970: 4))
        #expect(try await mayMail() == ["true"])
        try await tell(false, Date(timeIntervalSince1970: 5))
        #expect(try await mayMail() == ["false"])
    }
}
