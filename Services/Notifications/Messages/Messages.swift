import CRMModel
import Crypto
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

extension Capability {
    /// What the other services ask to be sent, each once.
    static let messages = Capability(
        "messages", "what the other services ask to be sent, each once",
        migrations: [NotificationsSchema.migration, NotificationsSchema.lives],
        statements: MessageStore.statements + MessageRecoveryStore.statements,
        standings: [.fact("message"), .fact("message_told"), .restriction("suppression")]
    ) { context in
        CapabilityParts(
            routes: messageRoutes(context),
            listen: {
                $0.on(MessageRequested.self) { events, transaction in
                    try MessageHandlers.requested(events.map { ($0.data, $0.event.time) }, transaction)
                }
            }, recovers: { MessageRecovery.recover(&$0) },
            tellsAgain: { keys, transaction in
                // What became of a message never changes, and was told.
                Set(
                    try await transaction.rows(MessageRecoveryStore.known, keys.compactMap { UUID(text: $0) }).map(
                        \.text))
            },
            releases: [MessageRecovery.kind: MessageRecovery.release],
            discards: [MessageRecovery.kind: MessageRecovery.discard])
    }
}
