import ServiceKit

extension Capability {
    /// Parties found by any part of what is known.
    static let search = Capability(
        "search", "parties found by any part of what is known",
        migrations: [SearchSchema.migration, SearchSchema.references, SearchSchema.folding],
        statements: PartyIndexStore.statements
    ) { context in
        let indexer = PartyIndexer(context)
        return CapabilityParts(routes: searchRoutes(context), background: [{ await indexer.run() }])
    }
}
