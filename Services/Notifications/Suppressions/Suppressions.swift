import CRMModel
import Crypto
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

extension Capability {
    /// Whom nobody writes to.
    static let suppressions = Capability(
        "suppressions", "whom nobody writes to",
        migrations: [
            SuppressionSchema.withdrawals, SuppressionSchema.decisions, SuppressionSchema.told,
            SuppressionSchema.addresses,
        ],
        statements: SuppressionStore.statements,
        readModels: [
            ReadModel("withdrawal"),
            // What was heard before words were kept is in `withdrawal` alone.
            ReadModel("consent_word", equal: "SELECT NULL::text WHERE false"),
        ],
        standings: [
            .restriction("withdrawal"), .restriction("withdrawal_address"), .restriction("consent_word"),
        ], holdings: [SuppressionStore.holding]
    ) { context in
        let telling = SteadyWork(context.log, every: .seconds(60), failing: "addresses without marketing are not told")
        return CapabilityParts(
            routes: suppressionRoutes(context),
            background: [{ await telling.run { try await SuppressionCommands.tellUntold(context) } }],
            listen: { $0.on(ConsentChanged.self, WithdrawalHandlers.consentsChanged) },
            recovers: { $0.on(AddressSuppressed.self, SuppressionCommands.know) },
            tellsAgain: { keys, transaction in
                // Nobody else keeps them.
                Set(try await transaction.rows(SuppressionStore.known, keys.compactMap { UUID(text: $0) }).map(\.text))
            })
    }
}
