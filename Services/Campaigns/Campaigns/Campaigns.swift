import CRMModel
import Crypto
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

extension Capability {
    /// Who is told what, after consent.
    static let campaigns = Capability(
        "campaigns", "who is told what, after consent",
        migrations: [CampaignsSchema.lives],
        statements: CampaignStore.statements + RecipientStore.statements,
        standings: [.own("campaign"), .own("recipient")]
    ) { context in
        CapabilityParts(
            routes: campaignRoutes(context), timers: [RecipientHandlers.timer: RecipientHandlers.pages],
            intents: [WaitingRecipients.kind],
            listen: {
                $0.on(MessageSent.self, RecipientHandlers.sent)
                $0.on(MessageDelivered.self, RecipientHandlers.delivered)
                $0.on(MessageBounced.self, RecipientHandlers.bounced)
                $0.on(MessageFailed.self, RecipientHandlers.failed)
                $0.on(MessageSuppressed.self, RecipientHandlers.suppressed)
            }, recovers: { CampaignRecovery.recover(&$0) },
            tellsAgain: { keys, transaction in
                let campaigns = keys.compactMap { UUID(text: $0) }.sorted()
                return Set(try await transaction.rows(CampaignStore.tellAgain, campaigns).map(\.text))
            })
    }
}
