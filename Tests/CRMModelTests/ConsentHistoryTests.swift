import CRMModel
import FoundationEssentials
import TestKit
import Testing

/// Consent over several lives of its owner: histories of decisions, of an ERP whose master repeats itself, of words that are told late or
/// by a life that has ended. Nobody is mailed on a grant that was decided before a withdrawal.
@Suite struct ConsentHistoryTests {
    /// By what rule words are dated and kept.
    enum Rule { case decided, datedNow, lastToldCounts }

    @Test func byTheTimeOfDecisionNobodyIsMailedWhoWithdrewLater() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        func wrong(_ rule: Rule) -> (mailed: Int, forgotten: Int) {
            var (mailed, forgotten) = (0, 0)
            for number in 0..<20_000 {
                var history = ConsentHistory(rule, seed: seed &+ UInt64(number))
                let outcome = history.run()
                mailed += outcome.isMailedAgainstWithdrawal ? 1 : 0
                forgotten += outcome.isGrantForgotten ? 1 : 0
            }
            return (mailed, forgotten)
        }
        let decided = wrong(.decided)
        #expect(decided.mailed == 0 && decided.forgotten == 0, "\(decided)")
        // The histories are such that other rules fail.
        #expect(wrong(.datedNow).mailed > 100)
        #expect(wrong(.lastToldCounts).mailed > 100)
    }

    @Test func theLaterDecisionCountsAndARefusalWhereNobodyCanTell() {
        let (early, late) = (Date(timeIntervalSince1970: 1), Date(timeIntervalSince1970: 2))
        func word(_ granted: Bool, _ at: Date) -> ConsentWord { ConsentWord(granted: granted, decidedAt: at) }
        #expect(max(word(false, early), word(true, late)) == word(true, late))
        #expect(max(word(true, early), word(false, late)) == word(false, late))
        #expect(max(word(true, early), word(false, early)) == word(false, early))
        #expect(max(word(false, ConsentWord.timeUnknown), word(true, early)).granted)
        #expect(RFC3339.string(ConsentWord.timeUnknown) == "0001-01-01T00:00:00Z")
        #expect(RFC3339.date("0001-01-01T00:00:00Z") == ConsentWord.timeUnknown)
    }
}

/// One person, one channel.
private struct ConsentHistory {
    struct Outcome {
        let isMailedAgainstWithdrawal: Bool
        let isGrantForgotten: Bool
    }

    /// A word with the time at which it was truly decided.
    private struct Told {
        var word: ConsentWord
        let truly: Date
    }

    /// What the owner keeps, as `consent`, `consent_erp` and `consent_effective` do.
    private struct Owner {
        var word: Told?
        var erp: (granted: Bool, since: Date, said: Bool, seenAt: Date, seenOff: Int)?
        var told: ConsentWord?
        /// How far the ERP's topic was read.
        var read = 0
    }

    private let rule: ConsentHistoryTests.Rule
    private var chance: SeededGenerator
    private var now = 0
    private var master: [(granted: Bool, at: Date, offset: Int, isChange: Bool)] = []
    private var written = 0
    private var owner = Owner(), backup = Owner()
    /// What waits in the outbox, and what stands in the topic.
    private var outbox: [Told] = [], topic: [Told] = []
    private var actFrom = 0
    private var heard: Told?
    private var heardCount = 0

