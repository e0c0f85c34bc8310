import CRMModel
import EventLoop
import Messaging

/// What notifications listens to.
@Loop
func notificationsSubscriptions() -> Subscriptions {
    var subscriptions = Subscriptions([.notificationRequests, .contacts])
    subscriptions.on(MessageRequested.self) { events, transaction in
        try MessageHandlers.requested(events.map(\.data), transaction)
    }
    subscriptions.on(ConsentChanged.self) { events, transaction in
        WithdrawalHandlers.consentsChanged(events.map(\.data), transaction)
    }
    return subscriptions
}
