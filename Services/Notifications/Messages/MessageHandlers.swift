import CRMModel
import EventLoop
import FoundationEssentials
import Postgres

/// What notifications does with requests.
@Loop
enum MessageHandlers {
    /// Takes requests in; of those with one deduplication key the first is kept, and the others have no effect.
    static func requested(_ requests: [MessageRequested], _ transaction: Transaction) throws {
        var first: [String: MessageRequested] = [:]
        for request in requests where first[request.deduplicationKey] == nil {
            first[request.deduplicationKey] = request
        }
        let list = first.values.sorted { $0.deduplicationKey < $1.deduplicationKey }
        guard !list.isEmpty else { return }
        transaction.enqueue(
            MessageStore.queue, list.map(\.messageId), list.map(\.deduplicationKey), list.map(\.recipientId),
            list.map(\.channel), list.map(\.address), list.map(\.template), list.map(\.language),
            try list.map { SQLJSON(Array(try ModelJSON.text($0.data).utf8)) },
            // What does not say that it must be sent may be held back.
            list.map { $0.purpose == "transactional" ? "transactional" : "marketing" }, list.map(\.notBefore),
            list.map(\.expiresAt))
    }
}
