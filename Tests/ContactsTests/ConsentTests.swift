import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceTestKit
import TestKit
import Testing

@testable import Contacts

@Suite struct ConsentTests {
    /// What was said of one party, with the time by which it counts.
    private struct Saying: Sendable {
        let granted: Bool
        let at: Date
        let isPerson: Bool
    }

    private func customers(_ count: Int) throws -> [CustomerUpserted] {
        try (0..<count).map { number in
            try ModelJSON.decoder.decode(
                CustomerUpserted.self, from: Data(#"{"customerNo":"\#(number)","name":"N\#(number)"}"#.utf8))
        }
    }

    /// The words that contacts told of each party, in order.
    @Loop private func told(_ service: TestService) async throws -> [UUID: [ConsentWord]] {
        var told: [UUID: [ConsentWord]] = [:]
        for payload in try await service.column(
            "SELECT payload FROM outbox WHERE type LIKE 'contacts.consent%' ORDER BY id")
        {
            let said = try ModelJSON.decoder.decode(ConsentChanged.self, from: Data(payload.utf8))
            #expect(said.decidedAt != nil)
            told[said.partyId, default: []].append(said.word(at: nil))
        }
        return told
    }

    @Loop private func counts(_ service: TestService) async throws -> [UUID: Bool] {
        let query = Query(
            "test.consents", gives: UUID.self, Bool.self,
            sql: "SELECT party_id, granted FROM consent_effective WHERE channel = 'mail' AND purpose = 'marketing'")
        return Dictionary(uniqueKeysWithValues: try await service.transaction { try await $0.rows(query) })
    }

    /// The person and an ERP that repeats itself, whose clock steps back, that says no time, and whose old records are applied late.
    @Test @Loop func inRandomHistoriesNobodyIsMailedOnAGrantFromBeforeAWithdrawal() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var chance = SeededGenerator(seed: seed)
        let service = try await TestService(ContactsService.self)
        defer { service.close() }
        let records = try customers(300)
        let parties = records.map(\.partyID)
        try await service.transaction { try PartyHandlers.upsert(records, $0) }
        var said: [UUID: [Saying]] = [:]
        var master: [UUID: [ConsentHandlers.Said]] = [:]
        for round in 0..<14 {
            var decisions: [ConsentDecision] = []
            var words: [UUID: ConsentHandlers.Said] = [:]
            for party in parties {
                switch Int.random(in: 1...10, using: &chance) {
                case 1...3:
                    decisions.append(
                        ConsentDecision(
                            party: party, channel: "mail", purpose: "marketing",
                            granted: Bool.random(using: &chance), source: "api"))
                case 4...7:
                    let last = master[party]?.last
                    let granted =
                        Bool.random(using: &chance) ? last?.granted ?? true : Bool.random(using: &chance)
                    let away = Double.random(in: -3_600...600, using: &chance)
                    let at =
                        Int.random(in: 1...6, using: &chance) == 1
                        ? ConsentWord.timeUnknown : Date().addingTimeInterval(away)
                    words[party] = .init(granted: granted, at: at, offset: round, isChange: false)
                case 8: words[party] = master[party]?.randomElement(using: &chance)
                default: break
                }
            }
            let heard = words
            try await service.transaction { ConsentCommands.hear(heard, $0) }
            let after = Date()
            for (party, word) in heard {
                // What it repeats, or what is applied late, is no withdrawal; one that its clock puts before its own last word comes behind it.
                let isNew = master[party]?.last.map { $0.offset < word.offset && $0.granted != word.granted } ?? true
                if master[party]?.last.map({ $0.offset < word.offset }) ?? true {
                    master[party, default: []].append(word)
                }
                guard isNew || word.granted else { continue }
                let at = min(word.at, after)
                let before = said[party]?.filter { !$0.isPerson }.map(\.at).max() ?? at
                said[party, default: []].append(
                    Saying(granted: word.granted, at: word.granted ? at : max(at, before), isPerson: false))
            }
            try await service.transaction { ConsentCommands.record(decisions, $0) }
            let made = Query(
                "test.made", gives: UUID.self, Bool.self, Date.self,
                sql: """
                    SELECT party_id, granted, decided_at FROM consent_decision
                    WHERE source = 'api' AND id IN (SELECT max(id) FROM consent_decision GROUP BY party_id)
                    """)
            let decided = Set(decisions.map(\.party))
            for (party, granted, at) in try await service.transaction({ try await $0.rows(made) })
            where decided.contains(party) {
                said[party, default: []].append(Saying(granted: granted, at: at, isPerson: true))
            }
        }
        let (counts, told) = (try await counts(service), try await told(service))
        for (party, statements) in said {
            let withdrawn = statements.filter { !$0.granted }.map(\.at).max() ?? .distantPast
            let granted = statements.filter(\.granted)
            if counts[party] == true {
                #expect(granted.contains { $0.at >= withdrawn }, "\(party): \(statements)")
            } else {
                #expect(!granted.contains { $0.isPerson && $0.at > withdrawn }, "\(party): \(statements)")
            }
            // Whatever the order in which they are heard.
            #expect(told[party]?.max()?.granted == counts[party] && told[party]?.last?.granted == counts[party])
        }
        #expect(said.count > 250 && counts.values.contains(true) && counts.values.contains(false))
        #expect(try await service.faultsOfEvents() == [])
    }

    /// What merges and their undoing tell counts with readers who keep the word that was decided last.
    @Test @Loop func mergesTellWordsThatCountByTheirTime() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var chance = SeededGenerator(seed: seed)
        let two = try await TwoCustomers()
        defer { two.service.close() }
        var merge: UUID?
        for round in 0..<40 {
            let party = Bool.random(using: &chance) ? two.first : two.second
            switch Int.random(in: 1...4, using: &chance) {
            case 1:
                let json = #"{"channel":"mail","purpose":"marketing","granted":\#(Bool.random(using: &chance))}"#
                let path = "/v1/parties/\(party.text)/consents"
                #expect(try await two.service.send(.put, path, json).status == 200)
            case 2:
                let at = Bool.random(using: &chance) ? ConsentWord.timeUnknown : Date()
                let word = ConsentHandlers.Said(
                    granted: Bool.random(using: &chance), at: at, offset: round, isChange: false)
                try await two.service.transaction { ConsentCommands.hear([party: word], $0) }
            default:
                if let made = merge {
                    #expect(try await two.undo(made).status == 200)
                    merge = nil
                } else {
                    merge = try await two.merge()
                }
            }
            let (counts, told) = (try await counts(two.service), try await told(two.service))
            for (party, words) in told {
                #expect(words.max()?.granted == counts[party], "\(words)")
                #expect(words.last?.granted == counts[party], "\(words)")
            }
        }
    }

