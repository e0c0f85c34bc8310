import CRMModel
import EventLoop
import FoundationEssentials
import Kafka
import Messaging
import Postgres

/// Ends what rests on the word of others' lives that have ended, once the next one has told again all that it knows.
@Loop
struct EndedLives {
    /// Keys of one transaction.
    private static let page = 200
    let group: String
    let lives: SourceLives
    let pool: PostgresPool
    let orphans: [CapabilityParts.Orphans]

    /// Keeps what was told of lives, and ends what rests on keys that were ended one by one, or on one life's source; whether it did.
    func look() async throws -> Bool {
        for source in lives.sources { try await keep(source) }
        if try await endSome() { return true }
        guard let (source, epoch, text) = try await pool.rows(LifeStore.unsettled).first else { return false }
        let whole = LogEnds(try ModelJSON.decoder.decode([TopicEnds].self, from: Data(text.utf8)))
        guard try await hasRead(to: whole) else { return false }
        var last = ""
        while true {
            let keys = try await pool.transaction { [last] transaction in
                let keys = try await transaction.rows(LifeStore.orphans, group, source, epoch, last, Self.page)
                if keys.isEmpty { return keys }
                transaction.markPast()
                for orphan in orphans { try await orphan(source, keys, transaction) }
                return keys
            }
            guard let next = keys.last else { break }
            last = next
        }
        _ = try await pool.rows(LifeStore.settle, source, epoch)
        return true
    }

    /// Those of which a last word was told, and nothing since.
    private func endSome() async throws -> Bool {
        try await pool.transaction { transaction in
            let taken = try await transaction.rows(LifeStore.takeEnded, group, Self.page)
            guard let source = taken.first?.0 else { return false }
            let keys = taken.compactMap(\.1).sorted()
            guard !keys.isEmpty else { return true }
            transaction.markPast()
            for orphan in orphans { try await orphan(source, keys, transaction) }
            return true
        }
    }

    private func keep(_ source: String) async throws {
        for life in lives.all(of: source) where life.cause != Life.Cause.first.rawValue {
            _ = try await pool.rows(
                LifeStore.hear, source, life.epoch, life.incarnation, life.cause, life.begunAt,
                try ModelJSON.text(life.ends), try life.whole.map { try ModelJSON.text($0) },
                try life.gone.map { try ModelJSON.text($0) })
        }
    }

    /// Whether all that was told up to these ends has been applied, as far as it is heard here.
    private func hasRead(to ends: LogEnds) async throws -> Bool {
        let positions = Dictionary(uniqueKeysWithValues: try await ServiceStore.places(pool))
        let heard = Set(positions.keys.map(\.topic))
        return ends.offsets.allSatisfy { !heard.contains($0.key.topic) || max(0, positions[$0.key] ?? 0) >= $0.value }
    }
}
