import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// What notifications does with requests.
@Loop
enum MessageHandlers {
    /// Takes requests in; of those with one deduplication key the first is kept, and the others have no effect.
    ///
    /// Each is of the time at which it was asked for: a mail that is made again is then the same to the last byte, in whatever database.
    static func requested(
        _ requests: [(data: MessageRequested, at: Date?)], _ transaction: Transaction
    ) throws {
        var first: [ExactText: (data: MessageRequested, at: Date?)] = [:]
        for request in requests where first[ExactText(request.data.deduplicationKey)] == nil {
            first[ExactText(request.data.deduplicationKey)] = request
        }
        let asked = first.sorted { $0.key < $1.key }.map(\.value)
        guard !asked.isEmpty else { return }
        let list = asked.map(\.data)
        // What was asked for before this life is not sent again.
        let taken = transaction.isPast ? MessageRecoveryStore.derive : MessageStore.queue
        transaction.enqueue(
            taken, list.map(\.messageId), list.map(\.deduplicationKey), list.map(\.recipientId),
            list.map(\.channel), list.map(\.address), list.map(\.template), list.map(\.language),
            try list.map { SQLJSON(Array(try ModelJSON.text($0.data).utf8)) },
            // What does not say that it must be sent may be held back.
            list.map { $0.purpose == "transactional" ? "transactional" : "marketing" }, list.map(\.notBefore),
            list.map(\.expiresAt), asked.map(\.at))
    }
}
