import CRMModel
import EventLoop
import FoundationEssentials
import Postgres

/// Tickets that open themselves.
@Loop
enum ShipmentHandlers {
    static func delayed(_ shipments: [Shipment], _ transaction: Transaction) {
        open(shipments, "delayed", type: "complaint", transaction) { order in
            ("Shipment of order \(order) is late", "订单 \(order) 的货物延误")
        }
    }

    static func returned(_ shipments: [Shipment], _ transaction: Transaction) {
        open(shipments, "returned", type: "return", transaction) { order in
            ("Shipment of order \(order) came back", "订单 \(order) 的货物已退回")
        }
    }

    /// One ticket for each shipment and reason, however often it is told: the id follows from both.
    private static func open(
        _ shipments: [Shipment], _ what: String, type: String, _ transaction: Transaction,
        subjects: (String) -> (en: String, zh: String)
    ) {
        var byTicket: [UUID: Shipment] = [:]
        for shipment in shipments {
            let id = ExternalID.make("ticket", "\(shipment.shipmentId):\(what)")
            if byTicket[id] == nil { byTicket[id] = shipment }
        }
        guard !byTicket.isEmpty else { return }
        var tickets: [Ticket] = []
        var chinese: [String] = []
        for (id, shipment) in byTicket.sorted(by: { $0.key < $1.key }) {
            let subject = subjects(shipment.orderId)
            tickets.append(
                Ticket(
                    id: id, partyID: shipment.partyID, type: type, subject: subject.en, description: shipment.reason,
                    orderID: shipment.orderId))
            chinese.append(subject.zh)
        }
        TicketCommands.open(tickets, chinese: chinese, source: "shipment", in: transaction)
    }
}
