import EventLoop

/// One pass over the closed files of a partition, after which of each key only the newest record stays.
///
/// A first walk over the part that no pass has seen yet notes the last offset of each key, as many keys as memory
/// allows; a second rewrites all files up to there, several small ones into one. Every offset stays accounted for:
/// batches keep theirs, and where whole batches went an empty one fills the gap, so that recovery can still tell what is
/// missing. Batches that producers may send again keep their headers. Tombstones first get a time until which slow
/// readers find them (Kafka's delete horizon) and go in a later pass.
struct Compaction: Sendable {
    /// A closed file to be compacted.
    struct Source: Sendable {
        let path: String
        let baseOffset: Int
        let index: SegmentIndex
    }

    /// A finished file that waits to take the place of its sources.
    struct Draft: Sendable {
        let path: String
        let sources: Range<Int>
        let index: SegmentIndex
        var isChanged = false
        var nextHorizon: Int?
    }

    /// What a pass made.
    struct Outcome: Sendable {
        var drafts: [Draft] = []
        /// The offset up to which the log is compacted once all drafts are in place.
        var cleanedTo: Int
        var nextHorizon: Int?
    }

    let sources: [Source]
    /// Where the part begins that no pass has seen.
    let dirtyFrom: Int
    let rules: LogRules
    /// Base offsets of the batches that producers may send again.
    let remembered: Set<Int>
    /// Milliseconds since 1970.
    let now: Int
    var keyLimit = 200_000

    /// How the names of unfinished files end.
    static let draft = ".cleaned"

    /// A key of 128 bits, by a hash that nobody outside this process can foresee.
    private struct KeyHash: Hashable {
        let high: Int
        let low: Int

        init(_ key: UnsafeRawBufferPointer) {
            var hasher = Hasher()
            hasher.combine(bytes: key)
            high = hasher.finalize()
            hasher = Hasher()
            hasher.combine(1)
            hasher.combine(bytes: key)
            low = hasher.finalize()
        }
    }

    /// Does the pass, off the loop; where it cannot, it leaves nothing behind that takes room.
    func run() throws -> Outcome {
        do {
            return try drafts()
        } catch {
            for source in sources { try? Disk.remove(source.path + Self.draft) }
            throw error
        }
    }

    private func drafts() throws -> Outcome {
        let (newest, end) = try lastOffsets()
        var outcome = Outcome(cleanedTo: end)
        var first = 0
        while first < sources.count, sources[first].baseOffset < end {
            var (last, size) = (first, sources[first].index.size)
            while last + 1 < sources.count, sources[last + 1].baseOffset < end,
                size + sources[last + 1].index.size <= rules.segmentBytes
            {
                last += 1
                size += sources[last].index.size
            }
            let draft = try rewrite(first...last, newest, end)
            if let horizon = draft.nextHorizon {
                outcome.nextHorizon = min(outcome.nextHorizon ?? .max, horizon)
            }
            if first == last, !draft.isChanged {
                try Disk.remove(draft.path)
            } else {
                outcome.drafts.append(draft)
            }
            first = last + 1
        }
        return outcome
    }

    /// The last offset of each key in the dirty part, and where that part ends, or where memory did.
    private func lastOffsets() throws -> ([KeyHash: Int], end: Int) {
        var newest: [KeyHash: Int] = [:]
        for source in sources where source.index.endOffset > dirtyFrom {
            let file = try OpenFile(source.path, O_RDONLY)
            let stop: Int? = try SegmentScan.first(
                in: file, offset: source.baseOffset, to: source.index.size
            ) { bytes, batch in
                guard batch.lastOffset >= dirtyFrom else { return nil }
                if newest.count >= keyLimit { return batch.baseOffset }
                _ = Records.withPlain(bytes, batch) { plain in
                    Records.walk(plain, batch) { part in
                        guard let key = part.key else { return }
                        newest[KeyHash(UnsafeRawBufferPointer(rebasing: plain[key]))] =
                            batch.baseOffset + part.offsetDelta
                    }
                }
                return nil
            }
            if let stop { return (newest, stop) }
        }
        return (newest, sources.last?.index.endOffset ?? dirtyFrom)
    }

    private func rewrite(_ range: ClosedRange<Int>, _ newest: [KeyHash: Int], _ end: Int) throws -> Draft {
        let target = sources[range.lowerBound]
        let path = target.path + Self.draft
        var writer = DraftWriter(file: try OpenFile(path, O_RDWR | O_CREAT | O_TRUNC), target.baseOffset)
        var (isChanged, nextHorizon): (Bool, Int?) = (false, nil)
        for source in sources[range] {
            let file = try OpenFile(source.path, O_RDONLY)
            let failure: (any Error)? = try SegmentScan.first(
                in: file, offset: source.baseOffset, to: source.index.size
            ) { bytes, batch in
                let whole = UnsafeRawBufferPointer(rebasing: bytes[..<batch.size])
                let verdict = judge(batch, whole, newest, end)
                if let horizon = verdict.horizon { nextHorizon = min(nextHorizon ?? .max, horizon) }
                do {
                    switch verdict.result {
                    case .keep: try writer.add(whole)
                    case .drop:
                        isChanged = isChanged || batch.recordCount > 0
                        writer.skip(batch)
                    case .rewrite(let bytes):
                        isChanged = isChanged || !bytes.elementsEqual(whole)
                        try bytes.withUnsafeBytes { try writer.add($0) }
                    }
                } catch {
                    return error
                }
                return nil
            }
            if let failure { throw failure }
        }
        let index = try writer.finish()
        // What tells of the old file must not be taken for the new one's.
        try Disk.remove(Checkpoint.path(of: target.path))
        try Disk.synchroniseFolder(Disk.parent(of: target.path))
        return Draft(
            path: path, sources: range.lowerBound..<range.upperBound + 1, index: index, isChanged: isChanged,
            nextHorizon: nextHorizon)
    }

