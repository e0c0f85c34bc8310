import CRMModel
import Messaging
import ServiceKit

extension Capability {
    /// What the other services ask to be sent, each once.
    static let messages = Capability(
        "messages", "what the other services ask to be sent, each once",
        migrations: [NotificationsSchema.migration],
        statements: MessageStore.statements
    ) { context in
        CapabilityParts(routes: messageRoutes(context)) {
            $0.on(MessageRequested.self) { events, transaction in
                try MessageHandlers.requested(events.map { ($0.data, $0.event.time) }, transaction)
            }
        }
    }
}
