import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// Order requests whose buyer contacts has not told of yet: asked without his number the ERP makes a second customer of him, so they wait.
/// The ERP's time to answer runs all the same.
@Loop
enum WaitingRequests {
    /// Those who wait; the payload is what the ERP is told. At the bound it is asked without the number, which it then gives.
    static let kind = IntentKind("order-request", within: .seconds(900), for: IntentFact.party) {
        intents, transaction in
        try await tell(intents, isLast: false, in: transaction)
    } expire: { intents, transaction in
        try await tell(intents, isLast: true, in: transaction)
    }

    static func park(_ request: OrderRequested, in transaction: Transaction) throws {
        Intents.park(
            kind,
            Intent(
                key: request.partyId.text, subject: request.requestId.text, payload: try ModelJSON.text(request)),
            in: transaction)
    }

    /// Tells of those whose buyer is known, or of all, and gives those that wait on.
    private static func tell(_ intents: [Intent], isLast: Bool, in transaction: Transaction) async throws -> [Intent] {
        let requests = try intents.map { intent in
            try ModelJSON.decoder.decode(OrderRequested.self, from: Data((intent.payload ?? "").utf8))
        }
        var left: [Intent] = []
        var states: [UUID: (isAnswered: Bool, isKnown: Bool, contact: (name: String?, email: String?))] = [:]
        for (id, isAnswered, isKnown, name, email) in try await transaction.rows(
            OrderRequestStore.waiting, requests.map(\.requestId))
        {
            states[id] = (isAnswered, isKnown, (name, email))
        }
        for (intent, request) in zip(intents, requests) {
            guard let state = states[request.requestId], state.isKnown || state.isAnswered || isLast else {
                left.append(intent)
                continue
            }
            if state.isAnswered { continue }
            let buyer = try await Buyer.find(request.partyId, in: transaction)
            try OrderRequestCommands.tell(request, of: buyer, state.contact, in: transaction)
        }
        return left
    }
}
