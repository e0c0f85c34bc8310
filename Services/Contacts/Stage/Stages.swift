import Crypto
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

extension Capability {
    /// Where a party stands in its life as a customer.
    static let stages = Capability(
        "stage", "where a party stands in its life as a customer",
        migrations: [StageSchema.migration, StageSchema.knownAt],
        statements: StageStore.statements,
        standings: [.fact("party_stage"), .fact("party_stage_change")]
    ) { context in
        let clock = StageClock(context)
        return CapabilityParts(
            routes: stageRoutes(context), background: [{ await clock.run() }],
            listen: { StageHandlers.subscribe(&$0) },
            tellsAgain: { keys, transaction in
                transaction.enqueue(StageStore.tellAgain, keys.compactMap { UUID(text: $0) }.sorted())
                return []
            })
    }
}
