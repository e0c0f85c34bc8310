import CRMModel
import Messaging
import ServiceKit

extension Capability {
    /// What a person allows, by channel and purpose.
    static let consents = Capability(
        "consent", "what a person allows, by channel and purpose",
        migrations: [ConsentSchema.consent, ConsentSchema.decisions],
        statements: ConsentStore.statements
    ) { context in
        CapabilityParts(
            routes: consentRoutes(context) + preferencePages(context, try PreferenceLinks(context))
        ) {
            // After the parties, which it is of.
            $0.on(CustomerUpserted.self, ConsentHandlers.customersUpserted)
        }
    }
}
