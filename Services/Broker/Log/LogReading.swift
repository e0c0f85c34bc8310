import EventLoop

extension PartitionLog {
    /// Bytes that a fetch from `offset` could get at most; a little more than exact.
    func availableBytes(from offset: Int) -> Int {
        guard offset < durableEnd, let number = segments.lastIndex(where: { $0.baseOffset <= offset }) else { return 0 }
        let first = segments[number].index
        let skipped = first.entry(for: offset)?.position ?? 0
        return segments[(number + 1)...].reduce(first.size - skipped) { $0 + $1.index.size }
    }

    /// Whole batches from the one that holds `offset` on, up to `limit` bytes and the end of a file; with `givesOne`
    /// the first batch comes however big it is. Nil for none.
    func read(from offset: Int, limit: Int, givesOne: Bool) async throws -> FilePart? {
        guard offset < durableEnd, let segment = segments.last(where: { $0.baseOffset <= offset }) else { return nil }
        let (file, index) = (try openFile(of: segment), segment.index)
        return try await mindingDamage {
            guard let entry = index.entry(for: offset) else { throw Damage(file: file, position: 0) }
            let end = index.end(of: entry, reaching: entry.position + SegmentIndex.spacing + limit)
            // What the disk gives is checked before it is passed on: a reader that checks nothing would take it for true.
            // What is in memory was checked when it came there.
            if !file.isCached(entry.position..<end) {
                try await Loop.offload { try SegmentScan.check(file, from: entry, to: end) }
            }
            var size = 0
            let start = try SegmentScan.position(in: file, from: entry.position, to: end) { batch, _ in
                size = batch.size
                return batch.lastOffset >= offset
            }
            // Every offset is in some batch, if only an empty one.
            guard start < end else { throw Damage(file: file, position: end) }
            if size > limit { return givesOne ? file.part(start..<start + size) : nil }
            let nearby = max(start, index.start(at: min(end, start + limit)))
            let stop = try SegmentScan.position(in: file, from: nearby, to: end) { $1 + $0.size > start + limit }
            return file.part(start..<stop)
        }
    }

    /// Does what reads files; damage that it meets takes the partition out of use, as what it keeps cannot be trusted.
    func mindingDamage<T>(_ work: () async throws -> T) async throws -> T {
        do {
            return try await work()
        } catch {
            if error is Damage { fail("\(error)") }
            throw error
        }
    }

    /// The first record at or after a time, without key and value; of a batch that cannot be unpacked, its first.
    func find(time: Int) async throws -> Record? {
        for segment in segments where segment.index.maxTimestamp >= time && segment.index.endOffset > startOffset {
            guard let entry = segment.index.entry(ofTime: time) else { continue }
            let (file, size, start) = (try openFile(of: segment), segment.index.size, startOffset)
            let found = try await mindingDamage {
                try await Loop.offload {
                    try SegmentScan.first(in: file, from: entry.position, offset: entry.offset, to: size) {
                        bytes, batch -> Record? in
                        guard batch.maxTimestamp >= time, batch.lastOffset >= start else { return nil }
                        guard let records = Records.read(bytes, batch) else {
                            return Record(timestamp: batch.baseTimestamp, offset: max(start, batch.baseOffset))
                        }
                        return records.first { $0.timestamp >= time && $0.offset >= start }
                    }
                }
            }
            if let found { return found }
        }
        return nil
    }

    /// The first record of those with the greatest time.
    func findGreatestTime() async throws -> Record? {
        let live = segments.filter { $0.index.size > 0 && $0.index.endOffset > startOffset }
        guard let greatest = live.map(\.index.maxTimestamp).max() else { return nil }
        return try await find(time: greatest)
    }

    /// Calls `body` with all records of an internal topic, in order; for its start only.
    func replay(_ body: @Loop (Record) -> Void) async throws {
        for segment in segments {
            let (file, base, size) = (try openFile(of: segment), segment.baseOffset, segment.index.size)
            let records = try await Loop.offload {
                var records: [Record] = []
                let _: Bool? = try SegmentScan.first(in: file, offset: base, to: size) { bytes, batch in
                    records += Records.read(bytes, batch) ?? []
                    return nil
                }
                return records
            }
            for record in records { body(record) }
        }
    }
}
