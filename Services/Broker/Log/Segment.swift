import EventLoop

/// One file of a partition: batches from a base offset on, and where to find them.
struct SegmentIndex: Sendable, Equatable {
    /// Bytes between two entries, at least.
    static let spacing = 16 * 1024

    struct Entry: Sendable, Equatable {
        let offset: Int
        let position: Int
        /// The greatest timestamp of all batches before `position`.
        let timestampBefore: Int
    }

    private(set) var entries: [Entry] = []
    private(set) var maxTimestamp = Int.min
    /// Bytes of whole batches.
    private(set) var size = 0
    /// The offset after the last batch; of an empty file, the one that it begins with.
    private(set) var endOffset: Int

    /// Notes a batch that stands at the end.
    mutating func add(_ batch: RecordBatch) {
        if size == 0 || size - (entries.last?.position ?? 0) >= Self.spacing {
            entries.append(Entry(offset: batch.baseOffset, position: size, timestampBefore: maxTimestamp))
        }
        maxTimestamp = max(maxTimestamp, batch.maxTimestamp)
        size += batch.size
        endOffset = batch.lastOffset + 1
    }

    /// The last noted batch at or before the one that holds `offset`; nil without any batch.
    func entry(for offset: Int) -> Entry? { entries[..<firstEntry { $0.offset > offset }].last }

    /// Where the batches from an entry on end that reach to a position, or to the last entry before it.
    func end(of entry: Entry, reaching position: Int) -> Int {
        if position >= size { return size }
        let next = firstEntry { $0.offset > entry.offset }
        return max(start(at: position), next < entries.count ? entries[next].position : size)
    }

    /// The last entry's position at or before a position.
    func start(at position: Int) -> Int { entries[..<firstEntry { $0.position > position }].last?.position ?? 0 }

    /// The last noted batch at or before the first with a timestamp of at least `time`; nil without any batch.
    func entry(ofTime time: Int) -> Entry? {
        entries[..<firstEntry { $0.timestampBefore >= time }].last ?? entries.first
    }

    private func firstEntry(where isBeyond: (Entry) -> Bool) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if isBeyond(entries[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

/// One file of a partition's log.
@Loop
final class Segment {
    nonisolated let baseOffset: Int
    nonisolated let path: String
    /// What is on disk and, unless the page cache is trusted, durable.
    var index: SegmentIndex
    /// Whether the file exists.
    var isCreated: Bool
    /// How much of the file its checkpoint tells of.
    var checkpointedSize = 0
    /// When it was begun or found, in milliseconds since 1970; and when it was last written to.
    let openedAt = Node.time
    var writtenAt = Node.time
    /// The time of its newest record by its producers, or that of writing where they gave none.
    var newestTime: Int { index.maxTimestamp >= 0 ? index.maxTimestamp : writtenAt }
    /// The open file, while the cache of open files keeps it.
    var file: OpenFile?
    /// When it was last used, as the cache counts.
    var lastUse: UInt64 = 0

    init(folder: String, baseOffset: Int, index: SegmentIndex? = nil) {
        self.baseOffset = baseOffset
        path = "\(folder)/\(Segment.name(baseOffset))"
        self.index = index ?? SegmentIndex(endOffset: baseOffset)
        isCreated = index != nil
    }

    /// `00000000000000004711.log`.
    nonisolated static func name(_ baseOffset: Int) -> String {
        let digits = String(baseOffset)
        return String(repeating: "0", count: max(0, 20 - digits.count)) + digits + ".log"
    }
}

/// Keeps a bounded number of files open, whatever the number of partitions.
@Loop
final class FileCache {
    private let limit: Int
    private var open: [ObjectIdentifier: Segment] = [:]
    private var uses: UInt64 = 0

    init(limit: Int) { self.limit = limit }

    /// The file of a segment that was created.
    func file(of segment: Segment) throws -> OpenFile {
        uses += 1
        segment.lastUse = uses
        if let file = segment.file { return file }
        let file = try OpenFile(segment.path)
        keep(file, for: segment)
        return file
    }

    func keep(_ file: OpenFile, for segment: Segment) {
        file.readNoMoreThanAsked()
        segment.file = file
        open[ObjectIdentifier(segment)] = segment
        guard open.count > limit else { return }
        for segment in open.values.sorted(by: { $0.lastUse < $1.lastUse }).prefix(limit / 4 + 1) { drop(segment) }
    }

    /// Closes a segment's file once its present readers are done.
    func drop(_ segment: Segment) {
        segment.file = nil
        open[ObjectIdentifier(segment)] = nil
    }
}
