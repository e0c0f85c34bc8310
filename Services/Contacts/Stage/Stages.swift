import ServiceKit

extension Capability {
    /// Where a party stands in its life as a customer.
    static let stages = Capability(
        "stage", "where a party stands in its life as a customer",
        migrations: [StageSchema.migration],
        statements: StageStore.statements
    ) { context in
        let clock = StageClock(context)
        return CapabilityParts(routes: stageRoutes(context), background: [{ await clock.run() }]) {
            StageHandlers.subscribe(&$0)
        }
    }
}
