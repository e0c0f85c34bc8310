import CRMModel
import Messaging
import ServiceKit

extension Capability {
    /// What customers ask, and what is answered.
    static let tickets = Capability(
        "tickets", "what customers ask, and what is answered",
        migrations: [TicketsSchema.migration],
        statements: TicketStore.statements + ReplyStore.statements
    ) { context in
        CapabilityParts(routes: ticketRoutes(context) + replyRoutes(context)) {
            $0.on(ShipmentDelayed.self) { events, transaction in
                ShipmentHandlers.delayed(events.map(\.data.shipment), transaction)
            }
            $0.on(ShipmentReturned.self) { events, transaction in
                ShipmentHandlers.returned(events.map(\.data.shipment), transaction)
            }
        }
    }
}
