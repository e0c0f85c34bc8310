import CRMModel
import EventLoop
import FoundationEssentials

/// Whether a schema may speak for its service.
public enum LifeVerdict: Sendable, Equatable {
    /// It is the one that spoke last.
    case fits
    /// Nobody has ever spoken.
    case first
    /// It knows nothing of what was told.
    case empty
    /// More was told in its life than it knows.
    case restored(told: Int, known: Int)
    /// Another life has begun after its own.
    case deposed(by: Int)
    /// Another schema tells in a life of the same number.
    case replaced

    /// Judges a schema by what its topics hold.
    ///
    /// - Parameters:
    ///   - life: its life; nil where it has none.
    ///   - place: the last place that its outbox has given.
    ///   - told: what its topics hold of it.
    ///   - lives: what was told of its lives.
    @Loop
    public static func judge(_ life: Life?, place: Int, told: ToldMark, lives: [SourceLife]) -> LifeVerdict {
        guard let life else {
            return (told.isAny || !lives.isEmpty) && !PlantedBug.silentBirth.isPlanted ? .empty : .first
        }
        let isAnnounced = lives.contains { $0.epoch == life.epoch && $0.incarnation == life.incarnation }
        if life.isUnheard, !isAnnounced, !lives.isEmpty || (told.isAny && told.epoch != life.epoch) { return .empty }
        if let last = lives.last {
            if last.epoch > life.epoch { return .deposed(by: last.epoch) }
            if last.epoch == life.epoch, last.incarnation != life.incarnation { return .replaced }
        }
        if told.isAny, told.epoch > life.epoch { return .deposed(by: told.epoch) }
        if told.epoch == life.epoch, let last = told.place, last > place, !PlantedBug.placeIgnored.isPlanted {
            return .restored(told: last, known: place)
        }
        return .fits
    }

    /// What is wrong, for people; nil where nothing is.
    public var words: String? {
        switch self {
        case .fits, .first: nil
        case .empty: "this schema is empty, and events of this service lie in its topics"
        case .restored(let told, let known):
            "this schema is older than the topics: it knows its outbox up to place \(known), told was place \(told)"
        case .deposed(let epoch): "another schema has begun the life \(epoch) of this service after this one"
        case .replaced: "another schema tells in the life that this one has the number of"
        }
    }
}
