import Messaging
import ServiceKit

extension Capability {
    /// How parties belong together, who brought whom, and their numbers elsewhere.
    static let relations = Capability(
        "relations", "how parties belong together, who brought whom, and their numbers elsewhere",
        migrations: [SearchSchema.referrals],
        statements: RelationStore.statements + ReferralStore.statements,
        standings: [.own("party_relation")]
    ) { context in
        CapabilityParts(
            routes: relationRoutes(context) + referralRoutes(context) + referenceRoutes(context))
    }
}
