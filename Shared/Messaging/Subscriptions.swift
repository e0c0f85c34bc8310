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

    /// The topics to read: those given, and those of the types heard.
    public private(set) var topics: [Topic] = []
    var handlers: [String: Handler] = [:]
    /// The types that have a handler, without versions.
    public var types: Set<String> { Set(handlers.keys) }

    /// `ce_source` of who listens; nil where it tells nothing.
    private let source: String?

    /// Listens to the topics of the types that are heard, and to these; `source` is `ce_source` of who listens.
    public init(_ topics: [Topic] = [], of source: String? = nil) {
        self.source = source
        for topic in topics { read(topic) }
    }

    /// The same handlers for what comes by other topics: for benchmarks and tests.
    public func reading(_ topics: [Topic]) -> Subscriptions {
        var others = self
        others.topics = topics.contains { $0.name.hasPrefix("crm.") } ? topics + [.subjectKeys] : topics
        return others
    }

    /// Where a topic is of our own services, the keys of sealed events are read too.
    private mutating func read(_ topic: Topic) {
        guard !topics.contains(topic) else { return }
        topics.append(topic)
        guard topic.name.hasPrefix("crm."), handlers[SubjectKeyChanged.type] == nil else { return }
        on(SubjectKeyChanged.self) { [source] in SubjectKeys.learn($0, of: source, $1) }
        handlers[SubjectKeyChanged.type]?.knowsOrder = true
    }

    /// Handles a type of event, after those who hear it already; types that nobody handles are skipped and counted.
    public mutating func on<T: EventData>(_ type: T.Type, _ apply: @escaping Apply<T>) {
        let step: Handler.Step = { items, transaction in
            try await apply(items.compactMap { $0 as? Received<T> }, transaction)
        }
        if let known = handlers[T.type] {
            precondition(known.data == ObjectIdentifier(T.self), "\(T.type) is read as two types")
            handlers[T.type]?.steps.append(step)
        } else {
            handlers[T.type] = Handler(
                data: ObjectIdentifier(T.self), version: T.version,
                decode: { event throws(JSONError) in Received(event: event, data: try event.data(as: T.self)) },
                steps: [step])
        }
        if let contract = EventContract.named(T.type) { read(contract.topic) }
    }

    @Loop
    struct Handler {
        typealias Step = @Loop ([any Sendable], Transaction) async throws -> Void
        let data: ObjectIdentifier
        let version: Int
        let decode: @Loop (Event) throws(JSONError) -> any Sendable
        /// In the order in which they were added.
        var steps: [Step]
        /// Whether the rows that it writes say themselves what is newest, so that no watermark is kept beside them.
        var knowsOrder = false

        func apply(_ items: [any Sendable], _ transaction: Transaction) async throws {
            for step in steps { try await step(items, transaction) }
        }
    }
}
