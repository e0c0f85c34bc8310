import EventLoop

/// Walks through the batches of a segment's file; used off the loop.
struct SegmentScan: Sendable {
    /// What a file was found to hold.
    struct Outcome: Sendable {
        var index: SegmentIndex
        var producers: ProducerStates
    }

    /// Reads the file from `start` on and checks every batch; stops at the first that is not whole and right.
    static func recover(
        _ file: OpenFile, from start: SegmentIndex, producers: ProducerStates, now: Int
    ) throws -> Outcome {
        let fileSize = try file.size
        var outcome = Outcome(index: start, producers: producers)
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

    /// Whether a whole batch of later offsets stands anywhere behind what `index` tells of, as it does behind damage
    /// and does not behind a write that was broken off.
    static func hasBatch(in file: OpenFile, behind index: SegmentIndex) throws -> Bool {
        let bytes = try file.read(try file.size - index.size, at: index.size)
        return bytes.withUnsafeBytes { raw in
            var position = 1
            while position + RecordBatch.headerSize <= raw.count {
                defer { position += 1 }
                guard raw[position + 16] == 2 else { continue }
                let rest = UnsafeRawBufferPointer(rebasing: raw[position...])
                guard let batch = RecordBatch(rest), batch.size <= rest.count, batch.lastOffsetDelta >= 0,
                    batch.baseOffset > index.endOffset, batch.hasRightChecksum(rest)
                else { continue }
                return true
            }
            return false
        }
    }

    /// Calls `body` with each batch from a position to another, whole, until it gives something.
    static func first<T>(
        in file: OpenFile, from position: Int, to end: Int, _ body: (UnsafeRawBufferPointer, RecordBatch) -> T?
    ) throws -> T? {
        var window = Window(file: file, fileSize: end)
        var position = position
        var size = 0
        while position < end {
            let found: T?? = try window.batch(at: position) { bytes, batch in
                size = batch.size
                return .some(body(bytes, batch))
            }
            guard let found else { return nil }
            if let value = found { return value }
            position += size
        }
        return nil
    }
}

/// A part of a file in memory that moves forward.
private struct Window {
    let file: OpenFile
    let fileSize: Int
    private var bytes: [UInt8] = []
    private var start = 0

    init(file: OpenFile, fileSize: Int) {
        self.file = file
        self.fileSize = fileSize
    }

    /// Gives the whole batch at `position` to `body`; nil if there is none.
    mutating func batch<T>(at position: Int, _ body: (UnsafeRawBufferPointer, RecordBatch) -> T?) throws -> T? {
        guard try fill(position, RecordBatch.headerSize) else { return nil }
        guard let header = view(position, RecordBatch.init) else { return nil }
        guard try fill(position, header.size) else { return nil }
        return view(position) { body($0, header) }
    }

    private func view<T>(_ position: Int, _ body: (UnsafeRawBufferPointer) -> T?) -> T? {
        bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[(position - start)...])) }
    }

    private mutating func fill(_ position: Int, _ count: Int) throws -> Bool {
        guard position + count <= fileSize else { return false }
        if position >= start, position + count <= start + bytes.count { return true }
        let wanted = min(max(count, 256 * 1024), fileSize - position)
        bytes = try file.read(wanted, at: position)
        start = position
        return bytes.count >= count
    }
}
