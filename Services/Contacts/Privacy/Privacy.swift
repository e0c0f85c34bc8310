import Messaging
import CRMModel
import ServiceKit

extension Capability {
    /// All that is held on a person, given out or erased.
    static let privacy = Capability(
        "privacy", "all that is held on a person, given out or erased",
        migrations: PrivacySchema.migrations,
        statements: ErasureStore.statements + ArchiveStore.statements,
        erased: "SELECT unnest(parties) FROM erasure",
        standings: [
            .restriction("erasure"), .fact("erasure_receipt"), .own("party_archive"), .fact("archive_piece"),
        ]
    ) { context in
        CapabilityParts(
            routes: privacyRoutes(context) + archiveRoutes(context), timers: [Archive.timer: Archive.expire],
            listen: {
                Erasure.subscribe(&$0)
                Archive.subscribe(&$0)
            }, recovers: { $0.on(PartyErased.self, ErasureRecovery.know) })
    }
}
