import ServiceKit

extension Capability {
    /// What was promised about time.
    static let clocks = Capability(
        "clocks", "what was promised about time",
        statements: ClockStore.statements
    ) { context in
        // Timers are not set while a life looks at what was before it: what was promised then is set once, behind that.
        let winding = SteadyWork(context.log, every: .seconds(300), failing: "clocks of tickets stand still")
        return CapabilityParts(
            timers: ClockHandlers.timers,
            background: [
                {
                    await winding.run {
                        _ = try await context.rows(TicketRecoveryStore.wind)
                        return false
                    }
                }
            ])
    }
}
