import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// What notifications does with consent: whoever asks for a message has looked at it once, but the message may wait for days. What one of
/// an address's owners withdraws meanwhile counts for the address.
@Loop
enum WithdrawalHandlers {
    /// Who speaks of which channel.
    struct Key: Hashable {
        let party: UUID
        let channel: String
    }

    static func consentsChanged(_ events: [Received<ConsentChanged>], _ transaction: Transaction) {
        var words: [Key: ConsentWord] = [:]
        var addresses: [Reached] = []
        for told in events where told.data.purpose == "marketing" {
            let key = Key(party: told.data.partyId, channel: told.data.channel)
            let word = told.data.word(at: told.event.time)
            words[key] = max(words[key] ?? word, word)
            if !word.granted { addresses += (told.data.addresses ?? []).map { Reached(key: key, address: $0) } }
        }
        hear(words, transaction)
        keep(addresses, transaction)
    }

    /// Where somebody is reached who refused.
    private struct Reached {
        let key: Key
        let address: String
    }

    /// Behind the words: of those who allow it by now nothing is kept.
    private static func keep(_ addresses: [Reached], _ transaction: Transaction) {
        guard !addresses.isEmpty else { return }
        transaction.enqueue(
            SuppressionStore.keepAddresses, addresses.map(\.key.party), addresses.map(\.key.channel),
            addresses.map { $0.address.lowercased() })
    }

    /// The decision that was made last counts; rows in order, so that two processes never wait for each other in a circle.
    static func hear(_ words: [Key: ConsentWord], _ transaction: Transaction) {
        let list = words.sorted { ($0.key.party, $0.key.channel) < ($1.key.party, $1.key.channel) }
        guard !list.isEmpty else { return }
        transaction.enqueue(
            SuppressionStore.hear, list.map(\.key.party), list.map(\.key.channel), list.map(\.value.granted),
            list.map(\.value.decidedAt))
    }
}
