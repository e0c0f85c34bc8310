import CRMModel
import EventLoop
import Messaging
import ServiceKit

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
    subscriptions.onRedirects { redirects, transaction in Redirects.follow(redirects, in: transaction) }
    notificationsPersonalData.subscribe(ErasureOwners.Notifications.self, .notifications, &subscriptions)
    return subscriptions
}
