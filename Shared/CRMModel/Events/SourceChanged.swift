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
    /// Keys that the life before told of and this one does not know; nil where it has told again all that it knows, and what it has not
    /// told is not known.
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
