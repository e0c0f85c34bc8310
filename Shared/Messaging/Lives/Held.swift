import EventLoop
import FoundationEssentials
import Postgres

/// What a life before may have done or not, and nobody can know: it waits for a person, who releases or discards it.
public struct Held: Sendable {
    /// Its number.
    public let id: Int
    /// What of its kind it is: a message's id.
    public let key: String
    /// Whom it concerns.
    public let subject: String
    /// What was given with it.
    public let payload: String?
    /// When it was asked for.
    public let askedAt: Date

    /// Describes a deed; the routes and tests do.
    public init(id: Int, key: String, subject: String, payload: String?, askedAt: Date) {
        self.id = id
        self.key = key
        self.subject = subject
        self.payload = payload
        self.askedAt = askedAt
    }

    /// Does what was held, in the transaction that releases it.
    public typealias Release = @Loop @Sendable (Held, Transaction) async throws -> Void

    /// Holds something; what of its kind was held or settled before stays as it is.
    ///
    /// - Parameters:
    ///   - kind: what kind of deed, `message`.
    ///   - key: which one of the kind.
    ///   - subject: whom it concerns, so that an erasure finds it.
    ///   - payload: what the release needs.
    ///   - cause: why nobody can know, for the person who decides.
    ///   - askedAt: when it was asked for.
    @Loop
    public static func keep(
        _ kind: String, key: String, subject: String, payload: String?, cause: String, askedAt: Date,
        in transaction: Transaction
    ) {
        transaction.enqueue(HeldStore.keep, kind, key, subject, payload, cause, askedAt)
    }
}
