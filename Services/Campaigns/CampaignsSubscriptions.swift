import CRMModel
import EventLoop
import Messaging
import ServiceKit

/// What campaigns listens to.
@Loop
func campaignsSubscriptions(_ clock: SegmentClock) -> Subscriptions {
    var subscriptions = Subscriptions([.erpOrders, .erpProducts, .contacts, .notifications])
    let orders = OrderHandlers(clock: clock)
    subscriptions.onDocuments(orders.apply)
    // Instead of the above: a placed order moves the clock too.
    subscriptions.on(OrderPlaced.self, orders.placed)
    subscriptions.on(ProductUpserted.self, ProductHandlers.upserted)
    subscriptions.on(ProductDiscontinued.self, ProductHandlers.discontinued)
    subscriptions.on(PartyCreated.self, MemberHandlers.partiesCreated)
    subscriptions.on(PartyChanged.self, MemberHandlers.partiesChanged)
    subscriptions.on(ConsentChanged.self, MemberHandlers.consentsChanged)
    subscriptions.on(BenefitChanged.self, BenefitHandlers(clock: clock).changed)
    subscriptions.on(MessageSent.self, RecipientHandlers.sent)
    subscriptions.on(MessageDelivered.self, RecipientHandlers.delivered)
    subscriptions.on(MessageBounced.self, RecipientHandlers.bounced)
    subscriptions.on(MessageFailed.self, RecipientHandlers.failed)
    subscriptions.on(MessageSuppressed.self, RecipientHandlers.suppressed)
    subscriptions.onRedirects(MergeHandlers(clock: clock).follow)
    campaignsPersonalData.subscribe(ErasureOwners.Campaigns.self, .campaigns, &subscriptions)
    return subscriptions
}
