import Messaging
import ServiceKit

extension Capability {
    /// Records as they were.
    static let history = Capability(
        "history", "records as they were",
        migrations: [HistorySchema.history, HistorySchema.figures],
        statements: HistoryStore.statements,
        standings: [.own("party_history")]
    ) { context in
        CapabilityParts(routes: historyRoutes(context))
    }
}
