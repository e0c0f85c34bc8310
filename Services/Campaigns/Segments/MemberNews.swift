import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import ServiceKit

/// What is told that concerns members.
enum MemberNews: Sendable {
    case document(LedgerEntry)
    case redirect(Redirect)
    case party(PartyState)
    /// What a party allows by mail for marketing, as only that matters here.
    case consent(UUID, ConsentWord)
    case benefit(BenefitChanged)

    /// The events that tell it.
    @Loop
    static var heard: [Heard<MemberNews>] {
        LedgerEntry.heard.map { $0.map(document) } + Redirect.heard.map { $0.map(redirect) } + [
            Heard(PartyCreated.self) { .party($0.data.party) }, Heard(PartyChanged.self) { .party($0.data.party) },
            Heard(ConsentChanged.self, consent), Heard(BenefitChanged.self) { .benefit($0.data) },
        ]
    }

    private static func consent(_ told: Received<ConsentChanged>) -> MemberNews? {
        guard told.data.channel == "mail", told.data.purpose == "marketing" else { return nil }
        return .consent(told.data.partyId, told.data.word(at: told.event.time))
    }
}

/// The news of a batch by kind. Kinds commute; of one the last word on a member counts, of consent the one decided last.
struct SortedNews {
    private(set) var entries: [LedgerEntry] = []
    private(set) var redirects: [Redirect] = []
    private(set) var parties: [UUID: PartyState] = [:]
    private(set) var consents: [UUID: ConsentWord] = [:]
    private(set) var benefits: [UUID: BenefitChanged] = [:]

    init(_ news: [MemberNews]) {
        for one in news {
            switch one {
            case .document(let entry): entries.append(entry)
            case .redirect(let redirect): redirects.append(redirect)
            case .party(let party): parties[party.partyId] = party
            case .consent(let party, let word): consents[party] = max(consents[party] ?? word, word)
            case .benefit(let benefit): benefits[benefit.partyId] = benefit
            }
        }
    }

    /// The members whom it concerns, as far as the ledger need not be asked.
    var members: Set<UUID> {
        Set(redirects.flatMap { [$0.party, $0.survivor] }).union(parties.keys).union(consents.keys).union(benefits.keys)
    }
}
