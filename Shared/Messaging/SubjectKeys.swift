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
    @Loop
    public static func destroy(
        _ subjects: [String], of source: String, in transaction: Transaction
    ) async throws -> Int {
        transaction.enqueue(SubjectKeyStore.withhold, subjects, PersonalEvents.types.sorted())
        return try await transaction.query(SubjectKeyStore.destroy, source, subjects).affected
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
            let key: SQLBytes? = try row.value(3)
            found[Name(owner: try row.value(0), subject: try row.value(1))] = Known(
                version: try row.value(2), key: key?.bytes)
        }
        return found
    }

    /// Takes in what services tell of their keys; `source` is who reads it.
    ///
    /// A publisher that was frozen may write an older word behind the newest when it wakes. Readers go by the version, but the topic is
    /// compacted and would keep the last record: so the owner tells again what it finds there as the last word and is not.
    @Loop
    static func learn(_ events: [Received<SubjectKeyChanged>], of source: String?, _ transaction: Transaction) {
        var latest: [Name: (version: Int, key: SQLBytes?)] = [:]
        var last: [String: Int] = [:]
        for event in events {
            let name = Name(owner: event.data.owner, subject: event.data.subject)
            // Nobody speaks of another's keys.
            guard event.event.source == name.owner, let version = event.event.sequence else { continue }
            if name.owner == source { last[name.subject] = version }
            if let later = latest[name], later.version >= version { continue }
            latest[name] = (version, event.data.key.flatMap(Base64.decode).map { SQLBytes($0) })
        }
        let list = latest.sorted { ($0.key.subject, $0.key.owner) < ($1.key.subject, $1.key.owner) }
        transaction.enqueue(
            SubjectKeyStore.learn, list.map(\.key.owner), list.map(\.key.subject), list.map(\.value.version),
            list.map(\.value.key))
        guard let source, !last.isEmpty else { return }
        let own = last.sorted { $0.key < $1.key }
        transaction.enqueue(SubjectKeyStore.tellLast, source, own.map(\.key), own.map(\.value))
    }
}
