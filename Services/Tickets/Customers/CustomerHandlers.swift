import CRMModel
import EventLoop
import FoundationEssentials
import Postgres

/// What tickets keeps of customers, their orders and shipments, for whoever answers the telephone.
@Loop
enum CustomerHandlers {
    /// How far an order's news goes; a later stage is never overwritten by an earlier one.
    enum Stage: Int { case placed, changed, cancelled }

    static func known(_ parties: [PartyState], _ transaction: Transaction) {
        var latest: [UUID: PartyState] = [:]
        for party in parties { latest[party.partyId] = party }
        let list = latest.values.sorted { $0.partyId < $1.partyId }
        guard !list.isEmpty else { return }
        transaction.enqueue(
            CustomerStore.upsert, list.map(\.partyId), list.map(\.name), list.map(\.email), list.map(\.phone),
            list.map(\.language), list.map(\.customerNo))
    }

    static func ordered(_ orders: [ERPDocument], _ stage: Stage, _ transaction: Transaction) {
        var latest: [String: ERPDocument] = [:]
        for order in orders where order.partyID != nil { latest[order.id] = order }
        let list = latest.values.sorted { $0.id < $1.id }
        guard !list.isEmpty else { return }
        transaction.enqueue(
            CustomerStore.order, list.map(\.id), list.map(\.partyID), stage.rawValue,
            list.map { stage == .cancelled ? "cancelled" : $0.status }, list.map(\.at), list.map(\.currency),
            list.map(\.total.units))
    }

    static func shipped(_ shipments: [Shipment], _ status: String, _ transaction: Transaction) {
        var latest: [String: Shipment] = [:]
        for shipment in shipments where latest[shipment.shipmentId].map({ $0.at <= shipment.at }) ?? true {
            latest[shipment.shipmentId] = shipment
        }
        let list = latest.values.sorted { $0.shipmentId < $1.shipmentId }
        guard !list.isEmpty else { return }
        transaction.enqueue(
            CustomerStore.ship, list.map(\.shipmentId), list.map(\.partyID), list.map(\.orderId), status,
            list.map(\.at), list.map(\.carrier), list.map(\.expectedAt), list.map(\.reason))
    }
}
