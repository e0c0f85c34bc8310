import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// What a new life of contacts knows of consent: what those before have told, by the time of the decisions.
@Loop
enum ConsentRecovery {
    private struct Key: Hashable {
        let party: UUID
        let channel: String
        let purpose: String

        var order: (UUID, String, String) { (party, channel, purpose) }
    }

    static func know(_ told: [Received<ConsentChanged>], _ transaction: Transaction) {
        var words: [Key: (word: ConsentWord, source: String)] = [:]
        for one in told {
            let key = Key(party: one.data.partyId, channel: one.data.channel, purpose: one.data.purpose)
            let word = one.data.word(at: one.event.time)
            if words[key].map({ $0.word < word }) ?? true { words[key] = (word, one.data.source) }
        }
        let list = words.sorted { $0.key.order < $1.key.order }
        transaction.enqueue(
            ConsentStore.know, list.map(\.key.party), list.map(\.key.channel), list.map(\.key.purpose),
            list.map(\.value.word.granted), list.map(\.value.source), list.map(\.value.word.decidedAt))
    }

    static func tellAgain(_ keys: [String], _ transaction: Transaction) async throws -> Set<String> {
        transaction.enqueue(ConsentStore.tellAgain, keys.compactMap { UUID(text: $0) }.sorted())
        return []
    }
}
