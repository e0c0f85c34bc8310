import EventLoop

/// Walks through the batches of a segment's file; used off the loop.
struct SegmentScan: Sendable {
    /// Reads a file on from what is known of it and checks every batch; stops at the first that is not whole and right.
    static func recover(_ file: OpenFile, from known: Checkpoint, to fileSize: Int, now: Int) throws -> Checkpoint {
        var outcome = known
        var window = Window(file: file, fileSize: fileSize)
        while outcome.index.size < fileSize {
            let next = try window.batch(at: outcome.index.size) { bytes, batch in
                batch.baseOffset == outcome.index.endOffset && batch.lastOffsetDelta >= 0
                    && batch.hasRightChecksum(bytes) ? batch : nil
            }
            guard let next else { return outcome }
            outcome.index.add(next)
            outcome.producers.remember(next, at: now)
        }
        return outcome
    }

    /// Whether what stands behind the batches that `index` tells of is left of a write that was broken off, whose
    /// records nobody was told of; otherwise it is damage.
    ///
    /// While the system runs on, a write is there up to where it was broken off. A loss of power may leave out any part
    /// of it, also one before others; but a flush begins when the one before it is done, so that whatever comes from a
    /// later flush shows that what is missing had been there. The search is short whatever records pretend to be: where too
    /// much looks like batches, it is taken for damage, by which nothing is lost.
    static func isTorn(_ file: OpenFile, behind index: SegmentIndex, afterPowerLoss: Bool) throws -> Bool {
        let bytes = try file.read(try file.size - index.size, at: index.size)
        return bytes.withUnsafeBytes { raw in
            if !afterPowerLoss, raw.count >= RecordBatch.headerSize {
                guard let batch = RecordBatch(raw), batch.size > raw.count else { return false }
            }
            var (position, work) = (1, 4 * raw.count)
            while position + RecordBatch.headerSize <= raw.count {
                defer { position += 1 }
                guard raw[position + 16] == 2 else { continue }
                let rest = UnsafeRawBufferPointer(rebasing: raw[position...])
                // A batch has 61 bytes at least, and as many offsets as 31 bits can tell at most.
                guard let batch = RecordBatch(rest), batch.size <= rest.count, batch.lastOffsetDelta >= 0,
                    batch.baseOffset > index.endOffset, batch.baseOffset - index.endOffset <= position << 26,
                    !(afterPowerLoss && batch.isFlushedWithFormer)
                else { continue }
                work -= batch.size
                if work < 0 || batch.hasRightChecksum(rest) { return false }
            }
            return true
        }
    }

    /// Calls `body` with each batch from a position to another, whole and checked, until it gives something; `offset`
    /// is that of the first.
    static func first<T>(
        in file: OpenFile, from position: Int = 0, offset: Int, to end: Int,
        _ body: (UnsafeRawBufferPointer, RecordBatch) -> T?
    ) throws -> T? {
        var window = Window(file: file, fileSize: end)
        var (position, offset) = (position, offset)
        while position < end {
            let found = try window.batch(at: position) { bytes, batch in
                // The checksum does not cover the offset.
                batch.baseOffset == offset && batch.lastOffsetDelta >= 0 && batch.hasRightChecksum(bytes)
                    ? (batch, body(bytes, batch)) : nil
            }
            guard let (batch, value) = found else { throw Damage(file: file, position: position) }
            if let value { return value }
            position += batch.size
            offset = batch.lastOffset + 1
        }
        return nil
    }

    /// Checks the batches from an index entry to a position, one behind the other; throws `Damage`.
    static func check(_ file: OpenFile, from entry: SegmentIndex.Entry, to end: Int) throws {
        let start = SegmentIndex(entries: [], maxTimestamp: .min, size: entry.position, endOffset: entry.offset)
        let known = Checkpoint(index: start, producers: ProducerStates())
        let position = try recover(file, from: known, to: end, now: 0).index.size
        if position < end { throw Damage(file: file, position: position) }
    }

    /// The position of the first batch that `isIt` says yes to, by headers alone; `end` for none.
    static func position(
        in file: OpenFile, from start: Int, to end: Int, where isIt: (RecordBatch, Int) -> Bool
    ) throws -> Int {
        var window = Window(file: file, fileSize: end, step: 4096)
        var position = start
        while position < end {
            guard let batch = try window.header(at: position) else { throw Damage(file: file, position: position) }
            if isIt(batch, position) { return position }
            position += batch.size
        }
        return end
    }
}

/// A part of a file in memory that moves forward.
private struct Window {
    let file: OpenFile
    let fileSize: Int
    /// Bytes that are read at a time, at least.
    private let step: Int
    private var bytes: [UInt8] = []
    private var start = 0

    init(file: OpenFile, fileSize: Int, step: Int = 256 * 1024) {
        self.file = file
        self.fileSize = fileSize
        self.step = step
    }

    /// The header at `position`; nil if there is none.
    mutating func header(at position: Int) throws -> RecordBatch? {
        guard try fill(position, RecordBatch.headerSize) else { return nil }
        return view(position, RecordBatch.init)
    }

    /// Gives the whole batch at `position` to `body`; nil if there is none.
    mutating func batch<T>(at position: Int, _ body: (UnsafeRawBufferPointer, RecordBatch) -> T?) throws -> T? {
        guard let header = try header(at: position), try fill(position, header.size) else { return nil }
        return view(position) { body($0, header) }
    }

    private func view<T>(_ position: Int, _ body: (UnsafeRawBufferPointer) -> T?) -> T? {
        bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[(position - start)...])) }
    }

    private mutating func fill(_ position: Int, _ count: Int) throws -> Bool {
        guard position + count <= fileSize else { return false }
        if position >= start, position + count <= start + bytes.count { return true }
        let wanted = min(max(count, step), fileSize - position)
        bytes = try file.read(wanted, at: position)
        start = position
        return bytes.count >= count
    }
}
