import CRMModel
import EventLoop
import FoundationEssentials
import Postgres

/// What notifications does with consent: whoever asks for a message has looked at it once, but the message may wait for days.
@Loop
enum WithdrawalHandlers {
    private struct Key: Hashable {
        let party: UUID
        let channel: String
    }

    /// The last decision on a channel counts; rows in order, so that two processes never wait for each other in a circle.
    static func consentsChanged(_ decisions: [ConsentChanged], _ transaction: Transaction) {
        var latest: [Key: Bool] = [:]
        for decision in decisions where decision.purpose == "marketing" {
            latest[Key(party: decision.partyId, channel: decision.channel)] = decision.granted
        }
        let keys = latest.keys.sorted { ($0.party, $0.channel) < ($1.party, $1.channel) }
        let withdrawn = keys.filter { latest[$0] == false }
        let granted = keys.filter { latest[$0] == true }
        if !withdrawn.isEmpty {
            transaction.enqueue(SuppressionStore.withdraw, withdrawn.map(\.party), withdrawn.map(\.channel))
        }
        if !granted.isEmpty {
            transaction.enqueue(SuppressionStore.grant, granted.map(\.party), granted.map(\.channel))
        }
    }
}
