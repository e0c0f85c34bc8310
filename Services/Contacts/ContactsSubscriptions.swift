import CRMModel
import EventLoop
import Messaging

/// What contacts listens to.
@Loop
func contactsSubscriptions(
    _ topics: [Topic] = [
        .erpCustomers, .erpProducts, .erpOrders, .shipments, .tickets, .notifications, .campaigns,
    ]
) -> Subscriptions {
    var subscriptions = Subscriptions(topics)
    subscriptions.on(CustomerUpserted.self, PartyHandlers.customersUpserted)
    subscriptions.on(OrderPlaced.self, ValueHandlers.ordersPlaced)
    subscriptions.on(OrderChanged.self, ValueHandlers.ordersChanged)
    subscriptions.on(OrderCancelled.self, ValueHandlers.ordersCancelled)
    subscriptions.on(CreditIssued.self, ValueHandlers.creditsIssued)
    subscriptions.on(InvoiceIssued.self, ValueHandlers.invoicesIssued)
    subscriptions.on(PaymentReceived.self, ValueHandlers.paymentsReceived)
    subscriptions.on(ShipmentDispatched.self, TimelineHandlers.dispatched)
    subscriptions.on(ShipmentDelayed.self, TimelineHandlers.delayed)
    subscriptions.on(ShipmentDelivered.self, TimelineHandlers.delivered)
    subscriptions.on(ShipmentReturned.self, TimelineHandlers.returned)
    subscriptions.on(TicketOpened.self, TimelineHandlers.ticketsOpened)
    subscriptions.on(TicketResolved.self, TimelineHandlers.ticketsResolved)
    subscriptions.on(MessageSent.self) { events, transaction in
        try await TimelineHandlers.messagesSent(events, transaction)
        FactHandlers.messages(events, transaction)
    }
    subscriptions.on(ProductUpserted.self, FactHandlers.products)
    subscriptions.on(SurveyAnswered.self, FactHandlers.surveys)
    subscriptions.on(CampaignCreated.self, FactHandlers.campaignsCreated)
    subscriptions.on(CampaignLaunched.self, FactHandlers.campaignsLaunched)
    subscriptions.on(CampaignCompleted.self, FactHandlers.campaignsCompleted)
    return subscriptions
}
