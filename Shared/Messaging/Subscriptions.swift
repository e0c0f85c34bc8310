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
    /// Applies events, in order, inside the transaction that moves the offsets.
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
        if !Topic.isOutside(topic.name), handlers[KeyEnded.type] == nil { on(KeyEnded.self, EndedKeys.hear) }
        guard topic.name.hasPrefix("crm."), handlers[SubjectKeyChanged.type] == nil else { return }
        on(SubjectKeyChanged.self) { [source] in SubjectKeys.learn($0, of: source, $1) }
        handlers[SubjectKeyChanged.type]?.knowsOrder = true
    }

    /// Handles a type of event, after those who hear it already; types that nobody handles are skipped and counted.
    public mutating func on<T: EventData>(_ type: T.Type, _ apply: @escaping Apply<T>) {
        on([Heard(type) { $0 }], apply)
    }

    /// Handles several types of events in one call for each batch, in the order in which they came, after those who hear one of them
    /// already.
    ///
    /// What locks the same rows for several types belongs here: two calls would lock two sets, which two processes may take crosswise.
    ///
    /// - Parameters:
    ///   - isFirst: whether it is called before all others: what it locks comes before what they lock.
    ///   - foresee: told before anybody is called, so that it can note what it is going to lock.
    public mutating func on<Item>(
        _ types: [Heard<Item>], isFirst: Bool = false, foresee: (@Loop ([Item], Transaction) -> Void)? = nil,
        _ apply: @escaping @Loop ([Item], Transaction) async throws -> Void
    ) {
        let readers = Dictionary(types.map { ($0.data, $0.item) }) { first, _ in first }
        func items(_ all: [any Sendable]) -> [Item] { all.compactMap { readers[ObjectIdentifier(type(of: $0))]?($0) } }
        let step: Group.Step = { all, transaction in
            let mine = items(all)
            if !mine.isEmpty { try await apply(mine, transaction) }
        }
        var notes: [Group.Note] = []
        if let foresee {
            notes.append { all, transaction in
                let mine = items(all)
                if !mine.isEmpty { foresee(mine, transaction) }
            }
        }
        // Those who hear one of the types already are called with all of them from now on.
        var groups: [Group] = []
        for type in types {
            guard let group = handlers[type.type]?.group, !groups.contains(where: { $0 === group }) else { continue }
            groups.append(group)
        }
        let whole = Group(
            isFirst: isFirst || groups.contains(where: \.isFirst), steps: groups.flatMap(\.steps) + [step],
            notes: groups.flatMap(\.notes) + notes)
        for (type, handler) in handlers where groups.contains(where: { $0 === handler.group }) {
            handlers[type]?.group = whole
        }
        for type in types {
            if let known = handlers[type.type] {
                precondition(known.data == type.data, "\(type.type) is read as two types")
            } else {
                handlers[type.type] = Handler(
                    data: type.data, version: type.version, contract: EventContract.named(type.type),
                    decode: type.decode, group: whole)
            }
            if let contract = EventContract.named(type.type) { read(contract.topic) }
        }
    }

    /// Hears that keys of a compacted topic were ended by messages without data of a type, each behind all that was told of its key before.
    ///
    /// - Parameter type: what the message says that it is, without a version.
    public mutating func onEnd(_ type: String, _ apply: @escaping @Loop ([Event], Transaction) async throws -> Void) {
        precondition(handlers[type] == nil, "\(type) is heard already")
        let step: Group.Step = { all, transaction in try await apply(all.compactMap { $0 as? Event }, transaction) }
        handlers[type] = Handler(
            data: ObjectIdentifier(Event.self), version: 1, contract: nil, decode: { event in event },
            group: Group(isFirst: false, steps: [step], notes: []))
    }

    /// How events of a type are read, and who is called with them.
    @Loop
    struct Handler {
        let data: ObjectIdentifier
        let version: Int
        /// Nil for what is no event of the suite, as in tests.
        let contract: EventContract?
        let decode: @Loop (Event) throws(JSONError) -> any Sendable
        var group: Group
        /// Whether the rows that it writes say themselves what is newest, so that no watermark is kept beside them.
        var knowsOrder = false
    }

    /// Those who are called together with the events of some types.
    @Loop
    final class Group {
        typealias Step = @Loop ([any Sendable], Transaction) async throws -> Void
        typealias Note = @Loop ([any Sendable], Transaction) -> Void
        let isFirst: Bool
        /// In the order in which they were added.
        let steps: [Step]
        let notes: [Note]

        init(isFirst: Bool, steps: [Step], notes: [Note]) {
            self.isFirst = isFirst
            self.steps = steps
            self.notes = notes
        }

        func apply(_ items: [any Sendable], _ transaction: Transaction) async throws {
            for step in steps { try await step(items, transaction) }
        }

        /// Has those who are called note what they are going to lock.
        func foresee(_ items: [any Sendable], _ transaction: Transaction) {
            for note in notes { note(items, transaction) }
        }
    }
}

/// A type of event as one of several that are handled together, each read as the same kind of item.
public struct Heard<Item> {
    let type: String
    let version: Int
    let data: ObjectIdentifier
    let decode: @Loop (Event) throws(JSONError) -> any Sendable
    let item: @Loop (any Sendable) -> Item?

    /// Hears a type of event and makes an item of it; nil leaves it out.
    @Loop
    public init<T: EventData>(_ type: T.Type, _ item: @escaping @Loop (Received<T>) -> Item?) {
        self.type = T.type
        version = T.version
        data = ObjectIdentifier(Received<T>.self)
        decode = { event throws(JSONError) in Received(event: event, data: try event.data(as: T.self)) }
        self.item = { ($0 as? Received<T>).flatMap(item) }
    }

    private init<Other>(_ other: Heard<Other>, _ item: @escaping @Loop (any Sendable) -> Item?) {
        type = other.type
        version = other.version
        data = other.data
        decode = other.decode
        self.item = item
    }

    /// The same events, read as another kind of item.
    public func map<T>(_ transform: @escaping @Loop (Item) -> T?) -> Heard<T> {
        Heard<T>(self) { [item] in item($0).flatMap { transform($0) } }
    }
}
