import EventLoop
import Testing

@testable import Broker

@Test @Loop func whatIsWrittenIsReadAndOutlivesARestart() async throws {
    try await withFolder { folder in
        var settings = BrokerSettings(dataDirectory: folder)
        settings.segmentBytes = 1 << 16
        var clusterID = ""
        for round in 0..<3 {
            let broker = try Broker(settings)
            try await broker.start()
            let client = try await TestClient(port: broker.port)
            try await client.create("t")
            for number in 0..<100 {
                let value = String(repeating: "x", count: 1000) + " \(round) \(number)"
                #expect(try await client.produce(testBatch([value]), to: "t") == (0, round * 100 + number))
            }
            var values: [String] = []
            while values.count < (round + 1) * 100 {
                let answer = try await client.call(
                    1, 11, TestClient.fetchBody("t", from: values.count, wait: 0, maxBytes: 10_000))
                let got = testRecords(TestClient.fetched(answer).bytes).filter { $0.offset >= values.count }
                try #require(!got.isEmpty)
                #expect(got.first?.offset == values.count)
                values += got.map { text($0.value).suffix(5).trimmed }
            }
            #expect(values.last == "\(round) 99")
            let metadata = try await client.call(3, 4, ["Topics": nil])
            if round > 0 { #expect(metadata.text("ClusterId") == clusterID) }
            clusterID = metadata.text("ClusterId")
            client.close()
            await broker.stop()
        }
    }
}

extension Substring {
    fileprivate var trimmed: String { String(drop { $0 == "x" || $0 == " " }) }
}

/// A file of batches as they are stored, one for each value: 0 begins a flush, and −1 came with the one before it.
private struct StoredFile {
    var bytes: [UInt8] = []
    /// Where each batch begins, and all end.
    var places = [0]

    init(flushes: [Int]) {
        for (number, flush) in flushes.enumerated() {
            var batch = testBatch(["value \(number)"], producer: 1, sequence: number)
            var prefix = WireWriter()
            prefix.integer(number, Int64.self)
            batch.replaceSubrange(0..<8, with: prefix.bytes)
            batch.replaceSubrange(12..<16, with: [UInt8](repeating: flush == 0 ? 0 : 255, count: 4))
            bytes += batch
            places.append(bytes.count)
        }
    }

    func number(at place: Int) -> Int { places.lastIndex { $0 <= place } ?? 0 }
}

@Test(arguments: [true, false])
@Loop func aTornTailIsCutWhereverItWasTorn(afterPowerLoss: Bool) async throws {
    try await withFolder(inMemory: true) { folder in
        try Disk.makeFolder(folder)
        let path = "\(folder)/\(Segment.name(0))"
        let file = StoredFile(flushes: [0, 0, -1])
        // A kill leaves the beginning of a write, a loss of power also room that was never filled.
        let tails: [[UInt8]] =
            afterPowerLoss ? [[], [0, 0, 0, 0, 0, 0, 0, 0], [UInt8](repeating: 0, count: 100)] : [[]]
        for count in 0...file.bytes.count {
            for tail in tails {
                let torn = file.bytes.prefix(count) + tail
                try Disk.replace(path, with: Array(torn), isDurable: false)
                let found = FoundLog.recover(folder, now: 0, afterPowerLoss: afterPowerLoss)
                // A lost byte that was 0 is made good by a tail of zeros.
                let kept = file.places.dropFirst().filter { torn.prefix($0) == file.bytes.prefix($0) }
                #expect(found.damage == nil)
                #expect(found.segments.first?.index.endOffset == kept.count)
                #expect(try OpenFile(path).size == kept.last ?? 0)
                #expect((found.producers.producers[1]?.recent.count ?? 0) == kept.count)
            }
        }
    }
}

/// Records may hold what looks like batches: that must not make a start long.
@Test(arguments: [true, false])
@Loop func whatRecordsPretendToBeDoesNotHoldUpAStart(afterPowerLoss: Bool) async throws {
    try await withFolder(inMemory: true) { folder in
        try Disk.makeFolder(folder)
        let path = "\(folder)/\(Segment.name(0))"
        let whole = StoredFile(flushes: [0]).bytes
        func recover(_ records: [UInt8]) throws -> FoundLog {
            let torn = RecordBatch.bytes(
                baseOffset: 1, leaderEpoch: 0, lastOffsetDelta: 0, baseTimestamp: 0, maxTimestamp: 0, count: 1, records)
            try Disk.replace(path, with: whole + torn.dropLast(), isDurable: false)
            return FoundLog.recover(folder, now: 0, afterPowerLoss: afterPowerLoss)
        }
        // Head behind head of a batch of the next offset, each as long as all the rest.
        var heads = [UInt8](repeating: 0, count: 8 << 20)
        for place in stride(from: 0, to: heads.count - RecordBatch.headerSize, by: RecordBatch.headerSize) {
            let length = UInt32(heads.count - place - 32)
            heads[place + 7] = 5
            for index in 0..<4 { heads[place + 8 + index] = UInt8(truncatingIfNeeded: length >> (24 - 8 * index)) }
            heads[place + 16] = 2
        }
        let begin = Loop.now
        let pretended = try recover(heads)
        #expect(Loop.now - begin < .seconds(20))
        // What cannot be told is kept.
        #expect(pretended.damage != nil && pretended.cutBytes == 0)
        #expect(try OpenFile(path).size > heads.count)
        // Anything else is what it is: the beginning of a batch.
        var random = SystemIndependentRandom(seed: 11)
        let noise = (0..<1 << 17).flatMap { _ in withUnsafeBytes(of: random.next()) { Array($0) } }
        let torn = try recover(noise)
        #expect(torn.damage == nil && torn.cutBytes > noise.count && torn.segments.first?.index.endOffset == 1)
    }
}

@Test(arguments: [true, false])
@Loop func aFlippedBitIsDamageUnlessAPowerLossExplainsIt(afterPowerLoss: Bool) async throws {
    try await withFolder(inMemory: true) { folder in
        try Disk.makeFolder(folder)
        let path = "\(folder)/\(Segment.name(0))"
        // The last flush begins with the third batch.
        let file = StoredFile(flushes: [0, -1, 0, -1])
        for bit in 0..<file.bytes.count * 8 {
            var flipped = file.bytes
            flipped[bit / 8] ^= 1 << (bit % 8)
            try Disk.replace(path, with: flipped, isDurable: false)
            let found = FoundLog.recover(folder, now: 0, afterPowerLoss: afterPowerLoss)
            let number = file.number(at: bit / 8)
            let place = bit / 8 - file.places[number]
            if (12..<16).contains(place) {
                // The leader's epoch is under no checksum, and tells of flushes only.
                #expect(found.damage == nil && found.segments.first?.index.endOffset == 4)
            } else if found.damage == nil {
                let isLength = number == 3 && (8..<12).contains(place)
                #expect(afterPowerLoss ? number >= 2 : isLength, "bit \(bit)")
                #expect(found.cutBytes == file.bytes.count - file.places[number], "bit \(bit)")
            } else {
                #expect(afterPowerLoss ? number < 2 : true, "bit \(bit)")
                #expect(found.cutBytes == 0)
                #expect(try OpenFile(path).size == file.bytes.count)
            }
        }
    }
}

/// Batches that the broker itself wrote, several in a flush; then parts of the last flush or of an earlier one are as if
/// the power had been lost before they came to the disk.
@Test @Loop func aLossOfPowerMayLeaveHolesInTheLastFlushOnly() async throws {
    try await withBroker { broker, client in
        try await client.create("t")
        let value = String(repeating: "x", count: 900)
        for _ in 0..<4 {
            for _ in 0..<12 { client.send(0, 7, TestClient.produceBody(testBatch([value]), "t")) }
            for _ in 0..<12 { #expect(try await client.produced().code == 0) }
        }
        let log = try #require(broker.node.partition("t", 0))
        let path = try #require(log.segments.first?.path)
        let whole = try #require(try Disk.contents(of: path))
        var begins: [Int] = []
        var places: [Int] = []
        _ = try SegmentScan.first(in: try OpenFile(path), offset: 0, to: whole.count) { _, batch -> Bool? in
            if !batch.isFlushedWithFormer { begins.append(places.count * batch.size) }
            places.append(places.count * batch.size)
            return nil
        }
        #expect(places.count == 48 && begins.count >= 4 && begins.count < 48, "\(begins.count) flushes")
        let lastFlush = try #require(begins.last)
        let copy = "\(log.folder)-copy"
        try Disk.makeFolder(copy)
        var random = SystemIndependentRandom(seed: 20_261_123)
        for _ in 0..<300 {
            var holed = whole
            let isLast = random.next() % 2 == 0 && whole.count - lastFlush > 200
            let from =
                isLast
                ? lastFlush + Int(random.next() % UInt64(whole.count - lastFlush - 100))
                : Int(
                    random.next() % UInt64(lastFlush - 100))
            for place in from..<from + 100 { holed[place] = 0 }
            // Zeros where zeros were change nothing.
            guard let first = (from..<from + 100).first(where: { whole[$0] != 0 }) else { continue }
            let number = places.lastIndex { $0 <= first } ?? 0
            try Disk.replace("\(copy)/\(Segment.name(0))", with: holed, isDurable: false)
            let found = FoundLog.recover(copy, now: 0, afterPowerLoss: true)
            #expect((found.damage == nil) == isLast, "hole at \(from), last flush at \(lastFlush)")
            #expect(found.cutBytes == (isLast ? whole.count - places[number] : 0))
            // Without a loss of power nothing has a hole.
            try Disk.replace("\(copy)/\(Segment.name(0))", with: holed, isDurable: false)
            #expect(FoundLog.recover(copy, now: 0, afterPowerLoss: false).damage != nil)
        }
    }
}

@Test @Loop func damageBeforeTheLastFileTakesThePartitionOut() async throws {
    try await withFolder { folder in
        try Disk.makeFolder(folder)
        var second = testBatch(["b"])
        second.replaceSubrange(0..<8, with: [0, 0, 0, 0, 0, 0, 0, 1])
        try Disk.replace("\(folder)/\(Segment.name(0))", with: Array(testBatch(["a"]).dropLast()))
        try Disk.replace("\(folder)/\(Segment.name(1))", with: second)
        #expect(FoundLog.recover(folder, now: 0, afterPowerLoss: true).damage != nil)
    }
}

@Test @Loop func repeatedBatchesKeepTheirOffsetAlsoAfterARestart() async throws {
    try await withFolder { folder in
        let settings = BrokerSettings(dataDirectory: folder)
        var ids: Set<Int> = []
        for round in 0..<2 {
            let broker = try Broker(settings)
            try await broker.start()
            let client = try await TestClient(port: broker.port)
            ids.insert(try await client.call(22, 1, ["TransactionTimeoutMs": 1]).int("ProducerId"))
            if round == 0 {
                try await client.create("t")
                #expect(try await client.produce(testBatch(["a", "b"], producer: 7, sequence: 0), to: "t") == (0, 0))
                #expect(try await client.produce(testBatch(["c"], producer: 7, sequence: 2), to: "t") == (0, 2))
            }
            #expect(try await client.produce(testBatch(["a", "b"], producer: 7, sequence: 0), to: "t") == (0, 0))
            #expect(try await client.produce(testBatch(["c"], producer: 7, sequence: 2), to: "t") == (0, 2))
            #expect(try await client.produce(testBatch(["e"], producer: 7, sequence: 4), to: "t").code == 45)
            client.close()
            await broker.stop()
        }
        #expect(ids.count == 2)
    }
}

@Test @Loop func recordsAreFoundByTimeAndRemovedFromTheFront() async throws {
    try await withBroker { _, client in
        try await client.create("t")
        for number in 1...5 {
            _ = try await client.produce(testBatch(["a", "b"], time: number * 100), to: "t")
        }
        func offset(_ time: Int) async throws -> Int {
            let body: Message = [
                "ReplicaId": -1,
                "Topics": .list([
                    [
                        "Name": "t",
                        "Partitions": .list([
                            ["PartitionIndex": 0, "CurrentLeaderEpoch": -1, "Timestamp": .int(time)] as Message
                        ]),
                    ] as Message
                ]),
            ]
            let answer = try await client.call(2, 7, body)
            return answer.list("Topics").first?.list("Partitions").first?.int("Offset") ?? -99
        }
        #expect(try await offset(-2) == 0)
        #expect(try await offset(-1) == 10)
        #expect(try await offset(-3) == 8)
        #expect(try await offset(250) == 4)
        #expect(try await offset(501) == -1)
        let deletion: Message = [
            "Topics": .list([
                ["Name": "t", "Partitions": .list([["PartitionIndex": 0, "Offset": 5] as Message])] as Message
            ])
        ]
        let deleted = try await client.call(21, 2, deletion)
        #expect(deleted.list("Topics").first?.list("Partitions").first?.int("LowWatermark") == 5)
        #expect(try await offset(-2) == 5)
        #expect(try await offset(250) == 5)
        let below = try await client.call(1, 11, TestClient.fetchBody("t", from: 2, wait: 500))
        #expect(TestClient.fetched(below).code == 1)
    }
}
