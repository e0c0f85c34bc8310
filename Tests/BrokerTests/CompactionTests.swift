import CCompression
import EventLoop
import Testing

@testable import Broker

/// A batch of keys and values; nil for a tombstone.
private func keyed(_ records: [(String, String?)], time: Int = 1000) -> [UInt8] {
    Records.batch(records.map { (Array($0.0.utf8), $0.1.map { Array($0.utf8) }) }, timestamp: time)
}

/// The same batch, packed: 2 snappy, 3 lz4, 4 zstd.
private func packed(_ batch: [UInt8], codec: Int) -> [UInt8] {
    let records = Array(batch[RecordBatch.headerSize...])
    let body = [UInt8](unsafeUninitializedCapacity: 2 * records.count + 1000) { target, filled in
        records.withUnsafeBytes { source in
            switch codec {
            case 2:
                filled = target.count
                _ = snappy_compress(source.baseAddress, source.count, target.baseAddress, &filled)
            case 3: filled = LZ4F_compressFrame(target.baseAddress, target.count, source.baseAddress, source.count, nil)
            default: filled = ZSTD_compress(target.baseAddress, target.count, source.baseAddress, source.count, 1)
            }
        }
    }
    let header = batch.withUnsafeBytes { RecordBatch($0) }
    return RecordBatch.bytes(
        attributes: codec, lastOffsetDelta: header?.lastOffsetDelta ?? 0, baseTimestamp: header?.baseTimestamp ?? 0,
        maxTimestamp: header?.maxTimestamp ?? 0, count: header?.recordCount ?? 0, body)
}

/// Reads a topic from an offset to its end: records, and the offset behind the last batch.
@Loop
private func readAll(_ client: TestClient, _ topic: String, from offset: Int = 0) async throws -> ([Record], end: Int) {
    var (records, position): ([Record], Int) = ([], offset)
    while true {
        let found = TestClient.fetched(
            try await client.call(1, 11, TestClient.fetchBody(topic, from: position, wait: 0)))
        #expect(found.code == 0)
        guard let end = testEnd(found.bytes) else { return (records, position) }
        records += testRecords(found.bytes).filter { $0.offset >= position }
        position = end
    }
}

private let compacted = [
    "cleanup.policy": "compact", "segment.bytes": "16384", "min.cleanable.dirty.ratio": "0.01",
    "delete.retention.ms": "5000",
]

@Test(arguments: [0, 2, 3, 4])
@Loop func ofEachKeyTheNewestRecordStays(codec: Int) async throws {
    try await withFolder { folder in
        var random = SystemIndependentRandom(seed: UInt64(codec) + 7)
        var newest: [String: (offset: Int, value: String)] = [:]
        let settings = BrokerSettings(dataDirectory: folder)
        var end = 0
        for _ in 0..<2 {
            let broker = try Broker(settings)
            try await broker.start()
            let client = try await TestClient(port: broker.port)
            try await client.create("t", compacted)
            for _ in 0..<300 {
                let records = (0..<3).map { _ in
                    ("key \(random.next() % 30)", "\(random.next())" + String(repeating: "v", count: 60))
                }
                let batch = codec == 0 ? keyed(records) : packed(keyed(records), codec: codec)
                #expect(try await client.produce(batch, to: "t") == (0, end))
                for (index, record) in records.enumerated() { newest[record.0] = (end + index, record.1) }
                end += 3
            }
            let before = broker.node.partition("t", 0)?.size ?? 0
            await broker.node.clean()
            let log = try #require(broker.node.partition("t", 0))
            #expect(log.size < before / 2, "\(log.size) of \(before)")
            // A second pass finds nothing to do.
            let (size, files) = (log.size, log.segments.map(\.baseOffset))
            await broker.node.clean()
            #expect(log.size == size && log.segments.map(\.baseOffset) == files)
            let (records, last) = try await readAll(client, "t")
            #expect(last == end)
            #expect(records.count < end && records.map(\.offset) == records.map(\.offset).sorted())
            for (key, value) in newest {
                let found = records.last { text($0.key) == key }
                #expect(found?.offset == value.offset && text(found?.value) == value.value)
            }
            // A reader may begin anywhere, also where nothing is left.
            let middle = try await readAll(client, "t", from: end / 3)
            #expect(middle.end == end && middle.0 == records.filter { $0.offset >= end / 3 })
            client.close()
            await broker.stop()
        }
        // What the checkpoints vouched for is also there without them.
        let partition = try Disk.names(in: "\(folder)/topics").first ?? ""
        let path = "\(folder)/topics/\(partition)/0"
        for name in try Disk.names(in: path) where name.hasSuffix(".index") { try Disk.remove("\(path)/\(name)") }
        let found = FoundLog.recover(path, now: 0, afterPowerLoss: true)
        #expect(found.damage == nil && found.segments.last?.index.endOffset == end)
    }
}

