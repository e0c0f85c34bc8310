import CRMModel
import EventLoop
import FoundationEssentials
import Postgres

/// A reaction that waits for a fact of another topic: what is to be done is known, and what it needs is not told yet.
public struct Intent: Sendable {
    /// Whose fact it waits for: a party's id, for one.
    public let key: String
    /// What it is for; of one kind it waits once.
    public let subject: String
    /// What was given with it.
    public let payload: String?

    /// Describes an intent; the runner and tests do.
    public init(key: String, subject: String, payload: String? = nil) {
        self.key = key
        self.subject = subject
        self.payload = payload
    }
}

/// What brings facts: the events that tell them, and whose they are.
///
/// Each event brings the looks of those who wait forward, in its own transaction; the reaction follows in another, so that its fault is
/// never the event's.
public struct IntentFact: Sendable {
    typealias Note = @Loop (_ keys: [String], Transaction) -> Void
    /// Two facts of one name are one.
    let name: String
    let listen: @Loop @Sendable (inout Subscriptions, @escaping Note) -> Void

    /// Names facts that events of one type bring.
    public init<T: EventData>(_ type: T.Type, key: @escaping @Loop @Sendable (T) -> String) {
        name = T.type
        listen = { subscriptions, note in
            subscriptions.on(type) { events, transaction in note(events.map { key($0.data) }, transaction) }
        }
    }
}

/// A kind of reactions that wait: for what, for how long, and what happens then.
public struct IntentKind: Sendable {
    /// Does what waited where its fact is there now, in the transaction that ends the waiting, and gives those back that go on waiting.
    public typealias Resume = @Loop @Sendable ([Intent], Transaction) async throws -> [Intent]
    /// Tells that what waited is given up, in the transaction that ends the waiting, and gives those back that it could not get at.
    public typealias Expire = @Loop @Sendable ([Intent], Transaction) async throws -> [Intent]

    /// `survey`.
    public let name: String
    /// How long it waits.
    public let bound: Duration
    let facts: [IntentFact]
    let resume: Resume
    let expire: Expire

    /// Describes a kind.
    public init(
        _ name: String, within bound: Duration, for facts: [IntentFact], resume: @escaping Resume,
        expire: @escaping Expire
    ) {
        self.name = name
        self.bound = bound
        self.facts = facts
        self.resume = resume
        self.expire = expire
    }
}

/// Parks reactions inside the transaction of the event or command that calls for them.
///
/// Look for the fact first and park what misses it. A fact that another process tells at the same moment is seen by neither of the two; so
/// each intent is looked at again a second later, and then with pauses that grow with its age.
public enum Intents {
    /// Parks one; where one of its kind and subject waits already, that one does.
    @Loop
    public static func park(_ kind: IntentKind, _ intent: Intent, in transaction: Transaction) {
        transaction.enqueue(
            IntentStore.park, kind.name, intent.key, intent.subject, intent.payload, kind.bound.seconds)
    }

    /// `INSERT INTO intent … SELECT …` for statements that react to many at once: complete it with `FROM`.
    ///
    /// - Parameters:
    ///   - kind: the kind's name.
    ///   - bound: SQL of the seconds that it waits.
    ///   - key, subject, payload: SQL of texts.
    public static func insert(
        _ kind: String, within bound: String, key: String, subject: String, payload: String = "NULL::text"
    ) -> String {
        """
        INSERT INTO intent (kind, key, subject, payload, look_at, expires_at)
        SELECT '\(kind)', \(key), \(subject), \(payload), clock_timestamp() + interval '1 second',
            clock_timestamp() + make_interval(secs => \(bound))
        """
    }
}
