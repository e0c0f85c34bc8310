import EventLoop

/// One partition: an append-only log of record batches, stored as producers sent them.
///
/// An append gets its offset at once and is written by the committer with all others that came meanwhile; readers see
/// it when it is as durable as the settings promise.
@Loop
final class PartitionLog {
    nonisolated let topic: String
    nonisolated let partition: Int
    nonisolated let folder: String
    /// The files, oldest first; none before the first write.
    private(set) var segments: [Segment] = []
    /// The first offset that may be read.
    private(set) var startOffset = 0
    /// The offset that the next record gets.
    private(set) var endOffset = 0
    /// The offset after the last durable record: what clients call the high watermark.
    private(set) var durableEnd = 0
    /// Why nothing can be written or read any more.
    private(set) var failure: String?
    /// Whether the disk had no room lately; until it is tried again, writes are refused and reads go on.
    private(set) var isFull = false
    private(set) var producers = ProducerStates()
    /// What the topic's settings ask.
    var rules: LogRules
    /// The offset below which compaction has been, and when the first tombstone below it may go.
    var cleanedTo = 0
    var nextHorizon: Int?
    /// Whether the committer has it on its list.
    var isQueued = false
    /// Told after every commit, failure and removal.
    let changed = Notice()

    private let store: LogStore
    private var pending: [PendingBatch] = []
    /// The ends to which refused writes fell back, oldest first.
    private var refusals: [Int] = []
    private var isClosed = false
    private var removal: Task<Void, any Error>?
    private var watchers: [ObjectIdentifier: Notice] = [:]

    /// A partition as found on disk, or an empty one.
    init(
        topic: String, partition: Int, folder: String, store: LogStore, rules: LogRules, found: FoundLog? = nil,
        startOffset: Int = 0
    ) {
        self.topic = topic
        self.partition = partition
        self.folder = folder
        self.store = store
        self.rules = rules
        guard let found else { return }
        segments = found.segments.map { Segment(folder: folder, baseOffset: $0.baseOffset, index: $0.index) }
        producers = found.producers
        failure = found.damage
        endOffset = segments.last?.index.endOffset ?? 0
        durableEnd = endOffset
        self.startOffset = min(max(startOffset, segments.first?.baseOffset ?? 0), endOffset)
    }

    // MARK: Writing

    /// Where a batch stands, and the time to tell its producer: that of the append, or of an old one sent again.
    struct Place: Sendable {
        let baseOffset: Int
        let lastOffset: Int
        var answeredTimestamp: Int?
        /// How many writes had been refused before.
        let refusals: Int
    }

    /// Takes a checked batch; `bytes` are the whole of it.
    func append(_ batch: RecordBatch, _ bytes: ArraySlice<UInt8>) throws(ErrorCode) -> Place {
        guard failure == nil, !isFull else { throw .storageError }
        guard batch.size <= rules.segmentBytes else { throw .recordListTooLarge }
        switch producers.judge(batch) {
        case .refuse(let code): throw code
        case .duplicate(let baseOffset, let lastOffset, let timestamp):
            return Place(
                baseOffset: baseOffset, lastOffset: lastOffset, answeredTimestamp: timestamp, refusals: refusals.count)
        case .append: break
        }
        var placed = batch
        placed.baseOffset = endOffset
        endOffset = placed.lastOffset + 1
        let earlier = producers.producers[placed.producerID]
        producers.remember(placed, at: Node.time)
        pending.append(PendingBatch(batch: placed, bytes: bytes, earlier: earlier))
        store.committer.add(self)
        return Place(baseOffset: placed.baseOffset, lastOffset: placed.lastOffset, refusals: refusals.count)
    }

    /// Waits until a place is durable.
    func commit(_ place: Place) async throws {
        try await changed.wait(until: {
            knownEnd(place) > place.lastOffset || place.refusals < refusals.count || failure != nil
        })
        if knownEnd(place) <= place.lastOffset { throw ErrorCode.storageError }
    }

    /// The durable end before the first write that was refused after a place was given; the present one if none was.
    private func knownEnd(_ place: Place) -> Int {
        place.refusals < refusals.count ? refusals[place.refusals] : durableEnd
    }

    /// Hands what is pending to the committer, sorted into files.
    func takeWrites() -> [SegmentWrite] {
        var writes: [SegmentWrite] = []
        let now = Node.time
        var segment = segments.last
        var size = segment?.index.size ?? 0
        for batch in pending {
            let isOld = segment.map { now - $0.openedAt > rules.segmentAge } ?? false
            if segment == nil || size > 0 && (size + batch.bytes.count > rules.segmentBytes || isOld) {
                segment = Segment(folder: folder, baseOffset: batch.batch.baseOffset)
                size = 0
            }
            guard let segment else { continue }
            if writes.last?.segment !== segment {
                // A file that cannot be opened here is opened, or fails, where it is written.
                let file = segment.isCreated ? try? store.files.file(of: segment) : nil
                writes.append(
                    SegmentWrite(segment: segment, isNew: !segment.isCreated, file: file, position: size))
            }
            writes[writes.count - 1].batches.append(batch)
            size += batch.bytes.count
        }
        pending = []
        return writes
    }

    /// Takes note of what the committer wrote.
    func didWrite(_ writes: [SegmentWrite], _ files: Result<[OpenFile], any Error>) {
        // Deleted or failed meanwhile: nothing is left to take note of.
        guard failure == nil else { return announce() }
        switch files {
        case .failure(let error):
            guard let refusal = error as? DiskError, refusal.isFull else { return fail("\(error)") }
            refuse(writes, refusal)
        case .success(let files):
            for (write, file) in zip(writes, files) {
                if !write.segment.isCreated {
                    write.segment.isCreated = true
                    if let closed = segments.last { Task { @Loop in await saveCheckpoint(of: closed) } }
                    segments.append(write.segment)
                }
                store.files.keep(file, for: write.segment)
                for batch in write.batches { write.segment.index.add(batch.batch) }
                write.segment.writtenAt = Node.time
            }
            durableEnd = segments.last?.index.endOffset ?? durableEnd
        }
        announce()
    }

