import CRMModel
import Messaging
import ServiceKit

extension Capability {
    /// Whom campaigns may write to, and what they bought.
    static let members = Capability(
        "members", "whom campaigns may write to, and what they bought",
        migrations: [CampaignsSchema.benefits],
        statements: MemberStore.statements
    ) { context in
        CapabilityParts(routes: memberRoutes(context)) {
            $0.on(PartyCreated.self, MemberHandlers.partiesCreated)
            $0.on(PartyChanged.self, MemberHandlers.partiesChanged)
            $0.on(ConsentChanged.self, MemberHandlers.consentsChanged)
        }
    }
}
