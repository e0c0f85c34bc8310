import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Kafka

/// What is known of the lives of all services, as they tell them on `crm.sources`, and of where acting begins in this one's.
@Loop
public final class SourceLives {
    /// The life of this service; nil where nobody judged it, as in tests.
    package var own: Life? { didSet { actFrom = own?.actFrom ?? LogEnds() } }
    private var actFrom = LogEnds()
    /// The life whose commitments are recovered: every record is past.
    private(set) var recovering: Life?
    private var lives: [String: [SourceLife]] = [:]
    /// Whether any life has ended.
    private(set) var hasEnded = false

    /// Nothing known yet.
    public nonisolated init() {}

    /// Where acting begins, without a life: for tests.
    func begin(at ends: LogEnds) { actFrom = ends }

    /// Takes in what a service tells of its lives. A word that comes late takes nothing back: lives that it does not know stay.
    package func take(_ told: SourceChanged) {
        var known = lives[told.source] ?? []
        for life in told.lives {
            let place = known.firstIndex { $0.epoch == life.epoch && $0.incarnation == life.incarnation }
            guard let place else {
                known.append(life)
                continue
            }
            if known[place].whole == nil || life.whole != nil { known[place] = life }
        }
        lives[told.source] = known.sorted { $0.isBefore($1) }
        hasEnded = lives.values.contains { $0.count > 1 }
    }

    /// The same knowledge for a recovery: whatever it reads is past, and it is no business of the schema's life.
    package func forRecovery(of life: Life) -> SourceLives {
        let other = SourceLives()
        (other.lives, other.hasEnded, other.recovering) = (lives, hasEnded, life)
        return other
    }

    /// The same knowledge for a rebuild: its schema has no life, and what is past to the service is past to it.
    func forRebuild() -> SourceLives {
        let other = SourceLives()
        (other.lives, other.hasEnded, other.actFrom) = (lives, hasEnded, actFrom)
        return other
    }

    /// The lives of a source in order; none where it has told none.
    package func all(of source: String) -> [SourceLife] { lives[source] ?? [] }

    /// All sources that were heard of.
    package var sources: [String] { lives.keys.sorted() }

    /// Why a record is void: it was written by a life that had ended, behind its end. Nil for all others.
    func whyVoid(_ event: Event) -> String? {
        let (origin, offset) = (event.record.origin, event.record.offset)
        // What a service writes on topics of others it writes as they do: without a life.
        guard hasEnded, let known = lives[event.source], !Topic.isOutside(origin.topic) else { return nil }
        let later = known.first { life in
            life.epoch > event.epoch && !life.ends.isEmpty && !LogEnds(life.ends).contain(origin, offset)
        }
        return later.map {
            "\(event.source) had ended its life \(event.epoch) and begun the life \($0.epoch) when this was written"
        }
    }

    /// Whether a message speaks of the time before this life.
    func isPast(_ item: BatchItem) -> Bool {
        if recovering != nil { return true }
        if actFrom.contain(item.record.origin, item.record.offset), !PlantedBug.actsOnPast.isPlanted { return true }
        guard case .event(let event, _, _) = item.content else { return false }
        return event.isPast
    }

    /// Leaves out what is void.
    func judged(_ items: ArraySlice<BatchItem>) -> ArraySlice<BatchItem> {
        guard hasEnded else { return items }
        return items.map { item in
            guard case .event(var event, let data, let handler) = item.content, let reason = whyVoid(event) else {
                return item
            }
            guard item.isOfKeys else { return BatchItem(record: item.record, content: .void(reason)) }
            // Compaction could leave nothing else of a key: its owner reads the word, and tells the last one again.
            event.isVoid = true
            let read = (try? handler.decode(event)) ?? data
            return BatchItem(record: item.record, content: .event(event, data: read, handler: handler))
        }[...]
    }

    /// Takes from messages as many as may be one batch, and leaves the others: all are past, or none is, and each partition's stay in order.
    func cut(_ items: inout [BatchItem]) -> [BatchItem] {
        guard let first = items.first else { return [] }
        let kind = isPast(first)
        guard items.contains(where: { isPast($0) != kind }) else {
            defer { items = [] }
            return items
        }
        var (batch, rest) = ([BatchItem](), [BatchItem]())
        var waiting: Set<TopicPartition> = []
        for item in items {
            if waiting.contains(item.record.origin) || isPast(item) != kind {
                waiting.insert(item.record.origin)
                rest.append(item)
            } else {
                batch.append(item)
            }
        }
        items = rest
        return batch
    }
}

extension SourceLife {
    /// By epoch; two of one epoch by chance.
    func isBefore(_ other: SourceLife) -> Bool {
        (epoch, incarnation.text) < (other.epoch, other.incarnation.text)
    }
}
