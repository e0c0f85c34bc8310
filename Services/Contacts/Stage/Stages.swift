import Messaging
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
        return CapabilityParts(routes: stageRoutes(context), background: [{ await clock.run() }]) {
            StageHandlers.subscribe(&$0)
        }
    }
}
