import EventLoop

extension PartitionLog {
    /// Bytes that a fetch from `offset` could get at most; a little more than exact.
    func availableBytes(from offset: Int) -> Int {
        guard offset < durableEnd, let number = segmentNumber(of: offset) else { return 0 }
        let first = segments[number].index
        let skipped = first.entry(for: offset)?.position ?? 0
        return segments[(number + 1)...].reduce(first.size - skipped) { $0 + $1.index.size }
    }

    /// Whole batches from the one that holds `offset` on, up to `limit` bytes and the end of a file; with `givesOne`
    /// the first batch comes however big it is.
    func read(from offset: Int, limit: Int, givesOne: Bool) async throws -> ArraySlice<UInt8> {
        guard offset < durableEnd, let number = segmentNumber(of: offset) else { return [] }
        let segment = segments[number]
        let (file, end) = (try openFile(of: segment), segment.index.size)
        let entry = segment.index.entry(for: offset)
        var (position, next) = (entry?.position ?? 0, entry?.offset ?? segment.baseOffset)
        var wanted = max(0, limit) + 2 * SegmentIndex.spacing
        while position < end {
            let bytes = try await Self.bytes(of: file, min(wanted, end - position), at: position)
            let cut = bytes.withUnsafeBytes { Self.cut($0, next, from: offset, limit: limit) }
            switch cut {
            case .batches(let range): return bytes[range]
            case .tooBig(let first, let size):
                guard givesOne else { return [] }
                guard position + first + size <= end else { throw damage(segment, position + first) }
                let whole = try await Self.bytes(of: file, size, at: position + first)
                guard whole.withUnsafeBytes({ RecordBatch($0)?.hasRightChecksum($0) ?? false }) else {
                    throw damage(segment, position + first)
                }
                return whole[...]
            case .notReached(let skipped, let following):
                position += skipped
                next = following
            case .damaged(let place): throw damage(segment, position + place)
            }
            wanted = max(wanted, 1 << 20)
        }
        // Every offset is in some batch, if only an empty one.
        throw damage(segment, min(position, end))
    }

    /// Takes the partition out of use, as what it keeps cannot be trusted.
    private func damage(_ segment: Segment, _ position: Int) -> DiskError {
        fail("\(segment.path) is damaged at byte \(position); put back a copy of the file and start again")
        return DiskError("read a batch", code: EIO)
    }

    /// The first record at or after a time; of a batch that cannot be unpacked, its first.
    func find(time: Int) async throws -> (offset: Int, timestamp: Int)? {
        for segment in segments where segment.index.maxTimestamp >= time && segment.index.endOffset > startOffset {
            let (file, index, start) = (try openFile(of: segment), segment.index, startOffset)
            let found = try await Loop.offload {
                try SegmentScan.first(in: file, from: index.position(ofTime: time), to: index.size) { bytes, batch in
                    guard batch.maxTimestamp >= time, batch.lastOffset >= start else { return FoundRecord?.none }
                    guard let records = Records.read(bytes, batch) else {
                        return FoundRecord(offset: max(start, batch.baseOffset), timestamp: batch.baseTimestamp)
                    }
                    return records.first { $0.timestamp >= time && $0.offset >= start }.map {
                        FoundRecord(offset: $0.offset, timestamp: $0.timestamp)
                    }
                }
            }
            if let found { return (found.offset, found.timestamp) }
        }
        return nil
    }

    /// The first record of those with the greatest time; of a batch that cannot be unpacked, its last.
    func findGreatestTime() async throws -> (offset: Int, timestamp: Int)? {
        let live = segments.filter { $0.index.size > 0 && $0.index.endOffset > startOffset }
        guard let greatest = live.map(\.index.maxTimestamp).max(),
            let segment = live.first(where: { $0.index.maxTimestamp == greatest })
        else { return nil }
        let (file, index, start) = (try openFile(of: segment), segment.index, startOffset)
        let found = try await Loop.offload {
            try SegmentScan.first(in: file, from: index.position(ofTime: greatest), to: index.size) { bytes, batch in
                guard batch.maxTimestamp == greatest, batch.lastOffset >= start else { return FoundRecord?.none }
                let exact = Records.read(bytes, batch)?.first { $0.timestamp == greatest && $0.offset >= start }
                return FoundRecord(offset: exact?.offset ?? batch.lastOffset, timestamp: greatest)
            }
        }
        return found.map { ($0.offset, $0.timestamp) }
    }

    /// Calls `body` with all records of an internal topic, in order; for its start only.
    func replay(_ body: @Loop (Record) -> Void) async throws {
        for segment in segments {
            let (file, size) = (try openFile(of: segment), segment.index.size)
            let records = try await Loop.offload {
                var records: [Record] = []
                let _: Bool? = try SegmentScan.first(in: file, from: 0, to: size) { bytes, batch in
                    records += Records.read(bytes, batch) ?? []
                    return nil
                }
                return records
            }
            for record in records { body(record) }
        }
    }

    private struct FoundRecord: Sendable {
        let offset: Int
        let timestamp: Int
    }

    private func segmentNumber(of offset: Int) -> Int? { segments.lastIndex { $0.baseOffset <= offset } }

    private static func bytes(of file: OpenFile, _ count: Int, at position: Int) async throws -> [UInt8] {
        if let cached = file.readCached(count, at: position) { return cached }
        return try await Loop.offload { try file.read(count, at: position) }
    }

    private enum Cut {
        case batches(Range<Int>)
        case tooBig(first: Int, size: Int)
        case notReached(skipped: Int, next: Int)
        case damaged(Int)
    }

    /// Finds the whole batches of a piece of a file that a reader at `offset` gets; the first begins at offset `next`.
    private nonisolated static func cut(
        _ bytes: UnsafeRawBufferPointer, _ next: Int, from offset: Int, limit: Int
    ) -> Cut {
        var (position, next) = (0, next)
        var start: Int?
        while position + RecordBatch.headerSize <= bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
            guard let batch = RecordBatch(rest), batch.baseOffset == next, batch.lastOffsetDelta >= 0 else {
                return start.map { .batches($0..<position) } ?? .damaged(position)
            }
            next = batch.lastOffset + 1
            if start == nil, batch.lastOffset >= offset {
                start = position
                if batch.size > limit || position + batch.size > bytes.count {
                    return .tooBig(first: position, size: batch.size)
                }
            }
            if let start, position + batch.size > bytes.count || position + batch.size - start > limit {
                return .batches(start..<position)
            }
            if position + batch.size > bytes.count {
                return .notReached(skipped: position + batch.size, next: next)
            }
            // What the disk gives is not passed on unseen: a reader that checks nothing would take it for true.
            if let start, !batch.hasRightChecksum(rest) {
                return start == position ? .damaged(position) : .batches(start..<position)
            }
            position += batch.size
        }
        if let start { return .batches(start..<position) }
        return position > 0 ? .notReached(skipped: position, next: next) : .damaged(0)
    }
}
