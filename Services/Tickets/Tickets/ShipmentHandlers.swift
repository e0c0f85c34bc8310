import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// Tickets that open themselves.
@Loop
enum ShipmentHandlers {
    static func delayed(_ shipments: [Shipment], _ transaction: Transaction) throws {
        try open(shipments, "delayed", type: "complaint", transaction) { order in
            ("Shipment of order \(order) is late", "订单 \(order) 的货物延误")
        }
    }

    static func returned(_ shipments: [Shipment], _ transaction: Transaction) throws {
        try open(shipments, "returned", type: "return", transaction) { order in
            ("Shipment of order \(order) came back", "订单 \(order) 的货物已退回")
        }
    }

    /// One ticket for each shipment and reason, however often it is told: the id follows from both.
    ///
    /// What came before this life opens nothing: the lives before have, and told of it. Where no ticket was told, a person decides.
    private static func open(
        _ shipments: [Shipment], _ what: String, type: String, _ transaction: Transaction,
        subjects: (String) -> (en: String, zh: String)
    ) throws {
        var byTicket: [UUID: Shipment] = [:]
        for shipment in shipments {
            let id = ExternalID.make("ticket", "\(shipment.shipmentId):\(what)")
            if byTicket[id] == nil { byTicket[id] = shipment }
        }
        guard !byTicket.isEmpty else { return }
        var tickets: [Ticket] = []
        var chinese: [String] = []
        for (id, shipment) in byTicket.sorted(by: { $0.key < $1.key }) {
            let subject = subjects(String(shipment.orderId.prefix(200)))
            tickets.append(
                Ticket(
                    id: id, partyID: shipment.partyID, type: type, subject: subject.en, description: shipment.reason,
                    orderID: shipment.orderId))
            chinese.append(subject.zh)
        }
        guard !transaction.isPast else { return try hold(byTicket, what, transaction) }
        TicketCommands.open(tickets, chinese: chinese, source: "shipment", in: transaction)
    }

    // MARK: Held

    /// What is held.
    nonisolated static let kind = "shipment-ticket"

    /// A shipment of which no ticket was told.
    private struct Waiting: Codable {
        let what: String
        let shipment: Shipment
    }

    private static func hold(_ shipments: [UUID: Shipment], _ what: String, _ transaction: Transaction) throws {
        let list = shipments.sorted { $0.key < $1.key }
        transaction.enqueue(
            TicketRecoveryStore.hold, list.map(\.key), list.map { $0.value.partyID?.text ?? $0.value.orderId },
            try list.map { try ModelJSON.text(Waiting(what: what, shipment: $0.value)) }, list.map(\.value.at))
    }

    /// Opens the ticket of a shipment that was held.
    static func release(_ held: Held, _ transaction: Transaction) async throws {
        let waiting = try ModelJSON.decoder.decode(Waiting.self, from: Data((held.payload ?? "").utf8))
        switch waiting.what {
        case "returned": try returned([waiting.shipment], transaction)
        default: try delayed([waiting.shipment], transaction)
        }
    }
}
