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
        var latest: [String: ProductUpserted] = [:]
        for event in events { latest[event.data.sku] = event.data }
        let list = latest.sorted { $0.key < $1.key }.map(\.value)
        transaction.enqueue(FactStore.product, list.map(\.sku), list.map(\.name), list.map(\.category))
    }

    static func campaignsCreated(_ events: [Received<CampaignCreated>], _ transaction: Transaction) async throws {
        campaigns(events.map(\.data.campaign), transaction)
    }

    static func campaignsLaunched(_ events: [Received<CampaignLaunched>], _ transaction: Transaction) async throws {
        campaigns(events.map(\.data.campaign), transaction)
    }

    static func campaignsCompleted(_ events: [Received<CampaignCompleted>], _ transaction: Transaction) async throws {
        campaigns(events.map(\.data.campaign), transaction)
    }

    /// Messages of campaigns; the key under which a campaign asks names it and the recipient.
    static func messages(_ events: [Received<MessageSent>], _ transaction: Transaction) {
        var sent: [String: (campaign: UUID, party: UUID, at: Date)] = [:]
        for event in events {
            let key = event.data.outcome.deduplicationKey
            let parts = key.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0] == "campaign", let campaign = UUID(text: parts[1]),
                let party = event.data.outcome.recipientId
            else { continue }
            sent[key] = (campaign, party, event.event.time ?? Date())
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

    private static func campaigns(_ states: [CampaignState], _ transaction: Transaction) {
        var latest: [UUID: CampaignState] = [:]
        for state in states { latest[state.campaignId] = state }
        let list = latest.sorted { $0.key < $1.key }.map(\.value)
        transaction.enqueue(
            FactStore.campaign, list.map(\.campaignId), list.map(\.name), list.map(\.segment), list.map(\.status))
    }
}

/// The SQL of these facts.
enum FactStore {
    static let statements = [product, campaign, message, voice]

    static let product = Statement(
        "fact.product",
        """
        INSERT INTO product_name AS n (sku, name, category) SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
        ON CONFLICT (sku) DO UPDATE SET name = excluded.name, category = coalesce(excluded.category, n.category)
        """)

    static let campaign = Statement(
        "fact.campaign",
        """
        INSERT INTO campaign_name (id, name, segment, status)
        SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[])
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, segment = excluded.segment, status = excluded.status
        """)

    static let message = Statement(
        "fact.message",
        """
        INSERT INTO campaign_message (campaign_id, party_id, sent_at)
        SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) ON CONFLICT DO NOTHING
        """)

    static let voice = Statement(
        "fact.voice",
        """
        INSERT INTO party_voice AS v (party_id, survey, answers, total, last_at)
        SELECT party_id, survey, count(*), sum(share), max(at)
        FROM unnest($1::uuid[], $2::text[], $3::float8[], $4::timestamptz[]) AS n(party_id, survey, share, at)
        GROUP BY 1, 2 ORDER BY 1, 2
        ON CONFLICT (party_id, survey) DO UPDATE SET answers = v.answers + excluded.answers,
            total = v.total + excluded.total, last_at = greatest(v.last_at, excluded.last_at)
        """)
}
