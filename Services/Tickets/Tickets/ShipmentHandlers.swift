import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// A shipment as its carrier told of it; two carriers may use one number.
struct ToldShipment: Sendable {
    /// Who told it.
    let source: String
    let shipment: Shipment

    init(source: String, _ shipment: Shipment) {
        self.source = source
        self.shipment = shipment
    }
}

/// Tickets that open themselves.
@Loop
enum ShipmentHandlers {
    static func delayed(_ shipments: [ToldShipment], _ transaction: Transaction) async throws {
        try await open(shipments, "delayed", type: "complaint", transaction) { order in
            ("Shipment of order \(order) is late", "订单 \(order) 的货物延误")
        }
    }

    static func returned(_ shipments: [ToldShipment], _ transaction: Transaction) async throws {
        try await open(shipments, "returned", type: "return", transaction) { order in
            ("Shipment of order \(order) came back", "订单 \(order) 的货物已退回")
        }
    }

    /// One ticket for each shipment and reason, however often it is told: the id follows from both. What was told of a shipment is judged
    /// by the time that it speaks of: that it was late before it arrived, told once it has arrived, opens nothing.
    ///
    /// What came before this life opens nothing: the lives before have, and told of it. Where no ticket was told, a person decides.
    private static func open(
        _ shipments: [ToldShipment], _ what: String, type: String, _ transaction: Transaction,
        subjects: (String) -> (en: String, zh: String)
    ) async throws {
        var byTicket: [UUID: ToldShipment] = [:]
        for told in shipments {
            let id = ExternalID.make("ticket", "\(told.source)\n\(told.shipment.shipmentId):\(what)")
            if let known = byTicket[id], known.shipment.at >= told.shipment.at { continue }
            byTicket[id] = told
        }
        let all = byTicket.sorted { $0.key < $1.key }
        // As they were named when carriers were not told apart.
        let before = all.map { ExternalID.make("ticket", "\($0.value.shipment.shipmentId):\(what)") }
        let due: [UUID] = try await transaction.rows(
            TicketStore.due, all.map(\.key), all.map(\.value.source), all.map(\.value.shipment.shipmentId),
            all.map(\.value.shipment.at), before)
        var tickets: [Ticket] = []
        var chinese: [String] = []
        for (id, told) in all where due.contains(id) {
            let shipment = told.shipment
            let subject = subjects(shipment.orderId)
            tickets.append(
                Ticket(
                    id: id, partyID: shipment.partyID, type: type, subject: subject.en, description: shipment.reason,
                    orderID: shipment.orderId))
            chinese.append(subject.zh)
        }
        guard !tickets.isEmpty else { return }
        guard !transaction.isPast else {
            return try hold(all.filter { due.contains($0.key) }.map { ($0.key, $0.value) }, what, transaction)
        }
        TicketCommands.open(tickets, chinese: chinese, source: "shipment", in: transaction)
    }

    // MARK: Held

    /// What is held.
    nonisolated static let kind = "shipment-ticket"

    /// A shipment of which no ticket was told.
    private struct Waiting: Codable {
        let what: String
        let source: String
        let shipment: Shipment
    }

    private static func hold(
        _ shipments: [(id: UUID, told: ToldShipment)], _ what: String, _ transaction: Transaction
    ) throws {
        transaction.enqueue(
            TicketRecoveryStore.hold, shipments.map(\.id),
            shipments.map { $0.told.shipment.partyID?.text ?? $0.told.shipment.orderId },
            try shipments.map {
                try ModelJSON.text(Waiting(what: what, source: $0.told.source, shipment: $0.told.shipment))
            }, shipments.map(\.told.shipment.at))
    }

    /// Opens the ticket of a shipment that was held.
    static func release(_ held: Held, _ transaction: Transaction) async throws {
        let waiting = try ModelJSON.decoder.decode(Waiting.self, from: Data((held.payload ?? "").utf8))
        let told = [ToldShipment(source: waiting.source, waiting.shipment)]
        switch waiting.what {
        case "returned": try await returned(told, transaction)
        default: try await delayed(told, transaction)
        }
    }
}
