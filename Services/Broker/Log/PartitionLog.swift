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
    private(set) var producers = ProducerStates()
    /// Whether the committer has it on its list.
    var isQueued = false
    /// Told after every commit, failure and removal.
    let changed = Notice()

    private let store: LogStore
    private var pending: [PendingBatch] = []
    private var mustRoll = false
    private var isClosed = false
    private var watchers: [ObjectIdentifier: Notice] = [:]

    /// A partition as found on disk, or an empty one.
    init(topic: String, partition: Int, folder: String, store: LogStore, found: FoundLog? = nil, startOffset: Int = 0) {
        self.topic = topic
        self.partition = partition
        self.folder = folder
        self.store = store
        guard let found else { return }
        take(found)
        self.startOffset = min(max(startOffset, segments.first?.baseOffset ?? 0), endOffset)
    }

    // MARK: Writing

    /// Where a batch stands, and the time to tell its producer: that of the append, or of an old one sent again.
    struct Place: Sendable {
        let baseOffset: Int
        let lastOffset: Int
        var answeredTimestamp: Int?
    }

    /// Takes a checked batch; `bytes` are the whole of it.
    func append(_ batch: RecordBatch, _ bytes: ArraySlice<UInt8>) throws(ErrorCode) -> Place {
        guard failure == nil else { throw .storageError }
        guard batch.size <= store.segmentBytes else { throw .recordListTooLarge }
        switch producers.judge(batch) {
        case .refuse(let code): throw code
        case .duplicate(let baseOffset, let lastOffset, let timestamp):
            return Place(baseOffset: baseOffset, lastOffset: lastOffset, answeredTimestamp: timestamp)
        case .append: break
        }
        var placed = batch
        placed.baseOffset = endOffset
        endOffset = placed.lastOffset + 1
        producers.remember(placed)
        pending.append(PendingBatch(batch: placed, bytes: bytes))
        store.committer.add(self)
        return Place(baseOffset: placed.baseOffset, lastOffset: placed.lastOffset)
    }

    /// Waits until a place is durable.
    func commit(_ place: Place) async throws {
        try await changed.wait(until: { durableEnd > place.lastOffset || failure != nil })
        if durableEnd <= place.lastOffset { throw ErrorCode.storageError }
    }

    /// Lets the next append begin a new file.
    func roll() { mustRoll = true }

    /// Hands what is pending to the committer, sorted into files.
    func takeWrites() -> [SegmentWrite] {
        var writes: [SegmentWrite] = []
        var segment = segments.last
        var size = segment?.index.size ?? 0
        for batch in pending {
            if segment == nil || size > 0 && (size + batch.bytes.count > store.segmentBytes || mustRoll) {
                segment = Segment(folder: folder, baseOffset: batch.batch.baseOffset)
                size = 0
                mustRoll = false
            }
            guard let segment else { continue }
            if writes.last?.segment !== segment {
                // A file that cannot be opened here is opened, or fails, where it is written.
                let file = segment.isCreated ? try? store.files.file(of: segment) : nil
                writes.append(SegmentWrite(segment: segment, file: file, position: size))
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
            fail("\(error)")
            if let refusal = error as? DiskError, refusal.isFull { reopenLater() }
        case .success(let files):
            for (write, file) in zip(writes, files) {
                if !write.segment.isCreated {
                    write.segment.isCreated = true
                    if let closed = segments.last { Task { @Loop in await saveCheckpoint(of: closed) } }
                    segments.append(write.segment)
                }
                store.files.keep(file, for: write.segment)
                for batch in write.batches { write.segment.index.add(batch.batch) }
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

    /// Notes what the newest file holds, so that the next start need not read it.
    func saveCheckpoint() async {
        guard failure == nil, let newest = segments.last else { return }
        await saveCheckpoint(of: newest)
    }

    private func saveCheckpoint(of segment: Segment) async {
        // Less is read again faster than a file is written.
        guard segment.index.size - segment.checkpointedSize >= 1 << 20 else { return }
        segment.checkpointedSize = segment.index.size
        let checkpoint = Checkpoint(index: segment.index, producers: producers.upTo(segment.index.endOffset))
        let path = segment.path
        try? await Loop.offload { try checkpoint.write(path) }
    }

    /// The open file of a segment.
    func openFile(of segment: Segment) throws -> OpenFile { try store.files.file(of: segment) }

    /// A full disk is no damage: looks again, from time to time, at what is there.
    private func reopenLater() {
        let folder = folder
        _ = Loop.after(.seconds(5)) { [weak self] in
            Task { @Loop in
                guard let found = try? await Loop.offload({ try FoundLog.recover(folder) }) else {
                    self?.reopenLater()
                    return
                }
                self?.reopen(found)
            }
        }
    }

    private func reopen(_ found: FoundLog) {
        guard !isClosed else { return }
        for segment in segments { store.files.drop(segment) }
        take(found)
        if failure == nil { store.report("partition \(topic)-\(partition) is back") }
        announce()
    }

    private func take(_ found: FoundLog) {
        segments = found.segments.map { Segment(folder: folder, baseOffset: $0.baseOffset, index: $0.index) }
        producers = found.producers
        failure = found.damage
        endOffset = max(segments.last?.index.endOffset ?? 0, 0)
        durableEnd = endOffset
    }

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
        while segments.count > 1, let first = segments.first, first.index.endOffset <= startOffset {
            remove(first)
        }
    }

    /// Removes closed files whose newest record is older than `time`, and the oldest while all exceed `bytes`.
    func retain(from time: Int?, bytes: Int?) {
        while segments.count > 1, let first = segments.first {
            let isOld = time.map { first.index.maxTimestamp < $0 } ?? false
            let isTooMuch = bytes.map { size - first.index.size >= $0 } ?? false
            guard isOld || isTooMuch else { break }
            remove(first)
        }
        startOffset = max(startOffset, segments.first?.baseOffset ?? 0)
    }

    func forgetProducers(before time: Int) { producers.forget(before: time) }

    private func remove(_ segment: Segment) {
        store.files.drop(segment)
        segments.removeFirst()
        let path = segment.path
        Task { @Loop in
            try? await Loop.offload {
                try Disk.remove(path)
                try Disk.remove(Checkpoint.path(of: path))
            }
        }
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
}
