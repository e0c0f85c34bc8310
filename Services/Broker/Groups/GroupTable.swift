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
    /// Where its record stands in the log: of two the later counts.
    var place = -1
}

/// All consumer groups, and their offsets' log.
///
/// Offsets are records of the internal topic, in Kafka's own form, and are read back at the start. Who is a member is
/// not kept: after a start members find themselves unknown and join again.
@Loop
final class GroupTable {
    private(set) var groups: [String: Group] = [:]
    let minSessionTimeout: Duration
    private let retention: Duration
    private let catalogue: Catalogue
    let memory: Memory

    init(catalogue: Catalogue, _ settings: BrokerSettings, _ memory: Memory) {
        self.catalogue = catalogue
        self.memory = memory
        minSessionTimeout = settings.minSessionTimeout
        retention = settings.offsetsRetention
    }

    /// The group of a name, made if there is none.
    func group(_ id: String) -> Group {
        if let group = groups[id] { return group }
        let group = Group(id: id, memory: memory)
        groups[id] = group
        return group
    }

    /// Lets go of a group that nobody ever came to; one that had members keeps its generation for a while.
    func forgetIfUnused(_ id: String) {
        if let group = groups[id], group.isUnused, group.generation == 0 { groups[id] = nil }
    }

    func stop() { for group in groups.values { group.stop() } }

    // MARK: Offsets

    /// Takes offsets of a group; they are durable, and shown, when it returns.
    func commit(_ offsets: [OffsetKey: CommittedOffset], in groupID: String) async throws {
        let group = group(groupID)
        let place = try await append(
            offsets.map { (OffsetRecord.key(groupID, $0.key), OffsetRecord.value($0.value)) })
        for (key, var offset) in offsets {
            offset.place = place
            if group.offsets[key]?.place ?? -1 < place { group.offsets[key] = offset }
        }
    }

    /// Forgets offsets of a group.
    func forget(_ keys: [OffsetKey], in groupID: String) async throws {
        guard let group = groups[groupID], !keys.isEmpty else { return }
        let place = try await append(keys.map { (OffsetRecord.key(groupID, $0), nil) })
        for key in keys where group.offsets[key]?.place ?? .max < place { group.offsets[key] = nil }
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
        if group.noted != nil {
            _ = try await append([(OffsetRecord.groupKey(groupID), nil)])
            group.noted = nil
        }
        if group.isUnused { groups[groupID] = nil }
    }

    /// Forgets offsets that nobody has used for long: those of a group that lost its last member long ago, and, of a
    /// group that never had one, those committed long ago.
    func expire(now: Int) async {
        await noteGroups()
        let limit = now - Int(retention / .milliseconds(1))
        for group in groups.values {
            guard let since = group.emptySince, group.members.isEmpty else { continue }
            let isSimple = group.protocolType.isEmpty
            let old = group.offsets.filter { isSimple ? $0.value.timestamp < limit : since < limit }
            do {
                if old.count == group.offsets.count, since < limit {
                    try await delete(group.id)
                } else {
                    try await forget(Array(old.keys), in: group.id)
                }
            } catch {
                return
            }
        }
        groups = groups.filter { !$0.value.isUnused }
    }

    /// Notes which groups have members and since when the others have not: a new start neither lengthens the time of
    /// those nor takes a group for one that was left long ago only because its members have not come back yet.
    func noteGroups() async {
        for group in groups.values { await note(group) }
    }

    /// The same for one group.
    func note(_ group: Group) async {
        let (since, former) = (group.emptySince ?? -1, group.noted)
        guard since != former, !group.protocolType.isEmpty, !group.offsets.isEmpty else { return }
        group.noted = since
        let value = OffsetRecord.group(group.protocolType, generation: group.generation, since: since)
        do {
            _ = try await append([(OffsetRecord.groupKey(group.id), value)])
        } catch {
            group.noted = former
        }
    }

    /// Why the offsets are not to be had; nil if they are.
    var fault: ErrorCode? {
        catalogue.topics[Topic.offsets]?.partition(0)?.failure == nil ? nil : .coordinatorNotAvailable
    }

    /// Reads the log back; call once, at the start.
    func load() async {
        guard let log = catalogue.topics[Topic.offsets]?.partition(0), log.failure == nil else { return }
        do { try await log.replay(take) } catch { log.fail("\(error)") }
        groups = groups.filter { !$0.value.isUnused }
    }

    private func take(_ record: Record) {
        if let (groupID, key) = OffsetRecord.readKey(record.key ?? []) {
            var offset = record.value.flatMap(OffsetRecord.readValue)
            offset?.place = record.offset
            group(groupID).offsets[key] = offset
        } else if let groupID = OffsetRecord.readGroupKey(record.key ?? []) {
            let noted = record.value.flatMap { OffsetRecord.readGroup($0, groupID, memory) }
            let found = noted ?? Group(id: groupID, memory: memory)
            found.offsets = groups[groupID]?.offsets ?? [:]
            groups[groupID] = found
        }
    }

    private func append(_ records: [(key: [UInt8], value: [UInt8]?)]) async throws -> Int {
        let topic =
            catalogue.topics[Topic.offsets] ?? catalogue.create(Topic.offsets, partitions: 1, configs: Self.rules)
        try await catalogue.settle()
        guard let log = topic.partition(0) else { throw ErrorCode.storageError }
        var places: [PartitionLog.Place] = []
        for start in stride(from: 0, to: records.count, by: 1000) {
            let bytes = Records.batch(Array(records[start..<min(start + 1000, records.count)]), timestamp: Node.time)
            guard let batch = bytes.withUnsafeBytes({ RecordBatch($0) }) else { throw ErrorCode.storageError }
            places.append(try log.append(batch, bytes[...]))
        }
        for place in places { try await log.commit(place) }
        return places.last?.lastOffset ?? -1
    }

    /// Small files, so that little is read at a start.
    private static let rules = ["cleanup.policy": "compact", "segment.bytes": "4194304"]
}
