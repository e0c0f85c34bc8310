import EventLoop

/// Names a partition in a group's offsets.
struct OffsetKey: Hashable, Sendable {
    let topic: String
    let partition: Int
}

/// How far a group has read a partition.
struct CommittedOffset: Sendable, Equatable {
    let offset: Int
    let leaderEpoch: Int
    let metadata: String
    let timestamp: Int
}

/// All consumer groups, and their offsets' log.
///
/// Offsets are records of the internal topic, in Kafka's own form, and are read back at the start. Who is a member is
/// not kept: after a start members find themselves unknown and join again.
@Loop
final class GroupTable {
    private(set) var groups: [String: Group] = [:]
    let minSessionTimeout: Duration
    private let offsetsRetention: Int
    private let catalogue: Catalogue

    init(catalogue: Catalogue, settings: BrokerSettings) {
        self.catalogue = catalogue
        minSessionTimeout = settings.minSessionTimeout
        offsetsRetention = Int(settings.offsetsRetention / .milliseconds(1))
    }

    /// The group of a name, made if there is none.
    func group(_ id: String) -> Group {
        if let group = groups[id] { return group }
        let group = Group(id: id)
        groups[id] = group
        return group
    }

    func stop() { for group in groups.values { group.stop() } }

    // MARK: Offsets

    /// Takes offsets of a group; they are durable when it returns.
    func commit(_ offsets: [OffsetKey: CommittedOffset], in groupID: String) async throws {
        let log = try await openLog()
        let group = group(groupID)
        // In memory at once: a rewriting of the log in between must have them.
        group.offsets.merge(offsets) { _, new in new }
        try await append(offsets.map { (OffsetRecord.key(groupID, $0.key), OffsetRecord.value($0.value)) }, to: log)
    }

    /// Forgets offsets of a group.
    func forget(_ keys: [OffsetKey], in groupID: String) async throws {
        guard let group = groups[groupID], !keys.isEmpty else { return }
        let log = try await openLog()
        for key in keys { group.offsets[key] = nil }
        try await append(keys.map { (OffsetRecord.key(groupID, $0), nil) }, to: log)
    }

    /// Forgets offsets of groups that have been without members, and without a commit, for too long.
    func expire(at now: Int) async {
        let latest = now - offsetsRetention
        for group in groups.values where group.members.isEmpty && group.emptySince < latest {
            try? await forget(group.offsets.filter { $0.value.timestamp < latest }.map(\.key), in: group.id)
        }
    }

    /// Forgets all offsets of a topic that goes.
    func forget(topic: String) async {
        for group in groups.values {
            try? await forget(group.offsets.keys.filter { $0.topic == topic }, in: group.id)
        }
    }

    /// Forgets a group without members.
    func delete(_ groupID: String) async throws {
        guard let group = groups[groupID] else { return }
        try await forget(Array(group.offsets.keys), in: groupID)
        if group.isUnused { groups[groupID] = nil }
    }

    /// Reads the offsets back; call once, at the start.
    func load() async throws {
        guard let log = catalogue.topics[Topic.offsets]?.partition(0) else { return }
        for record in try await log.allRecords() {
            guard let (groupID, key) = OffsetRecord.readKey(record.key ?? []) else { continue }
            group(groupID).offsets[key] = record.value.flatMap(OffsetRecord.readValue)
        }
        dropUnused()
        await compactIfNeeded()
    }

    /// Writes the present offsets anew and removes the log before them, when most of it is out of date.
    func compactIfNeeded() async {
        dropUnused()
        guard let log = catalogue.topics[Topic.offsets]?.partition(0), log.failure == nil else { return }
        let live = groups.values.reduce(0) { $0 + $1.offsets.count }
        guard log.size > max(4 << 20, live * 1000) else { return }
        let start = log.endOffset
        log.roll()
        do {
            try await append(
                groups.values.flatMap { group in
                    group.offsets.map { (OffsetRecord.key(group.id, $0.key), OffsetRecord.value($0.value)) }
                }, to: log)
            log.deleteRecords(before: start)
            catalogue.touch()
            try await catalogue.settle()
        } catch {
            log.fail("\(error)")
        }
    }

    private func dropUnused() { groups = groups.filter { !$0.value.isUnused } }

    private func openLog() async throws -> PartitionLog {
        let topic =
            catalogue.topics[Topic.offsets]
            ?? catalogue.create(Topic.offsets, partitions: 1, configs: ["cleanup.policy": "compact"])
        try await catalogue.settle()
        guard let log = topic.partition(0) else { throw ErrorCode.storageError }
        return log
    }

    private func append(_ records: [(key: [UInt8], value: [UInt8]?)], to log: PartitionLog) async throws {
        var places: [PartitionLog.Place] = []
        for start in stride(from: 0, to: records.count, by: 1000) {
            let bytes = Records.batch(Array(records[start..<min(start + 1000, records.count)]), timestamp: Node.time)
            guard let batch = bytes.withUnsafeBytes({ RecordBatch($0) }) else { throw ErrorCode.storageError }
            places.append(try log.append(batch, bytes[...]))
        }
        for place in places { try await log.commit(place) }
    }
}

/// The form of a group's offset as a record of the internal topic.
enum OffsetRecord {
    private static let keyShape = Shape("Version i16; Group s; Topic s; Partition i32")
    private static let valueShape = Shape(
        "Version i16; Offset i64; LeaderEpoch i32; Metadata s; CommitTimestamp i64")

    static func key(_ group: String, _ key: OffsetKey) -> [UInt8] {
        write(
            ["Version": 1, "Group": .text(group), "Topic": .text(key.topic), "Partition": .int(key.partition)],
            keyShape)
    }

    static func value(_ offset: CommittedOffset) -> [UInt8] {
        write(
            [
                "Version": 3, "Offset": .int(offset.offset), "LeaderEpoch": .int(offset.leaderEpoch),
                "Metadata": .text(offset.metadata), "CommitTimestamp": .int(offset.timestamp),
            ], valueShape)
    }

    static func readKey(_ bytes: [UInt8]) -> (String, OffsetKey)? {
        guard let key = read(bytes, keyShape), key.int("Version") == 1 else { return nil }
        return (key.text("Group"), OffsetKey(topic: key.text("Topic"), partition: key.int("Partition")))
    }

    static func readValue(_ bytes: [UInt8]) -> CommittedOffset? {
        guard let value = read(bytes, valueShape), value.int("Version") == 3 else { return nil }
        return CommittedOffset(
            offset: value.int("Offset"), leaderEpoch: value.int("LeaderEpoch"), metadata: value.text("Metadata"),
            timestamp: value.int("CommitTimestamp"))
    }

    private static func write(_ message: Message, _ shape: Shape) -> [UInt8] {
        var writer = WireWriter()
        shape.write(message, to: &writer, version: 0, isFlexible: false)
        return writer.bytes
    }

    private static func read(_ bytes: [UInt8], _ shape: Shape) -> Message? {
        var reader = WireReader(bytes)
        return try? shape.read(&reader, version: 0, isFlexible: false)
    }
}
