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

@Test @Loop func aTornTailIsCutWhereverItWasTorn() async throws {
    try await withFolder { folder in
        try Disk.makeFolder(folder)
        let path = "\(folder)/\(Segment.name(0))"
        var whole: [UInt8] = []
        var sizes: [Int] = []
        for number in 0..<3 {
            var batch = testBatch(["value \(number)"], producer: 1, sequence: number)
            batch.replaceSubrange(0..<8, with: [0, 0, 0, 0, 0, 0, 0, UInt8(number)])
            whole += batch
            sizes.append(whole.count)
        }
        for count in 0...whole.count {
            for tail in [[], [0, 0, 0, 0, 0, 0, 0, 0], [UInt8](repeating: 0, count: 100)] as [[UInt8]] {
                let torn = whole.prefix(count) + tail
                try Disk.replace(path, with: Array(torn), isDurable: false)
                let found = FoundLog.recover(folder, now: 0)
                // A lost byte that was 0 is made good by a tail of zeros.
                let kept = sizes.filter { torn.prefix($0) == whole.prefix($0) }
                #expect(found.damage == nil)
                #expect(found.segments.first?.index.endOffset == kept.count)
                #expect(try OpenFile(path).size == kept.last ?? 0)
                #expect((found.producers.producers[1]?.recent.count ?? 0) == kept.count)
            }
        }
    }
}

@Test @Loop func aFlippedBitIsDamageUnlessNothingWholeFollows() async throws {
    try await withFolder { folder in
        try Disk.makeFolder(folder)
        let path = "\(folder)/\(Segment.name(0))"
        var whole: [UInt8] = []
        var sizes: [Int] = [0]
        for number in 0..<3 {
            var batch = testBatch(["value \(number)"], producer: 1, sequence: number)
            batch.replaceSubrange(0..<8, with: [0, 0, 0, 0, 0, 0, 0, UInt8(number)])
            whole += batch
            sizes.append(whole.count)
        }
        for bit in 0..<whole.count * 8 {
            var flipped = whole
            flipped[bit / 8] ^= 1 << (bit % 8)
            try Disk.replace(path, with: flipped, isDurable: false)
            let found = FoundLog.recover(folder, now: 0)
            let number = sizes.lastIndex { $0 <= bit / 8 } ?? 0
            // The leader's epoch is under no checksum, and nobody reads it.
            if (12..<16).contains(bit / 8 - sizes[number]) {
                #expect(found.damage == nil && found.segments.first?.index.endOffset == 3)
            } else if number < 2 {
                #expect(found.damage != nil && found.cutBytes == 0, "bit \(bit)")
                #expect(try OpenFile(path).size == whole.count)
            } else {
                #expect(found.damage == nil && found.cutBytes == whole.count - sizes[2], "bit \(bit)")
            }
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
        #expect(FoundLog.recover(folder, now: 0).damage != nil)
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
