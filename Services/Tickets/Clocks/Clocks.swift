import ServiceKit

extension Capability {
    /// What was promised about time.
    static let clocks = Capability(
        "clocks", "what was promised about time",
        statements: PolicyStore.statements + ClockStore.statements
    ) { context in
        CapabilityParts(routes: policyRoutes(context), timers: ClockHandlers.timers)
    }
}
