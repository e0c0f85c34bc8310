import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// What a new life of campaigns knows of those before: its campaigns, less what they say, and whom it has asked for which message. What
/// became of these is heard from notifications as always.
@Loop
enum CampaignRecovery {
    /// A campaign as it was told.
    private struct Told {
        let campaign: CampaignState
        let version: Int
        let at: Date
        let epoch: Int

        init?<T>(_ told: Received<T>, _ campaign: CampaignState) {
            guard let version = told.event.sequence else { return nil }
            (self.campaign, self.version, at) = (campaign, version, told.event.time ?? Date())
            epoch = told.event.epoch
        }
    }

    static func recover(_ subscriptions: inout Subscriptions) {
        subscriptions.on(
            [
                Heard(CampaignCreated.self) { Told($0, $0.data.campaign) },
                Heard(CampaignLaunched.self) { Told($0, $0.data.campaign) },
                Heard(CampaignCompleted.self) { Told($0, $0.data.campaign) },
            ]
        ) { (told: [Told], transaction) in
            for one in told {
                transaction.enqueue(
                    CampaignStore.know, one.campaign.campaignId, one.version, one.campaign.name, one.campaign.segment,
                    one.campaign.status, one.at, transaction.isOfLaterLife(one.epoch))
            }
        }
        subscriptions.on(MessageRequested.self) { told, transaction in
            var asked: [ExactText: (recipient: RecipientHandlers.Key, message: UUID)] = [:]
            for request in told.map(\.data) {
                guard let recipient = RecipientHandlers.Key(request.deduplicationKey) else { continue }
                asked[ExactText(request.deduplicationKey)] = (recipient, request.messageId)
            }
            let list = asked.sorted { $0.key < $1.key }.map(\.value)
            guard !list.isEmpty else { return }
            transaction.enqueue(
                RecipientStore.know, list.map(\.recipient.campaign), list.map(\.recipient.party), list.map(\.message))
        }
    }
}
