import ServiceKit

extension Capability {
    /// What a customer values.
    static let benefits = Capability(
        "benefits", "what a customer values",
        migrations: [StageSchema.benefits],
        statements: BenefitStore.statements
    ) { context in
        CapabilityParts(routes: benefitRoutes(context))
    }
}
