import Messaging
import ServiceKit

extension Capability {
    /// Two parties made one, and apart again.
    static let merges = Capability(
        "merge", "two parties made one, and apart again",
        migrations: MergeSchema.migrations,
        statements: MergeStore.statements, standings: [.own("party_merge")]
    ) { context in
        CapabilityParts(
            routes: mergeRoutes(context), recovers: { MergeRecovery.recover(&$0) },
            tellsAgain: MergeRecovery.tellAgain)
    }
}
