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
        let tickets = byTicket.sorted { $0.key < $1.key }
        guard !tickets.isEmpty else { return }
        let list = tickets.map(\.value)
        let texts = list.map { subjects(String($0.orderId.prefix(200))) }
        transaction.enqueue(
            TicketStore.open, tickets.map(\.key), list.map(\.partyID), list.map { _ in type },
            list.map { _ in "normal" }, texts.map(\.en), texts.map(\.zh), list.map(\.reason), list.map(\.orderId),
            list.map { _ in nil as String? }, "shipment")
    }
}
