/// The header of a record batch of format 2; the records behind it stay as they are.
struct RecordBatch: Sendable, Equatable {
    /// The bytes of a header.
    static let headerSize = 61
    /// The bytes before the part that the length field counts.
    static let prefixSize = 12

    var baseOffset: Int
    /// Bytes of the whole batch.
    let size: Int
    let leaderEpoch: Int
    let crc: UInt32
    let attributes: Int
    let lastOffsetDelta: Int
    let baseTimestamp: Int
    let maxTimestamp: Int
    let producerID: Int
    let producerEpoch: Int
    let baseSequence: Int
    let recordCount: Int

    var lastOffset: Int { baseOffset &+ lastOffsetDelta }
    var codec: Int { attributes & 7 }
    var usesAppendTime: Bool { attributes & 8 != 0 }
    var isTransactional: Bool { attributes & 16 != 0 }
    var isControl: Bool { attributes & 32 != 0 }

    /// Reads the header at the start of `bytes`; nil if there is none of format 2 with a possible length.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= Self.headerSize, bytes[16] == 2 else { return nil }
        func number<T: FixedWidthInteger>(_ position: Int, _ type: T.Type) -> Int {
            Int(T(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: T.self)))
        }
        let length = number(8, Int32.self)
        guard length >= Self.headerSize - Self.prefixSize else { return nil }
        size = length + Self.prefixSize
        baseOffset = number(0, Int64.self)
        leaderEpoch = number(12, Int32.self)
        crc = UInt32(truncatingIfNeeded: number(17, Int32.self))
        attributes = number(21, Int16.self)
        lastOffsetDelta = number(23, Int32.self)
        baseTimestamp = number(27, Int64.self)
        maxTimestamp = number(35, Int64.self)
        producerID = number(43, Int64.self)
        producerEpoch = number(51, Int16.self)
        baseSequence = number(53, Int32.self)
        recordCount = number(57, Int32.self)
    }

    /// Whether the checksum over `bytes`, the whole batch, is right.
    func hasRightChecksum(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count >= size else { return false }
        return Checksum.crc32c(UnsafeRawBufferPointer(rebasing: bytes[21..<size])) == crc
    }

    /// Says that the base timestamp is the time from which on tombstones may go; set by compaction only.
    static let horizonFlag = 64
    /// From when on its tombstones may go, in milliseconds since 1970; nil if compaction has not seen them yet.
    var horizon: Int? { attributes & Self.horizonFlag != 0 ? baseTimestamp : nil }

    /// The bytes of a whole batch with its checksum.
    static func bytes(
        baseOffset: Int = 0, leaderEpoch: Int = -1, attributes: Int = 0, lastOffsetDelta: Int, baseTimestamp: Int,
        maxTimestamp: Int, producer: (id: Int, epoch: Int, sequence: Int) = (-1, -1, -1), count: Int,
        _ records: [UInt8]
    ) -> [UInt8] {
        var writer = WireWriter()
        writer.integer(baseOffset, Int64.self)
        writer.integer(headerSize - prefixSize + records.count, Int32.self)
        writer.integer(leaderEpoch, Int32.self)
        writer.integer(2, Int8.self)
        writer.integer(0, UInt32.self)
        writer.integer(attributes, Int16.self)
        writer.integer(lastOffsetDelta, Int32.self)
        writer.integer(baseTimestamp, Int64.self)
        writer.integer(maxTimestamp, Int64.self)
        writer.integer(producer.id, Int64.self)
        writer.integer(producer.epoch, Int16.self)
        writer.integer(producer.sequence, Int32.self)
        writer.integer(count, Int32.self)
        writer.append(records)
        let crc = writer.bytes.withUnsafeBytes { Checksum.crc32c(UnsafeRawBufferPointer(rebasing: $0[21...])) }
        writer.set(Int(crc), UInt32.self, at: 17)
        return writer.bytes
    }

    /// Reads a batch that a producer sent and checks it as far as its records need not be unpacked.
    static func checked(_ bytes: ArraySlice<UInt8>, maxBytes: Int, allowsZstd: Bool) throws(ErrorCode) -> RecordBatch {
        let checked = bytes.withUnsafeBytes { check($0, maxBytes: maxBytes, allowsZstd: allowsZstd) }
        return try checked.get()
    }

    /// Whether it is one batch by its own length and nothing else: what Apache Kafka asks before all else (`ProduceRequest.validateRecords`).
    static func isOne(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.withUnsafeBytes { $0.count >= headerSize && $0[16] == 2 && RecordBatch($0)?.size == $0.count }
    }

    private static func check(
        _ bytes: UnsafeRawBufferPointer, maxBytes: Int, allowsZstd: Bool
    ) -> Result<RecordBatch, ErrorCode> {
        guard bytes.count >= headerSize else { return .failure(.invalidRecord) }
        guard bytes[16] == 2 else { return .failure(bytes[16] < 2 ? .invalidRecord : .corruptMessage) }
        guard let batch = RecordBatch(bytes) else { return .failure(.corruptMessage) }
        guard batch.size <= maxBytes else { return .failure(.messageTooLarge) }
        guard batch.size == bytes.count else { return .failure(.invalidRecord) }
        guard batch.hasRightChecksum(bytes) else { return .failure(.corruptMessage) }
        let isWhole =
            batch.baseOffset == 0 && batch.lastOffsetDelta >= 0 && batch.recordCount == batch.lastOffsetDelta + 1
            && !batch.isControl && batch.codec <= 4 && (batch.producerID < 0 || batch.baseSequence >= 0)
        guard isWhole else { return .failure(.invalidRecord) }
        if batch.codec == 4, !allowsZstd { return .failure(.unsupportedCompression) }
        // Plain records are walked through once: a producer that miscounts must not poison its readers.
        guard batch.codec != 0 || Records.areWellFormed(bytes, batch) else { return .failure(.invalidRecord) }
        return .success(batch)
    }

    /// The same batch with the append's time and its mark, or without the mark, and the checksum of that.
    func stamped(_ bytes: ArraySlice<UInt8>, appendTime: Int?) -> (RecordBatch, ArraySlice<UInt8>) {
        var writer = WireWriter()
        writer.append(bytes)
        writer.set(appendTime == nil ? attributes & ~8 : attributes | 8, Int16.self, at: 21)
        if let appendTime { writer.set(appendTime, Int64.self, at: 35) }
        let crc = writer.bytes.withUnsafeBytes { Checksum.crc32c(UnsafeRawBufferPointer(rebasing: $0[21...])) }
        writer.set(Int(crc), UInt32.self, at: 17)
        return (writer.bytes.withUnsafeBytes { RecordBatch($0) } ?? self, writer.bytes[...])
    }

    /// Whether it was stored in the same flush as the batch before it, or in none. The leader epoch says so: 0 is the
    /// one there is, and −1, which clients take for unknown, is the same to them.
    var isFlushedWithFormer: Bool { leaderEpoch == -1 }

    /// The batch's first 16 bytes as they are stored: its place in the log, and whether a flush begins with it.
    func storedPrefix(beginsFlush: Bool) -> [UInt8] {
        var writer = WireWriter()
        writer.integer(baseOffset, Int64.self)
        writer.integer(size - Self.prefixSize, Int32.self)
        writer.integer(beginsFlush ? 0 : -1, Int32.self)
        return writer.bytes
    }
}
