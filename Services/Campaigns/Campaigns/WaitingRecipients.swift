import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// Recipients who are known by their orders only when a campaign comes to them: whether and how they may be written to is on its way, so
/// they wait for it, and are no reason to write to nobody.
enum WaitingRecipients {
    static let name = "campaign-recipient"
    /// Seconds; contacts tells of a customer about when the ERP does.
    static let bound = 3600

    static let kind = IntentKind(name, within: .seconds(bound), for: IntentFact.party + [.consent]) {
        intents, transaction in
        let list = recipients(intents)
        let messages = list.map { RecipientHandlers.message(to: $0.party, of: $0.campaign) }
        return waiting(
            intents,
            try await transaction.rows(
                RecipientStore.askWaiting, list.map(\.campaign), list.map(\.party), messages))
    } expire: { intents, transaction in
        let list = recipients(intents)
        return waiting(
            intents,
            try await transaction.rows(RecipientStore.giveUp, list.map(\.campaign), list.map(\.party)))
    }

    private static func waiting(_ intents: [Intent], _ left: [(UUID, UUID)]) -> [Intent] {
        let subjects = Set(left.map { "\($0.text):\($1.text)" })
        return intents.filter { subjects.contains($0.subject) }
    }

    private static func recipients(_ intents: [Intent]) -> [(campaign: UUID, party: UUID)] {
        intents.compactMap { intent in
            let parts = intent.subject.split(separator: ":").compactMap { UUID(text: String($0)) }
            return parts.count == 2 ? (parts[0], parts[1]) : nil
        }
    }
}
