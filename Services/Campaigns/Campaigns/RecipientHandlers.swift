import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// Asks for a campaign's messages page by page, and hears what became of them.
@Loop
enum RecipientHandlers {
    /// The timer that asks for the next page; its key is the campaign.
    static let timer = "campaign-page"
    /// How many members are taken in one transaction.
    static let page = 500

    static func pages(_ timers: [DueTimer], _ transaction: Transaction) async throws {
        for campaign in timers.compactMap({ UUID(text: $0.key) }).sorted(by: { $0 < $1 }) {
            try await nextPage(of: campaign, transaction)
        }
    }

    /// Takes one page of the audience; the last one completes the campaign, another sets the timer again.
    private static func nextPage(of id: UUID, _ transaction: Transaction) async throws {
        guard let campaign = try await LockedCampaign(id, in: transaction), campaign.state.status == "running" else {
            return
        }
        let members: [UUID] = try await transaction.rows(RecipientStore.audience, id, campaign.reached, page)
        if let last = members.last {
            transaction.enqueue(RecipientStore.ask, id, members, members.map { message(to: $0, of: id) })
            transaction.enqueue(CampaignStore.reach, id, last)
        }
        guard members.count < page else {
            return Timers.set(kind: timer, key: id.text, dueAt: Date(), in: transaction)
        }
        transaction.enqueue(CampaignStore.complete, id)
        try Outbox.append(
            CampaignCompleted(campaign: campaign.state("completed")), key: id, sequence: campaign.version + 1,
            in: transaction)
    }

    /// The id of the message to a member: it follows from the key under which it is sent once.
    static func message(to member: UUID, of campaign: UUID) -> UUID {
        ExternalID.message(deduplicationKey: "campaign:\(campaign.text):\(member.text)")
    }

    /// Whom a campaign asks for, as the key of the message says it.
    struct Key {
        let campaign: UUID
        let party: UUID

        /// Nil for messages that other services asked for.
        init?(_ text: String) {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0] == "campaign", let campaign = UUID(text: String(parts[1])),
                let party = UUID(text: String(parts[2]))
            else { return nil }
            (self.campaign, self.party) = (campaign, party)
        }
    }

    // MARK: Outcomes

    static func sent(_ events: [Received<MessageSent>], _ transaction: Transaction) async throws {
        settle(events.map(\.data.outcome), "sent", transaction)
    }

    static func delivered(_ events: [Received<MessageDelivered>], _ transaction: Transaction) async throws {
        settle(events.map(\.data.outcome), "delivered", transaction)
    }

    static func bounced(_ events: [Received<MessageBounced>], _ transaction: Transaction) async throws {
        settle(events.map(\.data.outcome), "bounced", transaction)
    }

    static func failed(_ events: [Received<MessageFailed>], _ transaction: Transaction) async throws {
        settle(events.map(\.data.outcome), "failed", transaction)
    }

    static func suppressed(_ events: [Received<MessageSuppressed>], _ transaction: Transaction) async throws {
        settle(events.map(\.data.outcome), "suppressed", transaction)
    }

    /// Messages that other services asked for are not of this one.
    static func settle(_ outcomes: [MessageOutcome], _ status: String, _ transaction: Transaction) {
        var latest: [ExactText: (recipient: Key, reason: String?)] = [:]
        for outcome in outcomes {
            guard let recipient = Key(outcome.deduplicationKey) else { continue }
            latest[ExactText(outcome.deduplicationKey)] = (recipient, outcome.reason)
        }
        guard !latest.isEmpty else { return }
        let list = latest.sorted { $0.key < $1.key }.map(\.value)
        transaction.enqueue(
            RecipientStore.outcome, list.map(\.recipient.campaign), list.map(\.recipient.party), status,
            list.map(\.reason))
    }
}
