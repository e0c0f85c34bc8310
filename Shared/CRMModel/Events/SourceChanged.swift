import FoundationEssentials

/// A service has begun a life, or come further in it. Each message tells all its lives, in order.
public struct SourceChanged: EventData, Codable {
    /// `messaging.source.changed`.
    public static let type = "messaging.source.changed"
    /// `ce_source` of the service.
    public let source: String
    /// Its lives; the last one is the one that speaks.
    public let lives: [SourceLife]
    /// Tells of lives.
    public init(source: String, lives: [SourceLife]) {
        self.source = source
        self.lives = lives
    }
}

/// A life of a service's schema, as others see it.
public struct SourceLife: Codable, Sendable, Equatable {
    /// `ce_epoch` of what it tells.
    public let epoch: Int
    /// Tells lives of one epoch apart.
    public let incarnation: UUID
    /// `first`, `empty` or `restored`.
    public let cause: String
    /// When it began.
    public let begunAt: Date
    /// Which database has it: of two with one life, one is a copy.
    public let home: String
    /// Where the service's own topics ended when it began: what lives before it wrote behind these is void.
    public let ends: [TopicEnds]
    /// Where they ended when it had told all that it knows; nil until then.
    public let whole: [TopicEnds]?
    /// None, where the life tells of each key that it does not know any more by a closing word (`KeyEnded`); nil where it has told again
    /// all that it knows, and what it has not told is not known. Programs of before named keys here.
    public let gone: [String]?
    /// Describes a life.
    public init(
        epoch: Int, incarnation: UUID, cause: String, begunAt: Date, home: String, ends: [TopicEnds],
        whole: [TopicEnds]?, gone: [String]? = nil
    ) {
        self.gone = gone
        self.epoch = epoch
        self.incarnation = incarnation
        self.cause = cause
        self.begunAt = begunAt
        self.home = home
        self.ends = ends
        self.whole = whole
    }
}

/// The last word on a key of which a life before told, and which the one that tells this does not know: what rests on it has ended.
///
/// It stands on the topic and under the key whose end it is, so that it comes behind all that was told of it.
public struct KeyEnded: EventData, Codable {
    /// `messaging.key.ended`.
    public static let type = "messaging.key.ended"
    /// Why, for people.
    public let reason: String
    /// Tells of an end.
    public init(reason: String) { self.reason = reason }
}

/// Where the partitions of a topic ended.
public struct TopicEnds: Codable, Sendable, Equatable {
    /// The topic.
    public let topic: String
    /// The next offset of each partition, in order.
    public let ends: [Int]
    /// Says where they ended.
    public init(topic: String, ends: [Int]) {
        self.topic = topic
        self.ends = ends
    }
}
