import ServiceKit

extension Capability {
    /// All that is held on a person, given out or erased.
    static let privacy = Capability(
        "privacy", "all that is held on a person, given out or erased",
        migrations: PrivacySchema.migrations,
        statements: ErasureStore.statements + ArchiveStore.statements,
        erased: "SELECT unnest(parties) FROM erasure"
    ) { context in
        CapabilityParts(
            routes: privacyRoutes(context) + archiveRoutes(context), timers: [Archive.timer: Archive.expire]
        ) {
            Erasure.subscribe(&$0)
            Archive.subscribe(&$0)
        }
    }
}
