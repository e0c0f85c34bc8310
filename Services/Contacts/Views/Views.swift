import ServiceKit

extension Capability {
    /// Saved lists.
    static let views = Capability(
        "views", "saved lists",
        statements: ViewStore.statements
    ) { context in
        CapabilityParts(routes: viewRoutes(context))
    }
}