    private enum Verdict {
        case keep
        case drop
        case rewrite([UInt8])
    }

    /// What becomes of one batch, and until when its tombstones stay, if any do.
    private func judge(
        _ batch: RecordBatch, _ bytes: UnsafeRawBufferPointer, _ newest: [KeyHash: Int], _ end: Int
    ) -> (result: Verdict, horizon: Int?) {
        // Not to be read, or never packed by a client: keeping more than needed is no fault.
        if batch.isControl { return (.keep, nil) }
        return Records.withPlain(bytes, batch) { plain in
            var kept: [Records.Part] = []
            var hasTombstones = false
            let isWhole = Records.walk(plain, batch) { part in
                guard let key = part.key else { return }
                let last = newest[KeyHash(UnsafeRawBufferPointer(rebasing: plain[key]))]
                guard last ?? 0 <= batch.baseOffset + part.offsetDelta else { return }
                if part.value == nil {
                    if let horizon = batch.horizon, horizon <= now { return }
                    hasTombstones = true
                }
                kept.append(part)
            }
            guard isWhole else { return (.keep, nil) }
            let isNew = hasTombstones && batch.horizon == nil && batch.lastOffset < end
            let horizon = isNew ? now + rules.tombstoneAge : batch.horizon
            let remaining = hasTombstones ? horizon : nil
            if kept.count == batch.recordCount, !isNew, batch.recordCount > 0 { return (.keep, remaining) }
            if kept.isEmpty, !remembered.contains(batch.baseOffset) { return (.drop, nil) }
            let rewritten = Records.rewritten(batch, plain, keeping: kept, horizon: horizon)
            // Unpacked, a batch may be greater than before, and then little would be gained.
            if rewritten.count > batch.size, !isNew { return (.keep, remaining) }
            return (.rewrite(rewritten), remaining)
        } ?? (.keep, nil)
    }
}

/// Writes batches behind one another and fills the gaps between them.
private struct DraftWriter {
    let file: OpenFile
    private var index: SegmentIndex
    private var buffer: [UInt8] = []
    /// Offsets behind the index's end whose records are gone.
    private var gapEnd: Int

    init(file: OpenFile, _ baseOffset: Int) {
        self.file = file
        index = SegmentIndex(endOffset: baseOffset)
        gapEnd = baseOffset
    }

    mutating func skip(_ batch: RecordBatch) { gapEnd = batch.lastOffset + 1 }

    mutating func add(_ bytes: UnsafeRawBufferPointer) throws {
        try fillGap()
        try append(bytes)
    }

    mutating func finish() throws -> SegmentIndex {
        try fillGap()
        try flush()
        try file.synchronise()
        return index
    }

    private mutating func fillGap() throws {
        while index.endOffset < gapEnd {
            let upper = min(gapEnd, index.endOffset + Int(Int32.max))
            try Records.filler(index.endOffset..<upper).withUnsafeBytes { try append($0) }
        }
    }

    private mutating func append(_ bytes: UnsafeRawBufferPointer) throws {
        guard let batch = RecordBatch(bytes) else { return }
        buffer.append(contentsOf: bytes)
        index.add(batch)
        gapEnd = index.endOffset
        if buffer.count >= 1 << 20 { try flush() }
    }

    private mutating func flush() throws {
        try buffer.withUnsafeBytes { try file.write($0, at: index.size - buffer.count) }
        buffer.removeAll(keepingCapacity: true)
    }
}

extension PartitionLog {
    /// Compacts what has become worth it; says whether anything changed that should be kept.
    func compactIfDue(now: Int) async throws -> Bool {
        guard failure == nil, rules.compacts, segments.count > 1 else { return false }
        let closed = Array(segments.dropLast())
        let ripe = closed.prefix { $0.index.endOffset <= cleanedTo || now - $0.newestTime >= rules.minLag }
        let dirty = ripe.filter { $0.index.endOffset > cleanedTo }
        let share =
            Double(dirty.reduce(0) { $0 + $1.index.size })
            / Double(max(1, ripe.reduce(0) { $0 + $1.index.size }))
        let isOld = dirty.contains { now - $0.newestTime > rules.maxLag }
        let isDue = !dirty.isEmpty && (share >= rules.dirtyRatio || isOld) || nextHorizon.map { $0 <= now } ?? false
        guard isDue else { return false }
        try await compact(Array(ripe), now: now)
        return true
    }

    private func compact(_ ripe: [Segment], now: Int) async throws {
        let remembered = producers.producers.values.flatMap { $0.recent.map(\.baseOffset) }
        let pass = Compaction(
            sources: ripe.map { Compaction.Source(path: $0.path, baseOffset: $0.baseOffset, index: $0.index) },
            dirtyFrom: cleanedTo, rules: rules, remembered: Set(remembered), now: now)
        let outcome = try await mindingDamage { try await Loop.offload { try pass.run() } }
        for draft in outcome.drafts {
            let old = Array(ripe[draft.sources])
            guard try replace(old, by: draft) else {
                let path = draft.path
                try await Loop.offload { try Disk.remove(path) }
                continue
            }
            let (folder, paths) = (folder, old.dropFirst().map(\.path))
            try await Loop.offload {
                // The others go when the one that holds their records is there for good.
                try Disk.synchroniseFolder(folder)
                for path in paths {
                    try Disk.remove(path)
                    try Disk.remove(Checkpoint.path(of: path))
                }
            }
        }
        cleanedTo = outcome.cleanedTo
        nextHorizon = outcome.nextHorizon
    }
}
