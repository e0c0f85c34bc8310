import CRMModel
import EventLoop
import Messaging
import ServiceKit

/// What sales listens to.
@Loop
func salesSubscriptions() -> Subscriptions {
    var subscriptions = Subscriptions([.contacts, .erpOrders])
    subscriptions.on(PartyCreated.self, AccountHandlers.partiesCreated)
    subscriptions.on(PartyChanged.self, AccountHandlers.partiesChanged)
    subscriptions.on(OrderPlaced.self, AccountHandlers.ordersPlaced)
    subscriptions.on(OrderChanged.self, AccountHandlers.ordersChanged)
    subscriptions.on(OrderCancelled.self, AccountHandlers.ordersCancelled)
    subscriptions.on(CreditIssued.self, AccountHandlers.creditsIssued)
    subscriptions.on(InvoiceIssued.self, AccountHandlers.invoicesIssued)
    subscriptions.on(PaymentReceived.self, AccountHandlers.paymentsReceived)
    subscriptions.onRedirects(MergeHandlers.follow)
    salesPersonalData.subscribe(ErasureOwners.Sales.self, .sales, &subscriptions)
    return subscriptions
}