@Test @Loop func tombstonesStayForSlowReadersAndThenGo() async throws {
    try await withBroker { broker, client in
        try await client.create("t", compacted)
        let filling = String(repeating: "x", count: 9000)
        _ = try await client.produce(keyed([("gone", "value"), ("kept", "value")]), to: "t")
        _ = try await client.produce(keyed([("gone", nil)]), to: "t")
        for number in 0..<4 { _ = try await client.produce(keyed([("fill \(number)", filling)]), to: "t") }
        let now = Node.time
        func keys() async throws -> [String] {
            try await readAll(client, "t").0.map { text($0.key) + ($0.value == nil ? " removed" : "") }
        }
        await broker.node.clean(now: now)
        #expect(try await keys().prefix(2) == ["kept", "gone removed"])
        let tombstone = try await readAll(client, "t").0.first { $0.value == nil }
        #expect(tombstone?.timestamp == 1000)
        await broker.node.clean(now: now + 4000)
        #expect(try await keys().contains("gone removed"))
        await broker.node.clean(now: now + 6000)
        #expect(try await keys().prefix(2) == ["kept", "fill 0"])
        #expect(try await client.produce(Records.batch([], timestamp: 0), to: "t").code == 87)
        #expect(try await client.produce(testBatch(["a"]), to: "t").code == 0)
        // Compaction needs keys.
        let keyless = RecordBatch.bytes(
            lastOffsetDelta: 0, baseTimestamp: 0, maxTimestamp: 0, count: 1, [14, 0, 0, 0, 1, 2, 97, 0])
        #expect(try await client.produce(keyless, to: "t").code == 87)
    }
}

@Test @Loop func aBrokenOffCompactionLeavesTheOldFilesOrTheNew() async throws {
    try await withBroker { broker, client in
        try await client.create("t", compacted)
        for number in 0..<200 {
            let value = String(repeating: "v", count: 400)
            _ = try await client.produce(
                testBatch([value], producer: 5, sequence: number, time: number), to: "t")
            _ = try await client.produce(keyed([("\(number % 20)", value)]), to: "t")
        }
        let log = try #require(broker.node.partition("t", 0))
        let closed = log.segments.dropLast()
        let pass = Compaction(
            sources: closed.map { .init(path: $0.path, baseOffset: $0.baseOffset, index: $0.index) }, dirtyFrom: 0,
            rules: log.rules, remembered: Set(log.producers.producers.values.flatMap { $0.recent.map(\.baseOffset) }),
            now: Node.time)
        let producers = log.producers
        @Loop func check(_ step: String) throws {
            let copy = "\(log.folder)-copy"
            try Disk.makeFolder(copy)
            for name in try Disk.names(in: log.folder) {
                try Disk.replace("\(copy)/\(name)", with: try Disk.contents(of: "\(log.folder)/\(name)") ?? [])
            }
            let found = FoundLog.recover(copy, now: 0, afterPowerLoss: false)
            #expect(found.damage == nil && found.cutBytes == 0, "\(step): \(found.damage ?? "")")
            #expect(found.segments.last?.index.endOffset == 400, "\(step)")
            #expect(found.producers.producers[5]?.recent == producers.producers[5]?.recent, "\(step)")
            var last: [String: Int] = [:]
            for file in found.segments {
                let open = try OpenFile("\(copy)/\(Segment.name(file.baseOffset))")
                let _: Bool? = try SegmentScan.first(in: open, offset: file.baseOffset, to: file.index.size) {
                    bytes, batch in
                    for record in Records.read(bytes, batch) ?? [] { last[text(record.key)] = record.offset }
                    return nil
                }
            }
            #expect(last.count == 21 && last.values.min() ?? 0 >= 360, "\(step)")
            try Disk.remove(copy)
        }
        try check("before")
        let outcome = try pass.run()
        #expect(outcome.drafts.count > 1)
        try check("with drafts")
        try OpenFile(outcome.drafts[0].path).truncate(to: 10)
        try check("with half a draft")
        _ = try pass.run()
        for draft in outcome.drafts {
            let old = Array(closed)[draft.sources]
            try DiskError.check(rename(draft.path, old.first?.path ?? ""), "rename")
            try check("after a rename")
            for segment in old.dropFirst() {
                try Disk.remove(segment.path)
                try check("after a removal")
            }
        }
    }
}

@Test @Loop func aCompactionThatFailsLeavesNothingThatTakesRoom() async throws {
    try await withBroker { broker, client in
        try await client.create("t", compacted)
        for number in 0..<40 {
            _ = try await client.produce(keyed([("k", String(repeating: "v", count: 3000))], time: number), to: "t")
        }
        let log = try #require(broker.node.partition("t", 0))
        let last = try #require(log.segments.dropLast().last)
        // The last file that is read is damaged: those before are written anew by then.
        try [0xff].withUnsafeBytes { try OpenFile(last.path).write($0, at: last.index.size - 10) }
        await broker.node.clean()
        #expect(log.failure?.contains("is damaged") == true)
        #expect(try Disk.names(in: log.folder).filter { $0.hasSuffix(Compaction.draft) } == [])
    }
}

