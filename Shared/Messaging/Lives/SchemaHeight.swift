import EventLoop
import Kafka
import Postgres

/// How far a process has seen its schema come.
///
/// A database that is restored beneath running processes, or a replica that lagged and takes the place of its primary, knows less than they
/// have seen. Who went on there would tell other things under places that were given before, and do again what was done. So it is compared
/// on each new connection, at each take-over of partitions, and once a second; in a schema that went back nothing of the process works.
@Loop
public final class SchemaHeight {
    /// Called once, when the schema went back.
    public var onBack: (@Loop (SchemaWentBack) -> Void)?
    /// That it went back; nil as long as it did not.
    public private(set) var fall: SchemaWentBack?
    private let group: String
    /// The greatest place of the outbox that was seen and that no crash of the server forgets.
    private var place = 0
    private var offsets: [TopicPartition: Int64] = [:]
    /// A place that was given, and up to where the server's own log must be on its disk before it counts: a sequence runs ahead of that.
    private var given = (place: 0, written: 0)

    /// Nothing was seen yet of the schema in which a group consumes.
    public init(group: String) { self.group = group }

    private typealias Found = (Int, (Int, Int, Int), Rows)

    // MARK: What is seen

    /// A row of the outbox was read that is committed.
    func saw(place: Int) { self.place = max(self.place, place) }

    /// Offsets were committed.
    func saw(_ offsets: [TopicPartition: Int64]) { self.offsets.merge(offsets) { max($0, $1) } }

    // MARK: What is compared

    /// Throws where a connection, one that was just opened, leads to a schema that went back.
    public func check(_ session: any Transacting) async throws {
        if let fall { throw fall }
        // The server may have been away, and its log go on from before what was given.
        given = (0, 0)
        // Before anything was seen there may be no tables yet.
        if place > 0 || !offsets.isEmpty { try await look(session) }
    }

    /// Looks how far the schema has come, and throws where it went back.
    public func look(_ database: any Transacting) async throws {
        if let fall { throw fall }
        // What is seen while the answer is under way may be newer than it.
        let (place, offsets) = (self.place, self.offsets)
        let found: Found? = try await database.transaction { [group] transaction in
            let place = try await transaction.rows(LifeStore.place).first ?? 0
            guard let written = try await transaction.rows(LifeStore.written).first else { return nil }
            return (place, written, try await transaction.query(ConsumerStore.load, group)) as Found
        }
        guard let (last, (waiting, inserted, flushed), rows) = found else { return }
        let stored = try Self.offsets(rows)
        try compare(last, with: place)
        try compare(stored, with: offsets)
        saw(stored)
        saw(place: waiting)
        if flushed >= given.written { saw(place: given.place) }
        given = (last, inserted)
    }

    /// Throws where offsets that were read stand before those that were known when the question was asked.
    func compare(_ stored: [TopicPartition: Int64], with known: [TopicPartition: Int64]) throws {
        // Whoever sets one to the beginning of the log has decided so: a log that lost the position is read anew.
        for (partition, next) in stored where next < 0 { offsets[partition] = nil }
        let back = known.filter { stored[$0.key] ?? 0 < $0.value && stored[$0.key] ?? 0 >= 0 }
        let first = back.min { ($0.key.topic, $0.key.partition) < ($1.key.topic, $1.key.partition) }
        guard let (partition, offset) = first else { return }
        let place = "\(partition.topic)/\(partition.partition)"
        throw fell("\(place) stands at \(stored[partition] ?? 0), this process has seen \(offset)")
    }

    private func compare(_ place: Int, with known: Int) throws {
        if place < known { throw fell("its outbox has come to place \(place), this process has seen \(known)") }
    }

    private func fell(_ words: String) -> SchemaWentBack {
        if let fall { return fall }
        let new = SchemaWentBack(words: words)
        fall = new
        onBack?(new)
        return new
    }

    /// What is known now, for who asks the schema himself.
    var known: [TopicPartition: Int64] { offsets }

    /// The offsets of a group, as they are stored.
    static func offsets(_ rows: Rows) throws -> [TopicPartition: Int64] {
        var offsets: [TopicPartition: Int64] = [:]
        for row in rows {
            let partition = TopicPartition(topic: try row.value(0), partition: Int32(try row.value(1) as Int))
            offsets[partition] = Int64(try row.value(2) as Int)
        }
        return offsets
    }
}

/// The schema knows less than this process has seen of it.
public struct SchemaWentBack: Error, CustomStringConvertible {
    let words: String

    /// For people.
    public var description: String {
        "the database went back beneath this process, as one that was restored does: \(words)"
    }
}
