import CRMModel
import Messaging
import ServiceKit

extension Capability {
    /// Who is told what, after consent.
    static let campaigns = Capability(
        "campaigns", "who is told what, after consent",
        statements: CampaignStore.statements + RecipientStore.statements
    ) { context in
        CapabilityParts(
            routes: campaignRoutes(context), timers: [RecipientHandlers.timer: RecipientHandlers.pages],
            intents: [WaitingRecipients.kind]
        ) {
            $0.on(MessageSent.self, RecipientHandlers.sent)
            $0.on(MessageDelivered.self, RecipientHandlers.delivered)
            $0.on(MessageBounced.self, RecipientHandlers.bounced)
            $0.on(MessageFailed.self, RecipientHandlers.failed)
            $0.on(MessageSuppressed.self, RecipientHandlers.suppressed)
        }
    }
}