/// What is small when packed and great when not, as a client without good will may send it.
@Test @Loop func unpackingHoldsUpNobodyAndKeepsTheOrder() async throws {
    try await withBroker { broker, client in
        try await client.create("t", compacted.merging(["segment.bytes": "1048576"]) { $1 })
        let zeros = [UInt8](repeating: 0, count: 40 << 20)
        let great = packed(Records.batch([(Array("k".utf8), zeros)], timestamp: 1), codec: 4)
        #expect(great.count < 100_000)
        let keyless = packed(
            RecordBatch.bytes(
                lastOffsetDelta: 0, baseTimestamp: 0, maxTimestamp: 0, count: 1, [14, 0, 0, 0, 1, 2, 97, 0]),
            codec: 4)
        let writer = try await TestClient(port: broker.port)
        defer { writer.close() }
        for batch in [great, great, keyed([("a", "1")]), keyless, packed(keyed([("b", "2")]), codec: 4)] {
            writer.send(0, 7, TestClient.produceBody(batch, "t"))
        }
        // Asked later and answered earlier.
        _ = try await client.call(3, 4, ["Topics": nil])
        #expect(!writer.hasFrame)
        var answers: [Int] = []
        for _ in 0..<5 {
            let (code, offset) = try await writer.produced()
            answers.append(code == 0 ? offset : -code)
        }
        #expect(answers == [0, 1, 2, -87, 3])
    }
}

@Test(arguments: ["none", "gzip", "snappy", "lz4", "zstd"])
@Loop func kcatReadsWhatCompactionLeft(codec: String) async throws {
    guard access("/usr/bin/kcat", X_OK) == 0 else { try Test.cancel("kcat is not installed") }
    try await withBroker { broker, client in
        try await client.create("t", compacted.merging(["segment.bytes": "65536"]) { $1 })
        let kcat = "/usr/bin/kcat -b 127.0.0.1:\(broker.port) -t t"
        let line = """
            seq 1 30000 | awk '{print $1 % 500 ":" $1}' | \(kcat) -P -K : -z \(codec) -X batch.num.messages=700
            """
        try await succeed("sh", ["-c", line])
        await broker.node.clean()
        #expect((broker.node.partition("t", 0)?.segments.first?.index.endOffset ?? 0) > 1000)
        let reading = """
            \(kcat) -C -e -q -K : -X check.crcs=true | awk -F: '{last[$1] = $2; n += 1} \
            END {for (k in last) sum += last[k]; print length(last), sum; exit !(length(last) == 500 && \
            sum == 14875250 && n < 30000)}'
            """
        try await succeed("sh", ["-c", reading])
    }
}

@Test(arguments: [0, 2, 3, 4])
@Loop func timesAreFoundToTheRecordInPackedBatches(codec: Int) async throws {
    try await withBroker { _, client in
        try await client.create("t")
        // Twenty records a batch, one a millisecond.
        for number in 0..<5 {
            var records = WireWriter()
            for index in 0..<20 {
                var record = WireWriter()
                record.integer(0, Int8.self)
                for value in [index, index, -1, 1] { record.varint(value) }
                record.append([65])
                record.varint(0)
                records.varint(record.bytes.count)
                records.append(record.bytes)
            }
            let plain = RecordBatch.bytes(
                lastOffsetDelta: 19, baseTimestamp: number * 20, maxTimestamp: number * 20 + 19, count: 20,
                records.bytes)
            let batch = codec == 0 ? plain : packed(plain, codec: codec)
            #expect(try await client.produce(batch, to: "t") == (0, number * 20))
        }
        for time in [0, 1, 19, 20, 47, 99] { #expect(try await listOffset(client, "t", time) == time) }
        #expect(try await listOffset(client, "t", -3) == 99)
        #expect(try await listOffset(client, "t", 100) == -1)
    }
}

/// The answer of ListOffsets for one time, or the error's code below -100.
@Loop
func listOffset(_ client: TestClient, _ topic: String, _ time: Int) async throws -> Int {
    let partition: Message = ["PartitionIndex": 0, "CurrentLeaderEpoch": -1, "Timestamp": .int(time)]
    let topics: [Message] = [["Name": .text(topic), "Partitions": .list([partition])]]
    let answer = try await client.call(2, 7, ["ReplicaId": -1, "Topics": .list(topics)])
    let entry = answer.list("Topics").first?.list("Partitions").first
    let code = entry?.int("ErrorCode") ?? 99
    return code == 0 ? entry?.int("Offset") ?? -99 : -100 - code
}
