/// One record of an uncompressed batch.
struct Record: Sendable, Equatable {
    var timestamp = 0
    var offset = 0
    var key: [UInt8]?
    var value: [UInt8]?
}

/// Reads and builds the records inside uncompressed batches.
enum Records {
    /// Whether the records end exactly at the batch's end and are as many as its header says.
    static func areWellFormed(_ bytes: UnsafeRawBufferPointer, _ batch: RecordBatch) -> Bool {
        var cursor = RecordCursor(bytes, from: RecordBatch.headerSize, to: batch.size)
        for _ in 0..<batch.recordCount {
            guard let size = cursor.varint(), size >= 0, cursor.skip(size) else { return false }
        }
        return cursor.isAtEnd
    }

    /// Whether a record of an uncompressed batch has no key; packed ones are not looked into.
    static func lackKey(_ bytes: ArraySlice<UInt8>, _ batch: RecordBatch) -> Bool {
        bytes.withUnsafeBytes { read($0, batch) }?.contains { $0.key == nil } ?? false
    }

    /// The records of an uncompressed batch; nil if they cannot be read.
    static func read(_ bytes: UnsafeRawBufferPointer, _ batch: RecordBatch) -> [Record]? {
        guard batch.codec == 0, batch.recordCount >= 0, batch.size <= bytes.count else { return nil }
        var cursor = RecordCursor(bytes, from: RecordBatch.headerSize, to: batch.size)
        var records: [Record] = []
        for _ in 0..<batch.recordCount {
            guard let size = cursor.varint(), size >= 0, let end = cursor.position(after: size), cursor.skip(1),
                let time = cursor.varint(), let delta = cursor.varint(), let key = cursor.byteString(),
                let value = cursor.byteString(), cursor.jump(to: end)
            else { return nil }
            let timestamp = batch.usesAppendTime ? batch.maxTimestamp : batch.baseTimestamp &+ time
            records.append(
                Record(timestamp: timestamp, offset: batch.baseOffset &+ delta, key: key, value: value))
        }
        return records
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
        var writer = WireWriter()
        writer.integer(0, Int64.self)
        writer.integer(RecordBatch.headerSize - RecordBatch.prefixSize + body.bytes.count, Int32.self)
        writer.integer(-1, Int32.self)
        writer.integer(2, Int8.self)
        writer.integer(0, UInt32.self)
        writer.integer(0, Int16.self)
        writer.integer(records.count - 1, Int32.self)
        writer.integer(timestamp, Int64.self)
        writer.integer(timestamp, Int64.self)
        writer.integer(-1, Int64.self)
        writer.integer(-1, Int16.self)
        writer.integer(-1, Int32.self)
        writer.integer(records.count, Int32.self)
        writer.append(body.bytes)
        let crc = writer.bytes.withUnsafeBytes { Checksum.crc32c(UnsafeRawBufferPointer(rebasing: $0[21...])) }
        writer.set(Int(crc), UInt32.self, at: 17)
        return writer.bytes
    }
}

extension WireWriter {
    /// A signed variable-length number, as inside records.
    mutating func varint(_ value: Int) {
        var rest = UInt64(bitPattern: Int64((value << 1) ^ (value >> 63)))
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

/// A position among the records of a batch.
private struct RecordCursor {
    private let bytes: UnsafeRawBufferPointer
    private var position: Int
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
    mutating func byteString() -> [UInt8]?? {
        guard let count = varint() else { return nil }
        guard count >= 0 else { return .some(nil) }
        guard let target = position(after: count) else { return nil }
        defer { position = target }
        return Array(bytes[position..<target])
    }
}
