import CRMModel
import Messaging
import ServiceKit

extension Capability {
    /// What a person allows, by channel and purpose.
    static let consents = Capability(
        "consent", "what a person allows, by channel and purpose",
        migrations: [ConsentSchema.consent, ConsentSchema.decisions, ConsentSchema.links],
        statements: ConsentStore.statements,
        standings: [
            .restriction("consent"), .restriction("consent_erp"), .restriction("consent_effective"),
            .fact("consent_decision"), .own("preference_link"),
        ], holdings: [ConsentStore.holding]
    ) { context in
        let firm = try context.settings.optional(
            Setting<String>("FIRM_NAME", help: "the firm's name, as its customers read it above their preferences"))
        let channels = try context.settings.value(Channels.setting)
        return CapabilityParts(
            routes: consentRoutes(context, channels)
                + preferenceRoutes(context, try PreferenceLinks(context), channels, firm: firm),
            listen: {
                // After the parties, which it is of.
                $0.on(CustomerUpserted.self, ConsentHandlers.customersUpserted)
            }, recovers: { $0.on(ConsentChanged.self, ConsentRecovery.know) }, tellsAgain: ConsentRecovery.tellAgain)
    }
}