    init(_ rule: ConsentHistoryTests.Rule, seed: UInt64) {
        self.rule = rule
        chance = SeededGenerator(seed: seed)
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &chance) }
    private var clock: Date { Date(timeIntervalSince1970: Double(now)) }

    mutating func run() -> Outcome {
        for _ in 0..<number(4...24) {
            now += 1
            switch number(1...12) {
            case 1...3: decide(number(1...2) == 1)
            case 4...5: masterSpeaks()
            case 6...7: readMaster(upTo: number(0...written))
            case 8: publish(number(0...outbox.count))
            case 9: listen(number(0...topic.count))
            case 10: backup = owner
            default: beginLife()
            }
        }
        readMaster(upTo: written)
        publish(outbox.count)
        listen(topic.count)
        return judge()
    }

    // MARK: The person and the ERP

    private mutating func decide(_ granted: Bool) {
        let told = Told(word: ConsentWord(granted: granted, decidedAt: clock), truly: clock)
        owner.word = told
        settle()
    }

    private mutating func masterSpeaks() {
        let granted = number(1...10) <= 6 ? master.last?.granted ?? true : number(1...2) == 1
        let isChange = master.last.map { $0.granted != granted } ?? true
        master.append((granted, number(1...10) == 1 ? ConsentWord.timeUnknown : clock, written, isChange))
        written += 1
    }

    private mutating func readMaster(upTo end: Int) {
        for record in master where record.offset >= owner.read && record.offset < end {
            hear(record.granted, record.at, record.offset)
        }
        owner.read = max(owner.read, end)
    }

    private mutating func hear(_ granted: Bool, _ at: Date, _ offset: Int) {
        let isNew =
            owner.erp.map { erp in
                (granted != erp.granted || granted != erp.said)
                    && (at > erp.seenAt || offset > erp.seenOff && (!granted || at == erp.seenAt))
            } ?? true
        let isDerived = granted && offset < actFrom
        let since = max(isDerived ? ConsentWord.timeUnknown : at, owner.erp?.since ?? ConsentWord.timeUnknown)
        let before = owner.erp ?? (granted, since, granted, at, offset)
        let isLater = at > before.seenAt || offset > before.seenOff
        owner.erp = (
            isNew ? granted : before.granted, isNew ? since : before.since, isLater ? granted : before.said,
            max(at, before.seenAt), max(offset, before.seenOff)
        )
        guard isNew else { return }
        let dated = rule == .datedNow ? clock : since
        let word = ConsentWord(granted: granted, decidedAt: dated)
        if rule == .decided, let kept = owner.word?.word, word < kept { return settle() }
        owner.word = Told(word: word, truly: granted ? (isDerived ? ConsentWord.timeUnknown : at) : since)
        settle()
    }

    private mutating func settle() {
        guard let word = owner.word, owner.told != word.word else { return }
        owner.told = word.word
        outbox.append(word)
    }

    // MARK: Ways out

    private mutating func publish(_ count: Int) {
        topic += outbox.prefix(count)
        outbox.removeFirst(min(count, outbox.count))
    }

    private mutating func listen(_ end: Int) {
        while heardCount < end {
            let told = topic[heardCount]
            heardCount += 1
            if rule == .lastToldCounts || heard.map({ $0.word < told.word }) ?? true { heard = told }
        }
    }

    /// The database is made anew, or is that of the last backup; what waited is lost, or told late by the life that has ended.
    private mutating func beginLife() {
        owner = number(1...2) == 1 ? Owner() : backup
        let late = outbox
        outbox = []
        // Of what is compacted a life reads the last record only; whether that repeats one of before, nobody can tell any more.
        if number(1...2) == 1 { master = master.suffix(1).map { ($0.granted, $0.at, $0.offset, false) } }
        actFrom = written
        if rule != .lastToldCounts || number(1...2) == 1 { recover() }
        readMaster(upTo: written)
        if let word = owner.word { outbox.append(word) }
        if number(1...2) == 1 {
            publish(outbox.count)
            topic += late
        }
    }

    private mutating func recover() {
        for told in topic where owner.word.map({ $0.word < told.word }) ?? true { owner.word = told }
        owner.told = owner.word?.word
    }

    private func judge() -> Outcome {
        let withdrawals =
            topic.filter { !$0.word.granted }.map(\.truly) + master.filter { !$0.granted && $0.isChange }.map(\.at)
        let grants = topic.filter(\.word.granted).map(\.truly)
        let (last, latest) = (withdrawals.max() ?? .distantPast, grants.max() ?? .distantPast)
        return Outcome(
            isMailedAgainstWithdrawal: heard.map { $0.word.granted && $0.truly < last } ?? false,
            isGrantForgotten: heard.map { !$0.word.granted && latest > last } ?? false)
    }
}
