import CRMModel
import EventLoop
import Messaging
import ServiceKit

extension ContactsService {
    /// What contacts listens to, reading other topics: for measuring.
    @Loop
    package static func subscriptions(to topics: [Topic]) -> Subscriptions { contactsSubscriptions(topics) }
}

/// What contacts listens to.
@Loop
func contactsSubscriptions(
    _ topics: [Topic] = [
        .erpCustomers, .erpProducts, .erpOrders, .shipments, .interactions, .tickets, .notifications, .campaigns,
        .sales,
    ]
) -> Subscriptions {
    var subscriptions = Subscriptions(topics)
    subscriptions.on(CustomerUpserted.self, PartyHandlers.customersUpserted)
    subscriptions.onDocuments(ValueHandlers.apply)
    TimelineHandlers.subscribe(&subscriptions)
    Interactions.subscribe(&subscriptions)
    subscriptions.on(MessageSent.self) { events, transaction in
        TimelineHandlers.messages("message.sent", events.map(\.event), events.map(\.data.outcome), transaction)
        FactHandlers.messages(events, transaction)
    }
    subscriptions.on(ProductUpserted.self, FactHandlers.products)
    subscriptions.on(SurveyAnswered.self) { events, transaction in
        try await TimelineHandlers.surveysAnswered(events, transaction)
        try await FactHandlers.surveys(events, transaction)
    }
    subscriptions.on(CampaignCreated.self, FactHandlers.campaignsCreated)
    subscriptions.on(CampaignLaunched.self, FactHandlers.campaignsLaunched)
    subscriptions.on(CampaignCompleted.self, FactHandlers.campaignsCompleted)
    Erasure.subscribe(&subscriptions)
    Archive.subscribe(&subscriptions)
    return subscriptions
}
