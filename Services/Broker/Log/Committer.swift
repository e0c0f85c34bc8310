import EventLoop

/// What all partitions share.
@Loop
final class LogStore {
    let files = FileCache(limit: 256)
    let committer: Committer
    /// Tells people of trouble.
    let report: (String) -> Void

    init(isSynchronous: Bool, report: @escaping (String) -> Void) {
        self.report = report
        committer = Committer(isSynchronous: isSynchronous)
    }
}

/// Group commit: writes all appends that came while the last round was written, flushes each file once, then answers.
@Loop
final class Committer {
    private let isSynchronous: Bool
    private var queued: [PartitionLog] = []
    private var isRunning = false
    private let idle = Notice()
    /// Rounds so far.
    private(set) var rounds = 0
    /// How long the rounds took, all together.
    private(set) var time = Duration.zero

    init(isSynchronous: Bool) { self.isSynchronous = isSynchronous }

    /// Has a partition's pending batches written in the next round.
    func add(_ log: PartitionLog) {
        guard !log.isQueued else { return }
        log.isQueued = true
        queued.append(log)
        guard !isRunning else { return }
        isRunning = true
        // Not immediate: what else this turn of the loop brings shall be in the first round.
        Task { @Loop in
            while !queued.isEmpty { await round() }
            isRunning = false
            idle.notify()
        }
    }

    /// Waits until nothing is left to write.
    func finish() async { try? await idle.wait(until: { !isRunning }) }

    private func round() async {
        rounds += 1
        let begin = Loop.now
        defer { time += Loop.now - begin }
        let logs = queued
        queued = []
        for log in logs { log.isQueued = false }
        // Flushes of different files run side by side; one worker is left for other work.
        let lanes = min(3, logs.count)
        let tasks = (0..<lanes).map { lane in
            let own = stride(from: lane, to: logs.count, by: lanes).map { logs[$0] }
            return Task.immediate { @Loop in await commit(own) }
        }
        for task in tasks { await task.value }
    }

    private func commit(_ logs: [PartitionLog]) async {
        let isSynchronous = isSynchronous
        let writes = logs.map { $0.takeWrites() }
        let written = try? await Loop.offload {
            writes.map { writes in
                Result<[OpenFile], any Error> {
                    do {
                        return try writes.map { try $0.run(isSynchronous: isSynchronous) }
                    } catch {
                        guard let refusal = error as? DiskError, refusal.isFull else { throw error }
                        for write in writes.reversed() { try write.undo() }
                        throw error
                    }
                }
            }
        }
        guard let written else { return }
        for index in logs.indices { logs[index].didWrite(writes[index], written[index]) }
    }
}

/// Batches to be written to one file, one behind the other.
struct SegmentWrite: Sendable {
    let segment: Segment
    /// Whether the file must be made.
    let isNew: Bool
    let file: OpenFile?
    let position: Int
    var batches: [PendingBatch] = []

    private static let blockSize = 1 << 20

    /// Takes back what a refused write may have left behind the good end, so that it cannot come to light again.
    func undo() throws {
        if isNew { return try Disk.remove(segment.path) }
        try (file ?? OpenFile(segment.path)).truncate(to: position)
    }

    /// Writes them, off the loop; the file must exist or is made.
    func run(isSynchronous: Bool) throws -> OpenFile {
        let file = try self.file ?? openOrMake(isSynchronous)
        var block: [UInt8] = []
        block.reserveCapacity(min(Self.blockSize, batches.reduce(0) { $0 + $1.bytes.count }))
        var position = position
        func flush() throws {
            try block.withUnsafeBytes { try file.write($0, at: position) }
            position += block.count
            block.removeAll(keepingCapacity: true)
        }
        for (number, batch) in batches.enumerated() {
            if !block.isEmpty, block.count + batch.bytes.count > Self.blockSize { try flush() }
            block.append(contentsOf: batch.batch.storedPrefix(beginsFlush: isSynchronous && number == 0))
            block.append(contentsOf: batch.bytes.dropFirst(16))
        }
        try flush()
        if isSynchronous { try file.synchronise() }
        return file
    }

    private func openOrMake(_ isSynchronous: Bool) throws -> OpenFile {
        let folder = Disk.parent(of: segment.path)
        guard isNew else { return try OpenFile(segment.path) }
        try Disk.makeFolder(folder)
        let file = try OpenFile(segment.path, O_RDWR | O_CREAT | O_TRUNC)
        // The names of the file, the partition and the topic, whoever made them.
        for path in [folder, Disk.parent(of: folder), Disk.parent(of: Disk.parent(of: folder))] where isSynchronous {
            try Disk.synchroniseFolder(path)
        }
        return file
    }
}