    @Test @Loop func theERPsGrantIsDatedByItsRecordAndItsRepeatIsNoDecision() async throws {
        let two = try await TwoCustomers()
        defer { two.service.close() }
        let path = "/v1/parties/\(two.first.text)/consents"
        var offset = 0
        func master(_ granted: Bool, secondsAgo: Double?) async throws {
            offset += 1
            let at = secondsAgo.map { Date().addingTimeInterval(-$0) } ?? ConsentWord.timeUnknown
            let word = ConsentHandlers.Said(granted: granted, at: at, offset: offset, isChange: false)
            try await two.service.transaction { ConsentCommands.hear([two.first: word], $0) }
        }
        func counting() async throws -> Bool? { try await counts(two.service)[two.first] }
        try await master(true, secondsAgo: 600)
        #expect(try await counting() == true)
        let refusal = #"{"channel":"mail","purpose":"marketing","granted":false}"#
        #expect(try await two.service.send(.put, path, refusal).status == 200)
        // Repeated after the withdrawal it is still the grant of ten minutes ago.
        try await master(true, secondsAgo: 0)
        #expect(try await counting() == false)
        // A grant that is heard late was decided before the withdrawal too.
        try await master(false, secondsAgo: 500)
        try await master(true, secondsAgo: 400)
        #expect(try await counting() == false)
        // One that is made anew counts.
        try await master(false, secondsAgo: -1)
        try await master(true, secondsAgo: -2)
        #expect(try await counting() == true)
        let shown = try await two.service.send(.get, path)
        #expect(shown.status == 200 && shown.text.contains("decidedAt"))
        // Of another party the ERP says no time: shown as such, and any word with a time is newer.
        let word = ConsentHandlers.Said(granted: true, at: ConsentWord.timeUnknown, offset: 1, isChange: false)
        try await two.service.transaction { ConsentCommands.hear([two.second: word], $0) }
        let other = "/v1/parties/\(two.second.text)/consents"
        #expect(try await two.service.send(.get, other).text.contains(#""decidedAt" : null"#))
        #expect(try await two.service.send(.put, other, refusal).status == 200)
        #expect(try await counts(two.service)[two.second] == false)
    }
}
