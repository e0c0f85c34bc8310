import Messaging
import ServiceKit

extension Capability {
    /// What a customer values.
    static let benefits = Capability(
        "benefits", "what a customer values",
        migrations: [StageSchema.benefits],
        statements: BenefitStore.statements,
        standings: [.own("party_benefit")]
    ) { context in
        CapabilityParts(routes: benefitRoutes(context))
    }
}
