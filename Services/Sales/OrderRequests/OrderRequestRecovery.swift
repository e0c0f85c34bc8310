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
        settled(RequestedOrderChanged.self, &subscriptions) {
            Settled($0.requestId, $0.quoteId, $0.partyId, "changed", order: $0.orderId)
        }
        settled(RequestedOrderCancelled.self, &subscriptions) {
            Settled($0.requestId, $0.quoteId, $0.partyId, "cancelled", order: $0.orderId)
        }
        settled(OrderRequestRefused.self, &subscriptions) {
            Settled($0.requestId, $0.quoteId, $0.partyId, "refused", reason: $0.reason)
        }
        subscriptions.on(OrderConfirmed.self) { told, transaction in
            for one in told {
                let order = one.data
                transaction.enqueue(
                    OrderRequestStore.confirmed, order.requestId, order.quoteId, order.partyId, order.orderId,
                    one.event.time ?? Date(), one.event.sequence ?? 2, order.source)
            }
        }
    }

    /// What became of a request.
    private struct Settled {
        let request: UUID
        let quote: UUID
        let party: UUID
        let status: String
        let order: String?
        let reason: String?

        init(
            _ request: UUID, _ quote: UUID, _ party: UUID, _ status: String, order: String? = nil, reason: String? = nil
        ) {
            (self.request, self.quote, self.party, self.status) = (request, quote, party, status)
            (self.order, self.reason) = (order, reason)
        }
    }

    private static func settled<T: EventData>(
        _ type: T.Type, _ subscriptions: inout Subscriptions, _ read: @escaping @Sendable (T) -> Settled
    ) {
        subscriptions.on(type) { told, transaction in
            for one in told {
                guard let version = one.event.sequence else { continue }
                let state = read(one.data)
                transaction.enqueue(
                    OrderRequestStore.settled, state.request, state.quote, state.party, state.status, state.order,
                    state.reason, one.event.time ?? Date(), version)
            }
        }
    }

    private static func asked(_ request: OrderRequested, _ at: Date, _ transaction: Transaction) {
        transaction.enqueue(
            OrderRequestStore.asked, request.requestId, request.quoteId, request.partyId, at, request.owner)
        transaction.enqueue(OrderRequestStore.forget, request.requestId.text)
    }
}
