@testable import Broker

extension Reader {
    /// Frames that the Broker is sent, and the batches of records in them.
    static let frames = Reader(
        "kafka", bytes: seeds + [[0, 0, 0, 0] + batch],
        words: [
            [0x7F, 0xFF, 0xFF, 0xFF], [0x80, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0x80, 0x80, 0x80, 0x80, 0x08],
            [0, 0, 0, 1], [0, 4], Array("topic".utf8),
        ]
    ) { input in
        var reader = WireReader(input, from: min(4, input.count))
        if let header = try? RequestHeader(&reader), let api = API.byKey[header.key],
            api.accepted.contains(header.version)
        {
            try repeated(try api.readRequest(&reader, version: header.version), api, header.version)
        }
        try batchIsRead(Array(input.dropFirst(4)))
    }

    private static let batch = Records.batch(
        [(Array("k".utf8), Array("v".utf8)), (Array("l".utf8), nil)], timestamp: 1)

    /// A request of each kind, with nothing in it, and one that writes.
    private static var seeds: [[UInt8]] {
        API.all.map { frame($0, Message(names: [], values: [])) }
            + API.all.filter { $0.key == 0 }.map { api in
                let data: Message = ["Index": 0, "Records": .bytes(batch[...])]
                let topic: Message = ["Name": "topic", "PartitionData": .list([data])]
                return frame(api, ["Acks": 1, "TimeoutMs": 1, "TopicData": .list([topic])])
            }
    }

    private static func frame(_ api: API, _ body: Message) -> [UInt8] {
        let version = api.accepted.upperBound
        var writer = WireWriter()
        writer.integer(0, Int32.self)
        writer.integer(api.key, Int16.self)
        writer.integer(version, Int16.self)
        writer.integer(1, Int32.self)
        writer.integer(-1, Int16.self)
        if api.isFlexible(version) { writer.uvarint(0) }
        api.request.write(body, to: &writer, version: version, isFlexible: api.isFlexible(version))
        return writer.bytes
    }

    /// What was read is written, and read again as it was.
    private static func repeated(_ body: Message, _ api: API, _ version: Int) throws {
        let isFlexible = api.isFlexible(version)
        var writer = WireWriter()
        api.request.write(body, to: &writer, version: version, isFlexible: isFlexible)
        var again = WireReader(writer.bytes)
        let copy = try? api.request.read(&again, version: version, isFlexible: isFlexible)
        try hold(copy == body && again.remaining == 0, "what was read is written as it was")
    }

    /// A batch is refused, or read as it is and as compaction reads it; whatever its checksum, which only says that it came as it was sent.
    private static func batchIsRead(_ input: [UInt8]) throws {
        _ = try? RecordBatch.checked(input[...], maxBytes: 1 << 20, allowsZstd: true)
        var mended = input
        guard mended.count >= RecordBatch.headerSize else { return }
        let crc = mended.withUnsafeBytes { Checksum.crc32c(UnsafeRawBufferPointer(rebasing: $0[21...])) }
        for place in 0..<4 { mended[17 + place] = UInt8(truncatingIfNeeded: crc >> UInt32(24 - 8 * place)) }
        guard let batch = try? RecordBatch.checked(mended[...], maxBytes: 1 << 20, allowsZstd: true) else { return }
        _ = batch.stamped(mended[...], appendTime: 1)
        try mended.withUnsafeBytes { bytes in
            let records = Records.read(bytes, batch)
            let keyless = Records.withoutKeys(bytes, batch)
            try hold((records == nil) == (keyless == nil), "all who read records agree")
            guard let records else { return }
            try hold(records.count == batch.recordCount, "as many records as are told")
            try hold(keyless?.count == records.count { $0.key == nil }, "as many records without keys as there are")
        }
    }
}
