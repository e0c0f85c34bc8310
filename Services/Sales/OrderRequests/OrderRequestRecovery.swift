import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// What a new life of sales knows of the orders that those before have asked the ERP for: what was asked is not asked again, and what was
/// answered waits for no answer.
@Loop
enum OrderRequestRecovery {
    static func recover(_ subscriptions: inout Subscriptions) {
        subscriptions.on(OrderRequested.self) { told, transaction in
            for one in told { asked(one.data, one.event.time ?? Date(), transaction) }
        }
        subscriptions.on(OrderConfirmed.self) { told, transaction in
            for one in told {
                let order = one.data
                transaction.enqueue(
                    OrderRequestStore.confirmed, order.requestId, order.quoteId, order.partyId, order.orderId,
                    one.event.time ?? Date(), one.event.sequence ?? 2)
            }
        }
    }

    private static func asked(_ request: OrderRequested, _ at: Date, _ transaction: Transaction) {
        transaction.enqueue(OrderRequestStore.asked, request.requestId, request.quoteId, request.partyId, at)
        transaction.enqueue(OrderRequestStore.forget, request.requestId.text)
    }
}