    /// Stops all use of this partition until the process starts again and looks at the disk anew.
    func fail(_ reason: String) {
        failure = failure ?? reason
        pending = []
        store.report("partition \(topic)-\(partition) is offline: \(reason)")
        announce()
    }

    /// The disk has no room: forgets what was not written, also what came since and builds on it.
    private func refuse(_ writes: [SegmentWrite], _ refusal: DiskError) {
        store.report("\(topic)-\(partition) takes no records for now: \(refusal)")
        for batch in (writes.flatMap(\.batches) + pending).reversed() where batch.batch.producerID >= 0 {
            producers.restore(batch.batch.producerID, batch.earlier)
        }
        pending = []
        endOffset = durableEnd
        refusals.append(durableEnd)
        isFull = true
        _ = Loop.after(.seconds(1)) { [weak self] in self?.isFull = false }
    }

    /// Notes what the newest file holds, so that the next start need not read it and never cuts it.
    func saveCheckpoint(of segment: Segment? = nil) async {
        guard failure == nil, let segment = segment ?? segments.last else { return }
        guard segment.index.size > segment.checkpointedSize else { return }
        // This very file and not the one of its name: compaction may put another there meanwhile.
        guard let file = try? openFile(of: segment) else { return }
        segment.checkpointedSize = segment.index.size
        let checkpoint = Checkpoint(index: segment.index, producers: producers.upTo(segment.index.endOffset))
        try? await Loop.offload { try checkpoint.write(of: file) }
    }

    /// The open file of a segment.
    func openFile(of segment: Segment) throws -> OpenFile { try store.files.file(of: segment) }

    // MARK: Watching

    /// Tells `notice` of changes too, for readers that watch many partitions.
    func watch(_ notice: Notice) { watchers[ObjectIdentifier(notice)] = notice }
    func unwatch(_ notice: Notice) { watchers[ObjectIdentifier(notice)] = nil }

    func announce() {
        changed.notify()
        for watcher in watchers.values { watcher.notify() }
    }

    // MARK: Removing

    /// Bytes on disk.
    var size: Int { segments.reduce(0) { $0 + $1.index.size } }

    /// Moves the start forward and removes files that lie wholly before it; never back.
    func deleteRecords(before offset: Int) {
        startOffset = max(startOffset, min(offset, durableEnd))
        while segments.count > 1, let first = segments.first, first.index.endOffset <= startOffset { removeFirst() }
        announce()
    }

    /// Removes files whose newest record is too old, and the oldest while all are too much.
    func retain(now: Int) throws {
        guard failure == nil, rules.deletes, let newest = segments.last else { return }
        let oldest = rules.retentionAge.map { now - $0 } ?? .min
        if newest.index.size > 0, newest.newestTime < oldest, endOffset == durableEnd {
            // All is too old: an empty file keeps the place.
            let next = Segment(folder: folder, baseOffset: endOffset)
            store.files.keep(try OpenFile(next.path, O_RDWR | O_CREAT | O_TRUNC), for: next)
            next.isCreated = true
            segments.append(next)
        }
        let before = segments.count
        while segments.count > 1, let first = segments.first {
            let isTooMuch = rules.retentionBytes.map { size - first.index.size >= $0 } ?? false
            guard first.newestTime < oldest || isTooMuch || first.index.endOffset <= startOffset else { break }
            removeFirst()
        }
        startOffset = max(startOffset, segments.first?.baseOffset ?? 0)
        if segments.count != before { announce() }
    }

    func forgetProducers(before time: Int) { producers.forget(before: time) }

    private func removeFirst() {
        let segment = segments.removeFirst()
        store.files.drop(segment)
        let (path, folder, former) = (segment.path, folder, removal)
        removal = Task { @Loop in
            // One after the other: a kill between them must not leave a gap before files that stay.
            try await former?.value
            try await Loop.offload {
                // What comes after is on disk under its name, so that the log's end is not lost with this.
                try Disk.synchroniseFolder(folder)
                try Disk.remove(path)
                try Disk.remove(Checkpoint.path(of: path))
            }
        }
    }

    /// Waits until the files of what was removed are gone.
    func finishRemoval() async { try? await removal?.value }

    /// Puts a compacted file in the place of those that it was made of; false if these have changed meanwhile.
    func replace(_ old: [Segment], by draft: Compaction.Draft) throws -> Bool {
        guard !isClosed, failure == nil, let first = old.first, segments.count > old.count,
            let start = segments.firstIndex(where: { $0 === first }),
            segments[start..<min(segments.count, start + old.count)].elementsEqual(old, by: ===)
        else { return false }
        let new = Segment(folder: folder, baseOffset: first.baseOffset, index: draft.index)
        // Here and not beside the loop: nobody may open the file by its name and read it by the other's index.
        try DiskError.check(rename(draft.path, new.path), "rename \(draft.path)")
        for segment in old { store.files.drop(segment) }
        segments.replaceSubrange(start..<start + old.count, with: [new])
        return true
    }

    /// Closes all files; the topic is gone.
    func close() {
        isClosed = true
        pending = []
        failure = failure ?? "the topic was deleted"
        for segment in segments { store.files.drop(segment) }
        announce()
    }
}

/// A batch with its place that waits to be written.
struct PendingBatch: Sendable {
    let batch: RecordBatch
    let bytes: ArraySlice<UInt8>
    /// What was known of its producer before.
    let earlier: ProducerStates.Producer?
}
