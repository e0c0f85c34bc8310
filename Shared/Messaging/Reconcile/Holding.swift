import CRMModel
import EventLoop
import FoundationEssentials
import Kafka
import Postgres

/// What a service holds of what others tell on a topic, a line of text for each thing, so that it can be held against that topic.
public struct Holding: Sendable {
    /// What it is of: `products`.
    public let name: String
    /// Where it is told.
    public let topic: Topic
    /// The things that the service holds, in order of key and behind one: keys and lines.
    public let page: Query<(String, Int), (String, String)>
    /// Whether the service knows such things from this topic alone.
    let isWhole: Bool
    let says: [String: Says]
    let ends: @Sendable (String) -> [String]

    /// A type of event, and what it says of things.
    public struct Heard: Sendable {
        let type: String
        let says: Says

        /// Says what an event tells of things; it is given the lines that are known so far.
        public init<T: EventData>(
            _ type: T.Type, _ says: @escaping @Sendable (T, Event, HoldingBook) throws -> [ToldLine]
        ) {
            self.type = type.type
            self.says = { event, book in try says(try event.data(as: type), event, book) }
        }
    }

    typealias Says = @Sendable (Event, HoldingBook) throws -> [ToldLine]

    /// Describes what is held; `ends` gives the keys of the things that end with a tombstone of a message's key.
    public init(
        _ name: String, on topic: Topic, isWhole: Bool = true, page: Query<(String, Int), (String, String)>,
        ends: @escaping @Sendable (String) -> [String] = { [$0] }, _ heard: [Heard]
    ) {
        self.name = name
        self.topic = topic
        self.isWhole = isWhole
        self.page = page
        self.ends = ends
        says = Dictionary(heard.map { ($0.type, $0.says) }) { first, _ in first }
    }

    /// What parts the keys of a thing that has several; SQL: `E'\x1f'`.
    public static let mark = "\u{1F}"

    /// SQL: a part, counted from 1, of the key that a page begins behind.
    public static func part(_ number: Int) -> String { "split_part($1, E'\\x1f', \(number))" }

    /// SQL: the id that a page begins behind.
    public static let idBehind = "coalesce(nullif(\(part(1)), ''), '00000000-0000-0000-0000-000000000000')::uuid"
}

/// What an event says of a thing.
public struct ToldLine: Sendable {
    let key: String
    let text: String?
    let rank: Rank

    /// Which of several words on a thing counts: the greatest, the later one of equals where `isLast`.
    public enum Rank: Sendable {
        /// The one told last.
        case last
        /// By a time that the event speaks of; of those of one time any may count. A refusal comes before a grant of the same time.
        case time(Date, isRefusal: Bool = false)
    }

    /// Says how a thing stands; without a text nothing is to be held of it.
    public init(_ key: String, _ text: String?, _ rank: Rank = .last) {
        self.key = key
        self.text = text
        self.rank = rank
    }
}
