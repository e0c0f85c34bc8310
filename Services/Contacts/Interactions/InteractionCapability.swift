import Messaging
import ServiceKit

extension Capability {
    /// What channels tell: calls, messages, forms, reviews.
    static let interactions = Capability(
        "interactions", "what channels tell: calls, messages, forms, reviews",
        migrations: [
            InteractionSchema.migration, InteractionSchema.checks, InteractionSchema.senders, InteractionSchema.sources,
        ],
        statements: InteractionStore.statements,
        standings: [.fact("interaction"), .own("interaction_check")]
    ) { context in
        let matcher = InteractionMatcher(context)
        return CapabilityParts(routes: interactionRoutes(context), background: [{ await matcher.run() }]) {
            Interactions.subscribe(&$0)
        }
    }
}
