import Crypto
import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// Touches from logistics and from the other services.
@Loop
enum TimelineHandlers {
    static func dispatched(_ events: [Received<ShipmentDispatched>], _ transaction: Transaction) async throws {
        ship(events.map(\.data.shipment), "shipment.dispatched", "left", transaction)
    }

    static func delayed(_ events: [Received<ShipmentDelayed>], _ transaction: Transaction) async throws {
        ship(events.map(\.data.shipment), "shipment.delayed", "is late", transaction)
    }

    static func delivered(_ events: [Received<ShipmentDelivered>], _ transaction: Transaction) async throws {
        ship(events.map(\.data.shipment), "shipment.delivered", "arrived", transaction)
    }

    static func returned(_ events: [Received<ShipmentReturned>], _ transaction: Transaction) async throws {
        ship(events.map(\.data.shipment), "shipment.returned", "came back", transaction)
    }

    static func ticketsOpened(_ events: [Received<TicketOpened>], _ transaction: Transaction) async throws {
        write(
            events.map { event in
                let ticket = event.data.ticket
                return Touch(
                    ticket.partyId, event.event.time, "ticket.opened", ticket.ticketId.text, ticket.subject)
            }, transaction)
    }

    static func ticketsResolved(_ events: [Received<TicketResolved>], _ transaction: Transaction) async throws {
        write(
            events.map { event in
                let ticket = event.data.ticket
                return Touch(
                    ticket.partyId, event.event.time, "ticket.resolved", ticket.ticketId.text, ticket.subject)
            }, transaction)
    }

    static func messagesSent(_ events: [Received<MessageSent>], _ transaction: Transaction) async throws {
        write(
            events.map { event in
                let outcome = event.data.outcome
                return Touch(
                    outcome.recipientId, event.event.time, "message.sent", outcome.messageId.text,
                    "message sent")
            }, transaction)
    }

    private struct Touch {
        let party: UUID?
        let at: Date
        let kind: String
        let reference: String
        let title: String

        init(_ party: UUID?, _ at: Date?, _ kind: String, _ reference: String, _ title: String) {
            self.party = party
            self.at = at ?? Date()
            self.kind = kind
            self.reference = reference
            self.title = title
        }
    }

    private static func ship(
        _ shipments: [Shipment], _ kind: String, _ what: String, _ transaction: Transaction
    ) {
        write(
            shipments.map { shipment in
                let reason = shipment.reason.map { ": \($0)" } ?? ""
                return Touch(
                    shipment.partyID, shipment.at, kind, shipment.shipmentId,
                    "shipment of order \(shipment.orderId) \(what)\(reason)")
            }, transaction)
    }

    /// Touches of nobody known are left out.
    private static func write(_ touches: [Touch], _ transaction: Transaction) {
        let known = touches.filter { $0.party != nil }
        guard !known.isEmpty else { return }
        transaction.enqueue(
            TimelineStore.touch, known.compactMap(\.party), known.map(\.at), known.map(\.kind), known.map(\.reference),
            known.map { String($0.title.prefix(500)) })
    }
}
