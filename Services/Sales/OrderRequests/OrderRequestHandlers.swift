import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// The ERP's answers to order requests, what becomes of its orders later, and its silence.
@Loop
enum OrderRequestHandlers {
    /// The timer that asks whether the ERP has answered; its key is the request.
    static let timer = "order-answer"

    /// Closes the loop for the orders that repeat the id of a request, and follows those that did before.
    static func follow(_ entries: [LedgerEntry], _ changes: [LedgerChange], _ transaction: Transaction) {
        let orders = entries.filter { $0.kind == .order }
        guard !orders.isEmpty else { return }
        let answering = orders.filter { $0.request != nil }
        answer(answering, transaction)
        // An order that answers needs not say so again when it is told anew. What was put aside and comes late may be older than what is
        // known: the ledger says whether it counts.
        var concerned = Replay.isLate ? [] : Set(answering.map(\.name))
        for change in changes where change.kind == .order && change.previous != nil {
            if !Replay.isLate || change.count != 0 || change.total != .zero { concerned.insert(change.name) }
        }
        if !concerned.isEmpty { alter(orders.filter { concerned.contains($0.name) }, transaction) }
    }

    /// The first order that repeats a request's id is its order.
    private static func answer(_ orders: [LedgerEntry], _ transaction: Transaction) {
        var first: [UUID: LedgerEntry] = [:]
        for order in orders {
            guard let request = order.request else { continue }
            first[request] = first[request] ?? order
        }
        guard !first.isEmpty else { return }
        let answers = first.sorted { $0.key < $1.key }
        let orders = answers.map(\.value)
        let keys = answers.map { $0.key.text }
        transaction.enqueue(OrderRequestStore.cancelTimers, timer, keys)
        transaction.enqueue(
            OrderRequestStore.answer, answers.map(\.key), orders.map(\.document.id), orders.map(\.document.at),
            orders.map(\.source), orders.map(\.document.customerNo), orders.map(\.document.number?.system),
            orders.map(\.form), answers.map { task("order-after-refusal", $0.key) })
        transaction.enqueue(TaskStore.closeReferences, timer, keys)
    }

    /// What the last state of each says that was not said before.
    private static func alter(_ orders: [LedgerEntry], _ transaction: Transaction) {
        var last: [BookName: LedgerEntry] = [:]
        for order in orders { last[order.name] = order }
        let list = last.sorted { $0.key < $1.key }.map(\.value)
        transaction.enqueue(
            OrderRequestStore.alter, list.map(\.document.id), list.map(\.source), list.map(\.form),
            list.map(\.isCancelled), list.map(\.document.total.units), list.map(\.document.currency),
            transaction.isPast)
    }

    static func overdue(_ timers: [DueTimer], _ transaction: Transaction) async throws {
        let requests = timers.compactMap { UUID(text: $0.key) }
        transaction.enqueue(OrderRequestStore.overdue, requests, requests.map { task(timer, $0) }, timer)
    }

    /// One task of a kind for each request, however often it is found out.
    static func task(_ kind: String, _ request: UUID) -> UUID { ExternalID.make("task", "\(kind):\(request.text)") }
}

extension LedgerEntry {
    /// The request that an order answers.
    var request: UUID? { document.correlationID.flatMap { UUID(text: $0) } }

    /// What counts of an order for who asked for it, as a short text that differs where that differs: what is sold, and for how much.
    var form: String {
        let lines = document.lines.map { "\($0.sku)\t\($0.quantity)\t\($0.unitPrice)" }.joined(separator: "\n")
        let text = "\(document.currency) \(document.total)\n\(lines)"
        return Base64.encode(SHA256.digest(Array(text.utf8)))
    }
}
