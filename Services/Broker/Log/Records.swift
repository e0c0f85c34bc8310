import CCompression

/// One record.
struct Record: Sendable, Equatable {
    var timestamp = 0
    var offset = 0
    var key: [UInt8]?
    var value: [UInt8]?
}

/// Reads and builds the records inside batches.
enum Records {
    /// Whether the records end exactly at the batch's end and are as many as its header says.
    static func areWellFormed(_ bytes: UnsafeRawBufferPointer, _ batch: RecordBatch) -> Bool {
        var cursor = RecordCursor(bytes, from: RecordBatch.headerSize, to: batch.size)
        for _ in 0..<batch.recordCount {
            guard let size = cursor.varint(), size >= 0, cursor.skip(size) else { return false }
        }
        return cursor.isAtEnd
    }

    /// The records of a batch; nil if they cannot be read.
    static func read(_ bytes: UnsafeRawBufferPointer, _ batch: RecordBatch) -> [Record]? {
        withPlain(bytes, batch) { plain in
            var records: [Record] = []
            let isWhole = walk(plain, batch) { part in
                let timestamp =
                    batch.usesAppendTime ? batch.maxTimestamp : batch.baseTimestamp &+ part.timestampDelta
                records.append(
                    Record(
                        timestamp: timestamp, offset: batch.baseOffset &+ part.offsetDelta,
                        key: part.key.map { Array(plain[$0]) }, value: part.value.map { Array(plain[$0]) }))
            }
            return isWhole ? records : nil
        } ?? nil
    }

    /// Which records of a batch have no key, as compaction needs one: their places in it, the first hundred, and how many there are;
    /// nil where the batch cannot be read.
    static func withoutKeys(
        _ bytes: UnsafeRawBufferPointer, _ batch: RecordBatch
    ) -> (first: [Int], count: Int)? {
        withPlain(bytes, batch) { plain in
            var (index, first, count) = (0, [Int](), 0)
            let isWhole = walk(plain, batch) { part in
                if part.key == nil {
                    count += 1
                    if first.count < 100 { first.append(index) }
                }
                index += 1
            }
            return isWhole ? (first, count) : nil
        } ?? nil
    }

    /// The most bytes that a batch is unpacked to; what would be more stays unread.
    private static let unpackLimit = 64 << 20

    /// Gives `body` the plain records of a whole batch, unpacked if need be; nil if they cannot be.
    static func withPlain<T>(
        _ bytes: UnsafeRawBufferPointer, _ batch: RecordBatch, _ body: (UnsafeRawBufferPointer) -> T
    ) -> T? {
        guard batch.size <= bytes.count else { return nil }
        let packed = UnsafeRawBufferPointer(rebasing: bytes[RecordBatch.headerSize..<batch.size])
        guard batch.codec != 0, batch.recordCount > 0 else { return body(packed) }
        var room = max(4 * packed.count, 1 << 16)
        while room <= unpackLimit {
            var result = -1
            let plain = [UInt8](unsafeUninitializedCapacity: room) { target, filled in
                result = ccompression_unpack(
                    Int32(batch.codec), packed.bindMemory(to: UInt8.self).baseAddress, packed.count,
                    target.baseAddress, room)
                filled = max(0, result)
            }
            if result >= 0 { return plain.withUnsafeBytes(body) }
            guard result == -2 else { return nil }
            room *= 4
        }
        return nil
    }

    /// Where the parts of one record stand among the plain records of its batch.
    struct Part {
        let timestampDelta: Int
        let offsetDelta: Int
        /// All of it, with its length.
        let whole: Range<Int>
        /// What stands behind its offset: key, value and headers.
        let rest: Range<Int>
        let key: Range<Int>?
        let value: Range<Int>?
    }

    /// Calls `body` with each record of a batch; says whether all could be read, each behind the one before and
    /// within the batch's offsets. Producers say what they like, and Apache Kafka lets them.
    static func walk(_ plain: UnsafeRawBufferPointer, _ batch: RecordBatch, _ body: (Part) -> Void) -> Bool {
        var cursor = RecordCursor(plain, from: 0, to: plain.count)
        var least = 0
        for _ in 0..<max(0, batch.recordCount) {
            let start = cursor.position
            guard let size = cursor.varint(), size >= 0, let end = cursor.position(after: size), cursor.skip(1),
                let time = cursor.varint(), let delta = cursor.varint(), delta >= least, delta <= batch.lastOffsetDelta
            else { return false }
            least = delta + 1
            let rest = cursor.position
            guard let key = cursor.byteString(), let value = cursor.byteString(), cursor.jump(to: end) else {
                return false
            }
            body(
                Part(
                    timestampDelta: time, offsetDelta: delta, whole: start..<end, rest: rest..<end, key: key,
                    value: value))
        }
        return true
    }

