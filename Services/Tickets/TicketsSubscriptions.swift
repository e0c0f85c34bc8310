import CRMModel
import EventLoop
import Messaging
import ServiceKit

/// What tickets listens to.
@Loop
func ticketsSubscriptions() -> Subscriptions {
    var subscriptions = Subscriptions([.shipments, .contacts, .erpOrders])
    subscriptions.on(ShipmentDispatched.self) { events, transaction in
        CustomerHandlers.shipped(events.map(\.data.shipment), "dispatched", transaction)
    }
    subscriptions.on(ShipmentDelayed.self) { events, transaction in
        let shipments = events.map(\.data.shipment)
        CustomerHandlers.shipped(shipments, "delayed", transaction)
        ShipmentHandlers.delayed(shipments, transaction)
    }
    subscriptions.on(ShipmentDelivered.self) { events, transaction in
        CustomerHandlers.shipped(events.map(\.data.shipment), "delivered", transaction)
    }
    subscriptions.on(ShipmentReturned.self) { events, transaction in
        let shipments = events.map(\.data.shipment)
        CustomerHandlers.shipped(shipments, "returned", transaction)
        ShipmentHandlers.returned(shipments, transaction)
    }
    subscriptions.on(PartyCreated.self) { events, transaction in
        CustomerHandlers.known(events.map(\.data.party), transaction)
    }
    subscriptions.on(PartyChanged.self) { events, transaction in
        CustomerHandlers.known(events.map(\.data.party), transaction)
    }
    subscriptions.onOrders { CustomerHandlers.ordered($0, $1) }
    subscriptions.onRedirects { redirects, transaction in Redirects.follow(redirects, in: transaction) }
    ticketsPersonalData.subscribe(ErasureOwners.Tickets.self, .tickets, &subscriptions)
    return subscriptions
}
