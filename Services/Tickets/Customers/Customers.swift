import CRMModel
import Messaging
import Postgres
import ServiceKit

extension Capability {
    /// What is known of whoever calls.
    static let customers = Capability(
        "customers", "what is known of whoever calls",
        migrations: [CustomerSchema.told, CustomerSchema.sources, CustomerSchema.addresses],
        statements: CustomerStore.statements,
        readModels: [
            ReadModel("customer"), ReadModel("customer_address"),
            // What was recorded before states were kept apart has those alone that count.
            ReadModel(
                "customer_order",
                equal: """
                    SELECT (id, party_id, status, placed_at, currency, total, is_cancelled)::text FROM customer_order o
                    WHERE \(CustomerStore.counts)
                    """),
            ReadModel(
                "shipment",
                equal: """
                    SELECT (id, party_id, order_id, status, at, carrier, expected_at, reason)::text FROM shipment
                    """, person: "party_id"),
        ],
        // Of persons who were erased nothing is known any more; the carriers' topic tells still why their parcels were late.
        erased: """
            SELECT s.party_id FROM shipment s
            WHERE s.party_id IS NOT NULL AND NOT EXISTS (SELECT FROM customer c WHERE c.party_id = s.party_id)
            """,
        standings: [
            .assertion("customer"), .assertion("customer_address"), .fact("customer_order"), .fact("shipment"),
        ],
        holdings: CustomerHoldingStore.all
    ) { context in
        CapabilityParts(
            routes: callerCardRoutes(context),
            listen: {
                $0.on(PartyCreated.self) { events, transaction in
                    CustomerHandlers.known(events.map(\.data.party), transaction)
                }
                $0.on(PartyChanged.self) { events, transaction in
                    CustomerHandlers.known(events.map(\.data.party), transaction)
                }
                $0.on(PartyRemoved.self) { events, transaction in
                    transaction.enqueue(CustomerStore.end, events.map(\.data.partyId))
                }
                $0.onOrders { CustomerHandlers.ordered($0, $1) }
                CustomerHandlers.subscribeToShipments(&$0)
            }, orphans: CustomerHandlers.end)
    }
}