    /// A batch in the place of another, with some of its records or none, never packed.
    ///
    /// Base offset, last offset and the producer's numbers stay. With a `horizon` the batch says when its tombstones
    /// may go: the base timestamp holds it then, as Kafka writes it.
    static func rewritten(
        _ batch: RecordBatch, _ plain: UnsafeRawBufferPointer, keeping parts: [Part], horizon: Int?
    ) -> [UInt8] {
        let base = horizon ?? batch.baseTimestamp
        let shift = batch.baseTimestamp &- base
        var body = WireWriter()
        for part in parts {
            if shift == 0 {
                body.append(plain[part.whole])
                continue
            }
            var record = WireWriter()
            record.integer(0, Int8.self)
            record.varint(part.timestampDelta &+ shift)
            record.varint(part.offsetDelta)
            record.append(plain[part.rest])
            body.varint(record.bytes.count)
            body.append(record.bytes)
        }
        let latest = parts.map { batch.baseTimestamp &+ $0.timestampDelta }.max()
        return RecordBatch.bytes(
            baseOffset: batch.baseOffset, leaderEpoch: 0,
            attributes: batch.attributes & ~7 | (horizon == nil ? 0 : RecordBatch.horizonFlag),
            lastOffsetDelta: batch.lastOffsetDelta, baseTimestamp: base,
            maxTimestamp: batch.usesAppendTime ? batch.maxTimestamp : latest ?? -1,
            producer: (batch.producerID, batch.producerEpoch, batch.baseSequence), count: parts.count, body.bytes)
    }

    /// An empty batch that stands for offsets whose records are gone.
    static func filler(_ offsets: Range<Int>) -> [UInt8] {
        RecordBatch.bytes(
            baseOffset: offsets.lowerBound, leaderEpoch: 0, lastOffsetDelta: offsets.count - 1, baseTimestamp: -1,
            maxTimestamp: -1, count: 0, [])
    }

    /// A whole batch of records of one time, as a producer without an id would send it.
    static func batch(_ records: [(key: [UInt8], value: [UInt8]?)], timestamp: Int) -> [UInt8] {
        var body = WireWriter()
        for (index, record) in records.enumerated() {
            var part = WireWriter()
            part.integer(0, Int8.self)
            part.varint(0)
            part.varint(index)
            part.varint(record.key.count)
            part.append(record.key)
            part.varint(record.value?.count ?? -1)
            part.append(record.value ?? [])
            part.varint(0)
            body.varint(part.bytes.count)
            body.append(part.bytes)
        }
        return RecordBatch.bytes(
            lastOffsetDelta: records.count - 1, baseTimestamp: timestamp, maxTimestamp: timestamp,
            count: records.count, body.bytes)
    }
}

extension WireWriter {
    /// A signed variable-length number, as inside records.
    mutating func varint(_ value: Int) { uvarint((value << 1) ^ (value >> 63)) }
}

/// A position among the records of a batch.
private struct RecordCursor {
    private let bytes: UnsafeRawBufferPointer
    private(set) var position: Int
    private let end: Int

    init(_ bytes: UnsafeRawBufferPointer, from position: Int, to end: Int) {
        self.bytes = bytes
        self.position = position
        self.end = min(end, bytes.count)
    }

    var isAtEnd: Bool { position == end }

    func position(after count: Int) -> Int? { count <= end - position ? position + count : nil }

    mutating func skip(_ count: Int) -> Bool {
        guard let target = position(after: count) else { return false }
        position = target
        return true
    }

    mutating func jump(to target: Int) -> Bool {
        guard target >= position, target <= end else { return false }
        position = target
        return true
    }

    mutating func varint() -> Int? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard position < end else { return nil }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return Int(Int64(bitPattern: (value >> 1) ^ (0 &- (value & 1)))) }
        }
        return nil
    }

    /// A byte string with its length before it; the inner nil is null, the outer one a broken record.
    mutating func byteString() -> Range<Int>?? {
        guard let count = varint() else { return nil }
        guard count >= 0 else { return .some(nil) }
        guard let target = position(after: count) else { return nil }
        defer { position = target }
        return .some(position..<target)
    }
}
