import CRMModel
import Crypto
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// What tickets holds of customers, their orders and shipments, to be held against the topics.
enum CustomerHoldingStore {
    static let all = [customers, orders, shipments]

    private static let customers = Holding(
        "customers", on: .contacts,
        page: Query(
            "holding.customers", takes: String.self, Int.self, gives: String.self, String.self,
            sql: """
                SELECT party_id::text, concat_ws(', ', name, coalesce(email, '-'), coalesce(phone, '-'), coalesce(language, '-'),
                    coalesce(customer_no, '-'))
                FROM customer WHERE party_id > \(Holding.idBehind) ORDER BY party_id LIMIT $2
                """),
        [
            .init(PartyCreated.self) { told, _, _ in [line(told.party)] },
            .init(PartyChanged.self) { told, _, _ in [line(told.party)] },
        ])

    private static func line(_ party: PartyState) -> ToldLine {
        let texts = [
            party.name, party.email ?? "-", party.phone ?? "-", party.language ?? "-", party.customerNo ?? "-",
        ]
        return ToldLine(party.partyId.text, texts.joined(separator: ", "))
    }

    /// Each state under each customer number.
    private static let orders = Holding(
        "orders", on: .erpOrders,
        page: Query(
            "holding.orders", takes: String.self, Int.self, gives: String.self, String.self,
            sql: """
                SELECT concat_ws(E'\\x1f', id, source, party_id),
                    concat_ws(' ', (total * 0.0001)::numeric(24, 4), currency, CASE WHEN is_cancelled THEN 'cancelled' END)
                FROM customer_order WHERE (id, source, party_id) > (\(Holding.part(1)), \(Holding.part(2)),
                    coalesce(nullif(\(Holding.part(3)), ''), '00000000-0000-0000-0000-000000000000')::uuid)
                ORDER BY id, source, party_id LIMIT $2
                """),
        [
            .init(OrderPlaced.self) { told, event, _ in [line(told.order, event)] },
            .init(OrderChanged.self) { told, event, _ in [line(told.order, event)] },
            .init(OrderCancelled.self) { told, event, _ in [line(told.order, event, isCancelled: true)] },
        ])

    private static func line(_ order: ERPDocument, _ event: Event, isCancelled: Bool = false) -> ToldLine {
        let key = [order.id, event.source, (order.partyID ?? .nobody).text].joined(separator: Holding.mark)
        let places = String(order.total.units.magnitude % 10_000)
        let total =
            "\(order.total.units < 0 ? "-" : "")\(order.total.units.magnitude / 10_000)."
            + String(repeating: "0", count: 4 - places.count) + places
        return ToldLine(key, "\(total) \(order.currency)\(isCancelled ? " cancelled" : "")")
    }

    private static let shipments = Holding(
        "shipments", on: .shipments,
        page: Query(
            "holding.shipments", takes: String.self, Int.self, gives: String.self, String.self,
            sql: """
                SELECT concat_ws(E'\\x1f', id, source), status || ' ' || round(extract(epoch FROM at) * 1000)::bigint
                FROM shipment WHERE (id, source) > (\(Holding.part(1)), \(Holding.part(2))) ORDER BY id, source LIMIT $2
                """),
        [
            .init(ShipmentDispatched.self) { told, event, _ in [line(told.shipment, "dispatched", event)] },
            .init(ShipmentDelayed.self) { told, event, _ in [line(told.shipment, "delayed", event)] },
            .init(ShipmentDelivered.self) { told, event, _ in [line(told.shipment, "delivered", event)] },
            .init(ShipmentReturned.self) { told, event, _ in [line(told.shipment, "returned", event)] },
        ])

    private static func line(_ shipment: Shipment, _ status: String, _ event: Event) -> ToldLine {
        ToldLine(
            [shipment.shipmentId, event.source].joined(separator: Holding.mark),
            "\(status) \(Int((shipment.at.timeIntervalSince1970 * 1000).rounded()))", .time(shipment.at))
    }
}
