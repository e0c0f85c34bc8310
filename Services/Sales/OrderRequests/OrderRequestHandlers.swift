import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// The ERP's answers to order requests, and their absence.
@Loop
enum OrderRequestHandlers {
    /// The timer that asks whether the ERP has answered; its key is the request.
    static let timer = "order-answer"

    /// Closes the loop for the orders that repeat the id of a request.
    static func answer(_ orders: [ERPDocument], _ transaction: Transaction) {
        var first: [UUID: ERPDocument] = [:]
        for order in orders {
            guard let request = order.correlationID.flatMap({ UUID(text: $0) }) else { continue }
            first[request] = first[request] ?? order
        }
        guard !first.isEmpty else { return }
        let answers = first.sorted { $0.key < $1.key }
        let keys = answers.map { $0.key.text }
        transaction.enqueue(OrderRequestStore.cancelTimers, timer, keys)
        transaction.enqueue(
            OrderRequestStore.answer, answers.map(\.key), answers.map(\.value.id), answers.map(\.value.at))
        transaction.enqueue(TaskStore.closeReferences, timer, keys)
    }

    static func overdue(_ timers: [DueTimer], _ transaction: Transaction) async throws {
        let requests = timers.compactMap { UUID(text: $0.key) }
        // One task for each, however often it is found out.
        let tasks = requests.map { ExternalID.make("task", "\(timer):\($0.text)") }
        transaction.enqueue(OrderRequestStore.overdue, requests, tasks, timer)
    }
}
