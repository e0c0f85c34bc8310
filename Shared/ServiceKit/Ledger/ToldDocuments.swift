import CRMModel
import FoundationEssentials
import Messaging

/// The documents of a batch, each with the states that were told of it.
struct ToldDocuments {
    /// What was told of one document.
    struct One {
        /// Its states, by customer number.
        private(set) var states: DocumentStates<LedgerEntry>
        /// How many of them are older than one that was told before, as far as the batch tells.
        private(set) var older = 0
        /// All of them, where there are several.
        private(set) var several: [LedgerEntry] = []

        fileprivate init(_ entry: LedgerEntry) { states = DocumentStates(entry.state()) }

        fileprivate mutating func take(_ entry: LedgerEntry, _ isLate: Bool) {
            if several.isEmpty { several.append(states.counting.content) }
            several.append(entry)
            if states.take(entry.state(), isLate: isLate) { older += 1 }
        }

        /// The one that counts of them.
        var lead: DocumentStates<LedgerEntry>.State { states.counting }
        var name: BookName { lead.content.name }
        /// All of them in the order in which they were told.
        var entries: [LedgerEntry] { several.isEmpty ? [lead.content] : several }
    }

    /// In the order in which the documents were first met.
    private(set) var all: [One] = []
    private var places: [BookName: Int] = [:]

    /// Sorts the states of a batch; `isLate` as in `DocumentStates.take`.
    init(_ entries: [LedgerEntry], isLate: Bool) {
        all.reserveCapacity(entries.count)
        places.reserveCapacity(entries.count)
        for entry in entries {
            let name = entry.name
            if let place = places[name] {
                all[place].take(entry, isLate)
            } else {
                places[name] = all.count
                all.append(One(entry))
            }
        }
    }

    /// The parties of all customer numbers among them.
    var parties: [UUID] {
        all.flatMap { one in ([one.lead] + one.states.elsewhere).compactMap(\.party) }
    }
}
