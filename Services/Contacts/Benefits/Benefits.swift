import CRMModel
import Crypto
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

extension Capability {
    /// What a customer values.
    static let benefits = Capability(
        "benefits", "what a customer values",
        migrations: [StageSchema.benefits],
        statements: BenefitStore.statements,
        standings: [.own("party_benefit")]
    ) { context in
        CapabilityParts(
            routes: benefitRoutes(context), recovers: { $0.on(BenefitChanged.self, BenefitRecovery.know) },
            tellsAgain: { keys, transaction in
                transaction.enqueue(BenefitStore.tellAgain, keys.compactMap { UUID(text: $0) }.sorted())
                return []
            })
    }
}
