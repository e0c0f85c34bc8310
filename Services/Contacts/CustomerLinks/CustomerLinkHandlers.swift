import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// Notes what ERPs say of whose a number is. Nothing is tied here: that takes locks in an order of its own.
@Loop
enum CustomerLinkHandlers {
    static func subscribe(_ subscriptions: inout Subscriptions) {
        // In one call, as they come under one key, and with all else that is heard of sales.
        subscriptions.on([
            Heard(OrderRequested.self) { Told(asked: $0.data) },
            Heard(OrderConfirmed.self) { Told(confirmed: $0.data) },
        ]) { told, transaction in
            let asked = told.compactMap(\.asked)
            if !asked.isEmpty {
                transaction.enqueue(CustomerLinkStore.ask, asked.map(\.requestId), asked.map(\.partyId))
            }
            claim(told.compactMap { $0.confirmed.flatMap { CustomerClaim($0) } }, transaction)
        }
        subscriptions.on(CustomerUpserted.self) { events, transaction in
            claim(events.flatMap { CustomerClaim.all(of: $0.data) }, transaction)
            transaction.enqueue(CustomerLinkStore.toldAnew, events.map(\.data.partyID))
        }
    }

    /// What sales tells of a request.
    private struct Told {
        var asked: OrderRequested?
        var confirmed: OrderConfirmed?
    }

    private static func claim(_ claims: [CustomerClaim], _ transaction: Transaction) {
        guard !claims.isEmpty else { return }
        transaction.enqueue(
            CustomerLinkStore.claim, claims.map(\.number.system), claims.map(\.number.number), claims.map(\.claimant),
            claims.map(\.request), claims.map(\.party))
    }
}

/// That a number is a party of ours, or the buyer of a request.
struct CustomerClaim {
    let number: CustomerNumber
    let request: UUID?
    let party: UUID?

    /// What makes it another claim of the number: whoever takes a tie back is asked anew by another order only.
    var claimant: String { request?.text ?? party?.text ?? "" }

    /// By an order that answers a request; nil where the order is of nobody, or of the buyer's own number.
    init?(_ order: OrderConfirmed) {
        guard let number = CustomerNumber(order.customerNo, of: order.customerSystem), number.party != order.partyId
        else { return nil }
        self.number = number
        (request, party) = (order.requestId, order.partyId)
    }

    private init(_ number: CustomerNumber, request: UUID? = nil, party: UUID? = nil) {
        (self.number, self.request, self.party) = (number, request, party)
    }

    /// By a customer's record.
    static func all(of customer: CustomerUpserted) -> [CustomerClaim] {
        guard let number = customer.number else { return [] }
        var claims: [CustomerClaim] = []
        if let party = customer.partyId, party != number.party { claims.append(CustomerClaim(number, party: party)) }
        if let request = customer.correlationId.flatMap({ UUID(text: $0) }) {
            claims.append(CustomerClaim(number, request: request))
        }
        return claims
    }
}
