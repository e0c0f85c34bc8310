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
    case consent(ConsentChanged)
    case benefit(BenefitChanged)

    /// The events that tell it.
    @Loop
    static var heard: [Heard<MemberNews>] {
        LedgerEntry.heard.map { $0.map(document) } + Redirect.heard.map { $0.map(redirect) } + [
            Heard(PartyCreated.self) { .party($0.data.party) }, Heard(PartyChanged.self) { .party($0.data.party) },
            Heard(ConsentChanged.self) { .consent($0.data) }, Heard(BenefitChanged.self) { .benefit($0.data) },
        ]
    }
}

/// The news of a batch by kind. Kinds commute; of one the last word on a member counts.
struct SortedNews {
    private(set) var entries: [LedgerEntry] = []
    private(set) var redirects: [Redirect] = []
    private(set) var parties: [UUID: PartyState] = [:]
    /// To marketing by mail, as only that matters here.
    private(set) var consents: [UUID: Bool] = [:]
    private(set) var benefits: [UUID: BenefitChanged] = [:]

    init(_ news: [MemberNews]) {
        for one in news {
            switch one {
            case .document(let entry): entries.append(entry)
            case .redirect(let redirect): redirects.append(redirect)
            case .party(let party): parties[party.partyId] = party
            case .consent(let said) where said.channel == "mail" && said.purpose == "marketing":
                consents[said.partyId] = said.granted
            case .consent: break
            case .benefit(let benefit): benefits[benefit.partyId] = benefit
            }
        }
    }

    /// The members whom it concerns, as far as the ledger need not be asked.
    var members: Set<UUID> {
        Set(redirects.flatMap { [$0.party, $0.survivor] }).union(parties.keys).union(consents.keys).union(benefits.keys)
    }
}
