import CRMModel
import EventLoop
import FoundationEssentials
import Postgres
import ServiceKit

/// What tickets keeps of customers, their orders and shipments, for whoever answers the telephone.
@Loop
enum CustomerHandlers {
    static func known(_ parties: [PartyState], _ transaction: Transaction) {
        var latest: [UUID: PartyState] = [:]
        for party in parties { latest[party.partyId] = party }
        let list = latest.values.sorted { $0.partyId < $1.partyId }
        guard !list.isEmpty else { return }
        transaction.enqueue(
            CustomerStore.upsert, list.map(\.partyId), list.map(\.name), list.map(\.email), list.map(\.phone),
            list.map(\.language), list.map(\.customerNo))
    }

    static func ordered(_ entries: [LedgerEntry], _ transaction: Transaction) {
        let list = Ledger.latest(entries).filter { $0.document.partyID != nil }
            .sorted { $0.document.id < $1.document.id }
        guard !list.isEmpty else { return }
        transaction.enqueue(
            CustomerStore.order, list.map(\.document.id), list.map(\.document.partyID),
            list.map { $0.isCancelled ? "cancelled" : $0.document.status }, list.map(\.document.at),
            list.map(\.document.currency), list.map(\.document.total.units), list.map(\.toldAt))
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
