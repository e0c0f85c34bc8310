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
        standings: [.assertion("customer"), .assertion("customer_address"), .fact("customer_order"), .fact("shipment")]
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
