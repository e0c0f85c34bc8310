import CRMModel
import Crypto
import FoundationEssentials
import Kafka

/// The life of a service's schema.
///
/// Sequences count within one. Whoever lost a schema, or went back to an older one, begins another life, which a person asks for: it has a
/// greater epoch, so that readers take its words for newer whatever they count, and it does not do again what was done before it.
public struct Life: Sendable, Equatable {
    /// Why it began.
    public enum Cause: String, Sendable {
        /// Nothing was told before it.
        case first
        /// The schema was lost.
        case empty
        /// The schema is older than what was told.
        case restored
    }

    /// How far it has come.
    public enum State: String, Sendable {
        /// Written down here only.
        case drawn
        /// All others can know of it.
        case told
        /// What the lives before have told is known.
        case recovered
        /// Readers know what it knows.
        case whole
    }

    /// What can be an epoch: they are drawn above the clock of a database. One far ahead is a mistake, and no life could ever follow it; clocks
    /// may differ by a year.
    static let epochs = 0...Int(Date.now.timeIntervalSince1970 * 1000) + 366 * 86_400_000

    /// Later lives have greater ones; 0 is the life of a schema from before there were lives.
    public let epoch: Int
    /// Tells lives of one epoch apart.
    public let incarnation: UUID
    /// Why it began.
    public let cause: Cause
    /// How far it has come.
    public let state: State
    /// When it began, by the database's clock.
    public let begunAt: Date
    /// The epoch of the life before; nil where there was none.
    public let before: Int?
    /// What the life before told up to this place of its outbox is known here.
    public let knownPlace: Int
    /// Where acting begins.
    public let actFrom: LogEnds

    /// Whether others spoke for this service before it.
    public var hasPredecessor: Bool { cause != .first }

    /// Whether it is a first one that was not told yet: who spoke meanwhile counts before it.
    var isUnheard: Bool { cause == .first && state == .drawn }

    /// What a life knows of those before that begins in a schema: all of the schema's own up to a place. One that did not come to be whole knows
    /// no more than it began with, so that all is recovered and told again.
    package static func basis(of life: Life?, place: Int) -> (cause: Cause, before: Int?, place: Int) {
        guard let life, !life.isUnheard else { return (.empty, nil, place) }
        if life.hasPredecessor, life.state != .whole { return (life.cause, life.before, life.knownPlace) }
        return (.restored, life.epoch, place)
    }

    /// How long ago it began.
    public var age: Duration { .seconds(Date.now.timeIntervalSince(begunAt)) }

    /// Describes a life; the store and tests do.
    public init(
        epoch: Int, incarnation: UUID = UUID(), cause: Cause = .first, state: State = .whole, begunAt: Date = .now,
        before: Int? = nil, knownPlace: Int = 0, actFrom: LogEnds = LogEnds()
    ) {
        self.epoch = epoch
        self.incarnation = incarnation
        self.cause = cause
        self.state = state
        self.begunAt = begunAt
        self.before = before
        self.knownPlace = knownPlace
        self.actFrom = actFrom
    }

    /// Whether it is the same life, be it that it has come further.
    func isSame(as other: Life) -> Bool { epoch == other.epoch && incarnation == other.incarnation }
}

/// Where partitions of topics ended at some moment.
public struct LogEnds: Sendable, Equatable {
    /// The offset that came next, of each.
    public private(set) var offsets: [TopicPartition: Int64]

    /// Says where partitions end; those that are not named were empty.
    public init(_ offsets: [TopicPartition: Int64] = [:]) { self.offsets = offsets }

    /// Whether no partition is named.
    public var isEmpty: Bool { offsets.isEmpty }

    /// Whether a record lies before these ends.
    public func contain(_ origin: TopicPartition, _ offset: Int64) -> Bool { offset < offsets[origin] ?? 0 }

    /// As the database and the log keep it.
    public var topics: [TopicEnds] {
        Dictionary(grouping: offsets, by: \.key.topic).sorted { $0.key < $1.key }.map { topic, partitions in
            let count = (partitions.map(\.key.partition).max() ?? -1) + 1
            return TopicEnds(
                topic: topic, ends: (0..<count).map { Int(offsets[TopicPartition(topic: topic, partition: $0)] ?? 0) })
        }
    }

    /// From what the database and the log keep.
    public init(_ topics: [TopicEnds]) {
        offsets = [:]
        for topic in topics {
            for (partition, end) in topic.ends.enumerated() {
                offsets[TopicPartition(topic: topic.topic, partition: Int32(partition))] = Int64(end)
            }
        }
    }
}
