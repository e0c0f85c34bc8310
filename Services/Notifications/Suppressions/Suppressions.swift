import CRMModel
import Messaging
import ServiceKit

extension Capability {
    /// Whom nobody writes to.
    static let suppressions = Capability(
        "suppressions", "whom nobody writes to",
        migrations: [SuppressionSchema.withdrawals, SuppressionSchema.decisions],
        statements: SuppressionStore.statements,
        standings: [.restriction("withdrawal"), .restriction("consent_word")]
    ) { context in
        CapabilityParts(routes: suppressionRoutes(context)) {
            $0.on(ConsentChanged.self, WithdrawalHandlers.consentsChanged)
        }
    }
}
