import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// Ties a number of an ERP to a party of ours: the number becomes the party's own, and all that came under it before counts for the party.
///
/// The number's own party, which orders and master records made or will make, is merged into ours. So whatever comes first, all ends alike, and
/// a person can take it back as any merge.
@Loop
enum CustomerLinking {
    /// What becomes of a claim.
    enum Outcome: String {
        /// The number is the party's.
        case tied
        /// People said that they are two, or one was erased.
        case apart
        /// The number counts for somebody else already: people have the two to look at.
        case conflict
    }

    static func tie(
        _ number: CustomerNumber, to party: UUID, in transaction: Transaction
    ) async throws -> Outcome {
        let own = number.party
        guard own != party else { return .tied }
        let circle = try await Redirects.claim(in: transaction) {
            Set(try await transaction.rows(CustomerLinkStore.circle, [own, party]))
        }
        let parties: [UUID] = try await transaction.query(MergeStore.intoIt, own).map { try $0.value(0) }
        Ledger.lock(documentsOf: parties, in: transaction)
        PartyLocks.make([own: number], in: transaction)
        let found = try await MergeCommands.records(circle, moving: parties, transaction)
        guard let record = found[own], let target = found[party] else { return .apart }
        let survivor = target.mergedInto ?? party
        let standsAt = record.mergedInto ?? own
        if standsAt == survivor { return .tied }
        if record.mergedInto != nil {
            let reason = "\(number.system) \(number.number)"
            transaction.enqueue(CustomerLinkStore.suspect, standsAt, survivor, reason)
            return .conflict
        }
        if try await transaction.rows(CustomerLinkStore.standing, own, party).first == true { return .apart }
        try await merge(record, parties, into: target, leadingTo: survivor, number, in: transaction)
        return .tied
    }

    private static func merge(
        _ record: MergeCommands.Record, _ parties: [UUID], into target: MergeCommands.Record,
        leadingTo survivor: UUID, _ number: CustomerNumber, in transaction: Transaction
    ) async throws {
        let (own, party) = (record.party.id, target.party.id)
        let word = ERPWord(record.party, number: number.number)
        var after = try Survivorship.merged(target.party, record.party, taking: [:])
        let words = try await words(of: party, in: transaction)
        words.with(word, of: number).apply(to: &after, since: words.together)
        let changes = try Survivorship.changes(from: target.party, to: after)
        let addedTags = record.party.tags.filter { !after.tags.contains($0) }
        after.tags += addedTags
        let id = UUID.v7()
        transaction.enqueue(MergeStore.put, id, party, own, "erp", try MergeCommands.json(changes), addedTags)
        transaction.enqueue(
            CustomerLinkStore.note, id, number.system, number.number, try ModelJSON.text(word))
        try await MergeCommands.lead(parties, to: survivor, transaction)
        transaction.enqueue(CustomerLinkStore.own, number.system, number.number, party, survivor)
        if !changes.isEmpty || !addedTags.isEmpty {
            try PartyCommands.save(after, over: target.party, in: transaction)
        } else {
            transaction.enqueue(PartyStore.tellAgain, [party])
        }
        transaction.enqueue(PartyStore.tellAgain, [own])
        DuplicateStore.close(party, own, "merged", by: "erp", transaction)
        ConsentCommands.settle([survivor], transaction)
    }

    private static func words(of party: UUID, in transaction: Transaction) async throws -> ERPWords {
        let rows = try await transaction.rows(CustomerLinkStore.words, party)
        return ERPWords(
            try rows.map { own, system, number, said in
                let word = try ModelJSON.decoder.decode(ERPWord.self, from: Data(said.utf8))
                return ERPWords.Said(own: own, system: system, number: number, word: word)
            })
    }

    /// Lets a party say what an ERP has told anew of the number that is tied to it.
    static func follow(_ own: UUID, in transaction: Transaction) async throws {
        let circle = try await Redirects.claim(in: transaction) {
            Set(try await transaction.rows(CustomerLinkStore.circle, [own]))
        }
        guard let (merge, party, number) = try await transaction.rows(CustomerLinkStore.due, own).first else { return }
        let found = try await MergeCommands.records(circle.union([party]), moving: [], transaction)
        guard let record = found[own], let target = found[party] else { return }
        let word = ERPWord(record.party, number: number)
        let words = try await words(of: party, in: transaction)
        var after = target.party
        words.with(word, ofParty: own).apply(to: &after, since: words.together)
        if after != target.party { try PartyCommands.save(after, over: target.party, in: transaction) }
        transaction.enqueue(CustomerLinkStore.said, merge, try ModelJSON.text(word))
    }
}

/// What ERPs have said of the numbers of one party; the common circle of numbers speaks first.
private struct ERPWords {
    struct Said {
        let own: UUID
        let system: String
        let number: String
        var word: ERPWord

        var place: (Int, String, String) { (system == CustomerNumber.erp ? 0 : 1, system, number) }
    }

    private let list: [Said]

    init(_ list: [Said]) { self.list = list.sorted { $0.place < $1.place } }

    /// All of it.
    var together: ERPWord { ERPWord(list.map(\.word)) }

    /// The same with what is said of another number.
    func with(_ word: ERPWord, of number: CustomerNumber) -> ERPWord {
        ERPWords(list + [Said(own: number.party, system: number.system, number: number.number, word: word)]).together
    }

    /// The same with what is said anew of one of them.
    func with(_ word: ERPWord, ofParty own: UUID) -> ERPWord {
        ERPWord(list.map { $0.own == own ? word : $0.word })
    }
}
