import ServiceKit

extension Capability {
    /// What was promised about time.
    static let clocks = Capability(
        "clocks", "what was promised about time",
        statements: ClockStore.statements
    ) { _ in
        CapabilityParts(timers: ClockHandlers.timers)
    }
}
