import ServiceKit

extension Capability {
    /// What channels tell: calls, messages, forms, reviews.
    static let interactions = Capability(
        "interactions", "what channels tell: calls, messages, forms, reviews",
        migrations: [InteractionSchema.migration],
        statements: InteractionStore.statements
    ) { context in
        CapabilityParts(routes: interactionRoutes(context)) { Interactions.subscribe(&$0) }
    }
}
