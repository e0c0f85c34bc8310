import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// What a new life of notifications knows of the messages of those before: their outcomes, which it has told itself. A message that was
/// asked for and of which no outcome was told may have been sent or not; it is held until a person decides.
@Loop
enum MessageRecovery {
    /// What is held.
    nonisolated static let kind = "message"

    /// An outcome that was told.
    struct Told {
        let outcome: MessageOutcome
        /// `sent`, `failed` or `suppressed`; nil for what became of it afterwards.
        let status: String?
        let version: Int
        let at: Date

        init?<Fate: MessageFate>(_ told: Received<MessageTold<Fate>>, _ status: String?) {
            guard let version = told.event.sequence else { return nil }
            outcome = told.data.outcome
            self.status = status
            self.version = version
            at = told.event.time ?? Date()
        }
    }

    static func recover(_ subscriptions: inout Subscriptions) {
        subscriptions.on(
            [
                Heard(MessageSent.self) { Told($0, MessageFates.Sent.name) },
                Heard(MessageFailed.self) { Told($0, MessageFates.Failed.name) },
                Heard(MessageSuppressed.self) { Told($0, MessageFates.Suppressed.name) },
                Heard(MessageOpened.self) { Told($0, nil) }, Heard(MessageClicked.self) { Told($0, nil) },
            ], know)
    }

    /// Keeps outcomes, one for each key, and settles the messages that are there.
    private static func know(_ told: [Told], _ transaction: Transaction) {
        var byKey: [ExactText: (status: Told?, version: Int)] = [:]
        for one in told {
            let key = ExactText(one.outcome.deduplicationKey)
            let known = byKey[key]
            byKey[key] = (one.status == nil ? known?.status : one, max(one.version, known?.version ?? 0))
        }
        let ids = Dictionary(told.map { (ExactText($0.outcome.deduplicationKey), $0.outcome.messageId) }) { first, _ in
            first
        }
        let list = byKey.sorted { $0.key < $1.key }
        transaction.enqueue(
            MessageRecoveryStore.know, list.map(\.key.text), list.compactMap { ids[$0.key] }, list.map(\.value.version),
            list.map(\.value.status?.status), list.map(\.value.status?.outcome.reason),
            list.map { $0.value.status?.at ?? Date() })
    }

    /// Sends what is held, now: consent, suppression and time are looked at again when its turn comes.
    static func release(_ held: Held, _ transaction: Transaction) async throws {
        transaction.enqueue(MessageRecoveryStore.release, held.key)
    }

    /// Sends it never, and tells whoever asked for it so.
    static func discard(_ held: Held, _ transaction: Transaction) async throws {
        transaction.enqueue(MessageRecoveryStore.discard, held.key)
    }
}
