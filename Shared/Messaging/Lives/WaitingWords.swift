import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Kafka
import Postgres

/// What waits in the outbox of a schema that went back: a command was accepted, and its event was told by the life before, or never was.
///
/// The log says which: an event has its id there. What was told is told again as past, and nobody acts on it twice. What never was is told as
/// any other and is acted on: nobody has yet.
@Loop
struct WaitingWords {
    private static let page = 10_000
    private let keeper: LifeKeeper

    /// Prepares a look; before anything is published in the new life.
    init(_ keeper: LifeKeeper) { self.keeper = keeper }

    /// The places of those that the life before has told. What it told behind its end counts too: somebody may have acted on it who had not
    /// heard of the end yet, and what is void is put aside for a person to see.
    ///
    /// Where a topic's beginning is gone, what is not found there may have been told: then nobody acts on it.
    func told() async throws -> [Int] {
        var waiting: [(place: Int, id: String, topic: String)] = []
        while case let rows = try await keeper.store.transaction({ [last = waiting.last?.place ?? 0] transaction in
            try await transaction.rows(LifeStore.waiting, last, Self.page)
        }), !rows.isEmpty {
            waiting += rows.map { ($0.0, $0.1.text, $0.2) }
        }
        guard !waiting.isEmpty else { return [] }
        let names = Set(waiting.map(\.topic))
        let topics = keeper.topics.filter { names.contains($0.name) }
        let partitions = try await Array(keeper.ends(of: topics).keys)
        let bounds = try await KafkaAdmin.bounds(of: partitions, keeper.kafka)
        let ids = Set(waiting.map(\.id))
        var found: Set<String> = []
        let source = keeper.source
        try await LogSpans.read(bounds, keeper.kafka, isWhole: true) { record in
            guard record.header("ce_source") == source, let id = record.header("ce_id"), ids.contains(id) else {
                return
            }
            found.insert(id)
        }
        let shortened = Set(topics.filter { !$0.isCompacted }.map(\.name)).intersection(
            bounds.filter { $0.value.lowerBound > 0 }.map(\.key.topic))
        return waiting.filter { found.contains($0.id) || shortened.contains($0.topic) }.map(\.place)
    }
}
