import ServiceKit

extension Capability {
    /// Whom campaigns may write to, and what they bought.
    static let members = Capability(
        "members", "whom campaigns may write to, and what they bought",
        migrations: [CampaignsSchema.benefits],
        statements: MemberStore.statements
    ) { context in CapabilityParts(routes: memberRoutes(context)) }
}
