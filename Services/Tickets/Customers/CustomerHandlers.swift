import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
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
        let others = list.flatMap { party in
            (party.emails ?? []).dropFirst().map { (party.partyId, "mail", $0.address) }
                + (party.phones ?? []).dropFirst().map { (party.partyId, "phone", $0.number) }
        }
        transaction.enqueue(
            CustomerStore.keepOthers, list.map(\.partyId), others.map(\.0), others.map(\.1), others.map(\.2))
    }

    /// Contacts does not know parties any more: they stand for themselves, without what it said of them.
    static func end(_ source: String, _ keys: [String], _ transaction: Transaction) async throws {
        let parties = keys.compactMap { UUID(text: $0) }.sorted()
        guard source == "/contacts", !parties.isEmpty else { return }
        Redirects.follow(parties.map { Redirect($0, to: $0) }, in: transaction)
        transaction.enqueue(CustomerStore.end, parties)
    }

    /// Keeps the states of orders, those of walk-ins too: an order may go from one to a customer, and back.
    static func ordered(_ entries: [LedgerEntry], _ transaction: Transaction) {
        let list = Ledger.states(of: entries)
        guard !list.isEmpty else { return }
        let documents = list.map(\.content.document)
        let sources = list.map(\.content.source), parties = list.map { $0.party ?? .nobody }
        transaction.enqueue(CustomerStore.claimOrders, documents.map(\.id), sources, parties)
        transaction.enqueue(
            CustomerStore.order, documents.map(\.id), sources, parties, list.map { $0.offset.map { Int($0) } },
            list.map(\.toldAt), list.map(\.isCancelled),
            list.map { $0.isCancelled ? "cancelled" : $0.content.document.status }, documents.map(\.at),
            documents.map(\.currency), documents.map(\.total.units), Replay.isLate)
    }

    /// Hears what becomes of shipments.
    static func subscribeToShipments(_ subscriptions: inout Subscriptions) {
        func hear<T: EventData>(_ type: T.Type, _ status: String, _ shipment: @escaping @Sendable (T) -> Shipment) {
            subscriptions.on(type) { events, transaction in
                shipped(
                    events.map { ToldShipment(source: $0.event.source, shipment($0.data)) }, status, transaction)
            }
        }
        hear(ShipmentDispatched.self, "dispatched", \.shipment)
        hear(ShipmentDelayed.self, "delayed", \.shipment)
        hear(ShipmentReturned.self, "returned", \.shipment)
        hear(ShipmentDelivered.self, "delivered", \.shipment)
    }

    /// Of a shipment the state of the latest time is kept.
    static func shipped(_ shipments: [ToldShipment], _ status: String, _ transaction: Transaction) {
        var latest: [[ExactText]: ToldShipment] = [:]
        for told in shipments {
            let name = [ExactText(told.shipment.shipmentId), ExactText(told.source)]
            if let known = latest[name], known.shipment.at > told.shipment.at { continue }
            latest[name] = told
        }
        let list = latest.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
        guard !list.isEmpty else { return }
        let all = list.map(\.shipment)
        transaction.enqueue(CustomerStore.claimShipments, all.map(\.shipmentId), list.map(\.source))
        transaction.enqueue(
            CustomerStore.ship, all.map(\.shipmentId), list.map(\.source), all.map(\.partyID), all.map(\.orderId),
            status, all.map(\.at), all.map(\.carrier), all.map(\.expectedAt), all.map(\.reason))
    }
}
