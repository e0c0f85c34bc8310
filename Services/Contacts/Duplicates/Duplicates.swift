import ServiceKit

extension Capability {
    /// Parties that may be one.
    static let duplicates = Capability(
        "duplicates", "parties that may be one",
        statements: DuplicateStore.statements
    ) { context in
        let finder = DuplicateFinder(context)
        return CapabilityParts(routes: duplicateRoutes(context), background: [{ await finder.run() }])
    }
}
