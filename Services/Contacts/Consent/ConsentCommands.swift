import EventLoop
import FoundationEssentials
import Postgres
import ServiceKit

/// A decision of a person about a channel and a purpose.
struct ConsentDecision {
    let party: UUID
    let channel: String
    let purpose: String
    let granted: Bool
    /// Where it was said: `api`, `preference centre`.
    let source: String
    /// What shows it; nil where nothing does.
    var proof: String?

    /// For what a decision can be asked.
    static let purposes = ["marketing", "service", "profiling"]
}

/// Keeps decisions and works out what counts.
@Loop
enum ConsentCommands {
    /// Records decisions that are made now, each with where it comes from; what counts is published where it changes.
    static func record(_ decisions: [ConsentDecision], _ transaction: Transaction) {
        guard !decisions.isEmpty else { return }
        let parties = decisions.map(\.party)
        Redirects.hold(parties, in: transaction)
        PartyLocks.take(parties, in: transaction)
        transaction.enqueue(
            ConsentStore.decide, parties, decisions.map(\.channel), decisions.map(\.purpose),
            decisions.map(\.granted), decisions.map(\.source), decisions.map(\.proof))
        settle(parties, transaction)
    }

    /// Keeps what the ERP says of parties that are there; what counts is published where it changes.
    static func hear(_ said: [UUID: ConsentHandlers.Said], _ transaction: Transaction) {
        guard !said.isEmpty else { return }
        let list = said.sorted { $0.key < $1.key }
        let parties = list.map(\.key)
        Redirects.hold(parties, in: transaction)
        PartyLocks.take(parties, in: transaction)
        transaction.enqueue(
            ConsentStore.hear, parties, list.map(\.value.granted), list.map(\.value.at), list.map(\.value.offset),
            list.map(\.value.isChange))
        settle(parties, transaction)
    }

    /// Works out anew what counts for parties and all that are merged into them; those for whom it counts are locked.
    static func settle(_ parties: [UUID], _ transaction: Transaction) {
        transaction.enqueue(ConsentStore.settle, Set(parties).sorted())
    }
}
