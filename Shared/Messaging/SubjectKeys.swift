import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Postgres

/// The keys under which events of persons lie in the log: one for each aggregate and service, made by its relay with the first event,
/// spread on a compacted topic, and destroyed by an erasure. After that the sealed events stay where they are, and nobody can read them.
///
/// `version` counts what was told of a key, and each sealed event names the version that it was sealed with. So a service knows a
/// key that has not come yet (it waits) from one that is gone (it passes the event over), also when it reads the log anew from its start.
public enum SubjectKeys {
    /// Destroys the keys of aggregates and blanks what waits to be published of them; answers how many keys there were.
    ///
    /// Call it when the rows of these aggregates are locked or gone: what another transaction may still write of them would get a new key.
    ///
    /// - Parameters:
    ///   - source: `ce_source` of the service.
    ///   - subjects: ids of aggregates, as they stand in the keys of messages.
    ///   - time: up to when keys were made that go; nil where all do.
    @Loop
    public static func destroy(
        _ subjects: [String], of source: String, madeBy time: Date? = nil, in transaction: Transaction
    ) async throws -> Int {
        transaction.enqueue(SubjectKeyStore.withhold, subjects, PersonalEvents.types.sorted(), time)
        return try await transaction.query(SubjectKeyStore.destroy, source, subjects, time).affected
    }

    /// The timer that tells the end of keys once more.
    public static let reminder = "subject-key-end"

    /// Tells the end of a party's keys once more when the time is over in which the topic keeps what was replaced: a file of a topic is closed,
    /// and so compacted, only by a message that comes after that time, and in a quiet partition there may be none.
    @Loop
    public static func remind(of subjects: [String], party: String, in transaction: Transaction) throws {
        let pause = Double((Topic.subjectKeys.compactedAfter ?? 0) * 3600 + 300)
        Timers.set(
            kind: reminder, key: party, dueAt: Date(timeIntervalSinceNow: pause),
            payload: try ModelJSON.text(subjects), in: transaction)
    }

    /// What is done when that timer is due.
    @Loop
    public static func tellAgain(_ due: [DueTimer], of source: String, in transaction: Transaction) throws {
        let subjects = try due.flatMap { timer in
            try ModelJSON.decoder.decode([String].self, from: Data((timer.payload ?? "[]").utf8))
        }
        transaction.enqueue(SubjectKeyStore.tellEnds, source, subjects)
    }

    /// A key as it is known here.
    struct Known {
        let version: Int
        /// Nil once it is destroyed.
        let key: [UInt8]?
        /// The life that told it; -1 where that was not kept.
        var epoch = -1
        /// What else was told under this version by another life, or by another copy of one.
        var others: [[UInt8]] = []

        /// Whether what a life has sealed with a version may be opened later: the version has not come, or what came is another life's.
        func lacks(_ version: Int, of epoch: Int) -> Bool {
            self.version < version || self.version > version && self.epoch >= 0 && self.epoch < epoch
        }
    }

    /// Whose key it is.
    struct Name: Hashable {
        let owner: String
        let subject: String
    }

    /// What is known of some keys.
    @Loop
    static func known(_ names: Set<Name>, in transaction: Transaction) async throws -> [Name: Known] {
        let list = Array(names)
        var found: [Name: Known] = [:]
        let rows = try await transaction.query(SubjectKeyStore.known, list.map(\.owner), list.map(\.subject))
        for row in rows {
            let (key, others): (SQLBytes?, SQLBytes?) = (try row.value(3), try row.value(5))
            let rest = others?.bytes ?? []
            found[Name(owner: try row.value(0), subject: try row.value(1))] = Known(
                version: try row.value(2), key: key?.bytes, epoch: try row.value(4),
                others: stride(from: 0, to: rest.count, by: 32).map { Array(rest[$0..<min($0 + 32, rest.count)]) })
        }
        return found
    }

    /// The word on a key that counts among those of a batch.
    private struct Word {
        let epoch: Int
        let version: Int
        let key: [UInt8]?
        let at: Date?
        var others: [UInt8] = []

        init?(_ event: Received<SubjectKeyChanged>) {
            // Nobody speaks of another's keys.
            guard event.event.source == event.data.owner, let version = event.event.sequence else { return nil }
            (epoch, self.version, at) = (event.event.epoch, version, event.event.time)
            key = event.data.key.flatMap(Base64.decode)
        }

        /// Takes the later of two; of two keys under one version both are of use.
        mutating func take(_ other: Word) {
            var (winner, loser) = (self, other)
            if (epoch, version) < (other.epoch, other.version) { (winner, loser) = (other, self) }
            if winner.version == loser.version, let key = loser.key, let kept = winner.key, key != kept {
                winner.others += key + loser.others
            }
            self = winner
        }
    }

    /// Takes in what services tell of their keys; `source` is who reads it.
    ///
    /// A publisher that was frozen may write an older word behind the newest when it wakes, and a life that has ended one behind its end,
    /// which counts for nobody. Readers go by life and version, but the topic is compacted and would keep the last record: so the owner
    /// tells again what it finds there as the last word and is not.
    @Loop
    static func learn(_ events: [Received<SubjectKeyChanged>], of source: String?, _ transaction: Transaction) {
        var latest: [Name: Word] = [:]
        var last: [String: Int] = [:]
        for event in events {
            guard let word = Word(event) else { continue }
            let name = Name(owner: event.data.owner, subject: event.data.subject)
            if name.owner == source { last[name.subject] = event.event.isVoid ? -1 : word.version }
            if event.event.isVoid { continue }
            if latest[name] == nil { latest[name] = word } else { latest[name]?.take(word) }
        }
        let list = latest.sorted { ($0.key.subject, $0.key.owner) < ($1.key.subject, $1.key.owner) }
        transaction.enqueue(
            SubjectKeyStore.learn, list.map(\.key.owner), list.map(\.key.subject), list.map(\.value.version),
            list.map { $0.value.key.map { SQLBytes($0) } }, list.map(\.value.epoch),
            list.map { $0.value.others.isEmpty ? SQLBytes?.none : SQLBytes($0.value.others) }, list.map(\.value.at))
        guard let source, !last.isEmpty, !PlantedBug.staleLastWord.isPlanted else { return }
        let own = last.sorted { $0.key < $1.key }
        transaction.enqueue(SubjectKeyStore.tellLast, source, own.map(\.key), own.map(\.value))
    }
}
