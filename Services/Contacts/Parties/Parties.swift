import CRMModel
import Messaging
import ServiceKit

extension Capability {
    /// People and organisations.
    static let parties = Capability(
        "parties", "people and organisations",
        migrations: [ContactsSchema.migration, PartySchema.retelling, PartySchema.references],
        statements: PartyStore.statements + CustomerStore.statements,
        standings: [.own("party"), .own("party_reference"), .own("party_retelling")],
        holdings: [CustomerStore.holding]
    ) { context in
        CapabilityParts(
            routes: partyRoutes(context), background: [PartyRetelling(context).run],
            listen: {
                $0.on(
                    [Heard(CustomerUpserted.self) { $0 }], foresee: PartyHandlers.foresee,
                    PartyHandlers.customersUpserted)
            }, recovers: { PartyRecovery.recover(&$0) }, tellsAgain: PartyRecovery.tellAgain)
    }
}
