import CRMModel
import EventLoop
import Postgres

/// An event with its data read.
public struct Received<Data: EventData>: Sendable {
    /// The envelope.
    public let event: Event
    /// The data.
    public let data: Data
}

/// What a service listens to: topics, and for each event type the handler that applies many events of it at once.
@Loop
public struct Subscriptions {
    /// Applies events of one type, in order, inside the transaction that moves the offsets.
    public typealias Apply<T: EventData> = @Loop ([Received<T>], Transaction) async throws -> Void

    /// The topics to read.
    public let topics: [Topic]
    var handlers: [String: Handler] = [:]
    /// The types that have a handler, without versions.
    public var types: Set<String> { Set(handlers.keys) }

    /// Listens to topics; where one of them is of our own services, also to the keys of sealed events.
    public init(_ topics: [Topic]) {
        let isOurs = topics.contains { $0.name.hasPrefix("crm.") && $0 != .subjectKeys }
        self.topics = isOurs ? topics + [.subjectKeys] : topics
        if self.topics.contains(.subjectKeys) { on(SubjectKeyChanged.self, SubjectKeys.learn) }
        handlers[SubjectKeyChanged.type]?.knowsOrder = true
    }

    /// Handles a type of event; types that nobody handles are skipped and counted.
    public mutating func on<T: EventData>(_ type: T.Type, _ apply: @escaping Apply<T>) {
        handlers[T.type] = Handler(
            version: T.version,
            decode: { event throws(JSONError) in Received(event: event, data: try event.data(as: T.self)) },
            apply: { items, transaction in
                try await apply(items.compactMap { $0 as? Received<T> }, transaction)
            })
    }

    @Loop
    struct Handler {
        let version: Int
        let decode: @Loop (Event) throws(JSONError) -> any Sendable
        let apply: @Loop ([any Sendable], Transaction) async throws -> Void
        /// Whether the rows that it writes say themselves what is newest, so that no watermark is kept beside them.
        var knowsOrder = false
    }
}
