import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// What the reports need of other services' events: names of products and campaigns, who was written to, who was content.
@Loop
enum FactHandlers {
    static func products(_ events: [Received<ProductUpserted>], _ transaction: Transaction) async throws {
        var latest: [ExactText: ProductUpserted] = [:]
        for event in events { latest[ExactText(event.data.sku)] = event.data }
        let list = latest.sorted { $0.key < $1.key }.map(\.value)
        transaction.enqueue(FactStore.product, list.map(\.sku), list.map(\.name), list.map(\.category))
    }

    /// Messages of campaigns; the key under which a campaign asks names it and the recipient.
    static func messages(_ events: [Received<MessageSent>], _ transaction: Transaction) {
        var sent: [ExactText: (campaign: UUID, party: UUID, at: Date)] = [:]
        for event in events {
            let key = event.data.outcome.deduplicationKey
            let parts = key.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0] == "campaign", let campaign = UUID(text: parts[1]),
                let party = event.data.outcome.recipientId
            else { continue }
            sent[ExactText(key)] = (campaign, party, event.event.time ?? Date())
        }
        guard !sent.isEmpty else { return }
        let list = sent.sorted { $0.key < $1.key }.map(\.value)
        transaction.enqueue(FactStore.message, list.map(\.campaign), list.map(\.party), list.map(\.at))
    }

    /// Scores as shares of their scale: recommendation from 0 to 10, the others from 1 to 5.
    static func surveys(_ events: [Received<SurveyAnswered>], _ transaction: Transaction) async throws {
        let known = events.filter { $0.data.partyId != nil }
        guard !known.isEmpty else { return }
        let shares = known.map { event -> Double in
            let score = Double(event.data.score)
            return min(1, max(0, event.data.survey == "nps" ? score / 10 : (score - 1) / 4))
        }
        transaction.enqueue(
            FactStore.voice, known.compactMap(\.data.partyId), known.map(\.data.survey), shares,
            known.map { $0.event.time ?? Date() })
    }

    /// The last state of a campaign wins.
    static func campaigns(_ states: [CampaignState], _ transaction: Transaction) {
        var latest: [UUID: CampaignState] = [:]
        for state in states { latest[state.campaignId] = state }
        let list = latest.sorted { $0.key < $1.key }.map(\.value)
        transaction.enqueue(
            FactStore.campaign, list.map(\.campaignId), list.map(\.name), list.map(\.segment), list.map(\.status))
    }
}
