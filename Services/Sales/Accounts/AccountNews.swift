import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import ServiceKit

/// What is told that concerns accounts.
enum AccountNews: Sendable {
    case document(LedgerEntry)
    case redirect(Redirect)
    case party(PartyState)
    case removed(UUID)
    /// It stands among documents, under the same keys, and is heard with them: two calls would come in turns.
    case refusal(OrderRefused)

    /// The events that tell it.
    @Loop
    static var heard: [Heard<AccountNews>] {
        LedgerEntry.heard.map { $0.map(document) } + Redirect.heard.map { $0.map(redirect) } + [
            Heard(PartyCreated.self) { .party($0.data.party) }, Heard(PartyChanged.self) { .party($0.data.party) },
            Heard(PartyRemoved.self) { .removed($0.data.partyId) }, Heard(OrderRefused.self) { .refusal($0.data) },
        ]
    }
}

/// The news of a batch by kind. Kinds commute; of a party the last word counts.
struct SortedNews {
    private(set) var entries: [LedgerEntry] = []
    private(set) var redirects: [Redirect] = []
    private(set) var parties: [UUID: PartyState] = [:]
    private(set) var removed: Set<UUID> = []
    private(set) var refusals: [OrderRefused] = []

    init(_ news: [AccountNews]) {
        for one in news {
            switch one {
            case .document(let entry): entries.append(entry)
            case .redirect(let redirect): redirects.append(redirect)
            case .party(let party): parties[party.partyId] = party
            case .removed(let party):
                parties[party] = nil
                removed.insert(party)
            case .refusal(let refusal): refusals.append(refusal)
            }
        }
    }
}
