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
    subscriptions.onDocuments(AccountHandlers.apply)
    subscriptions.onRedirects(MergeHandlers.follow)
    salesPersonalData.subscribe(ErasureOwners.Sales.self, .sales, &subscriptions)
    return subscriptions
}
