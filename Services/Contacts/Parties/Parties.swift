import CRMModel
import Messaging
import ServiceKit

extension Capability {
    /// People and organisations.
    static let parties = Capability(
        "parties", "people and organisations",
        migrations: [ContactsSchema.migration],
        statements: PartyStore.statements
    ) { context in
        CapabilityParts(routes: partyRoutes(context)) {
            $0.on(
                [Heard(CustomerUpserted.self) { $0 }], foresee: PartyHandlers.foresee, PartyHandlers.customersUpserted)
        }
    }
}
