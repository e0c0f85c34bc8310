import EventLoop
import Testing

@testable import Broker

@Loop
private func fetch(_ client: TestClient, _ topic: String, from offset: Int) async throws -> (
    code: Int, end: Int, bytes: [UInt8]
) {
    TestClient.fetched(try await client.call(1, 11, TestClient.fetchBody(topic, from: offset, wait: 0)))
}

@Test @Loop func oldRecordsGoAndOffsetsGoOn() async throws {
    try await withFolder { folder in
        let value = String(repeating: "x", count: 4000)
        for round in 0..<2 {
            let broker = try Broker(BrokerSettings(dataDirectory: folder))
            try await broker.start()
            let client = try await TestClient(port: broker.port)
            try await client.create("aged", ["retention.ms": "10000", "segment.bytes": "16384"])
            try await client.create("sized", ["retention.bytes": "40000", "segment.bytes": "16384"])
            let now = Node.time
            if round == 0 {
                for number in 0..<30 {
                    _ = try await client.produce(testBatch([value], time: now - 20_000 + number * 500), to: "aged")
                    _ = try await client.produce(testBatch([value], time: now), to: "sized")
                }
                // A reader that waits is told at once when what it waits behind goes.
                await broker.node.clean(now: now)
                let start = try await listOffset(client, "aged", -2)
                // Three records a file: those whose newest is older than ten seconds are gone, and no other.
                #expect(start == 18 || start == 20 || start == 21)
                #expect(try await fetch(client, "aged", from: 3).code == 1)
                #expect(testRecords(try await fetch(client, "aged", from: start).bytes).first?.offset == start)
                let log = try #require(broker.node.partition("sized", 0))
                #expect(log.size >= 40_000 && log.size < 40_000 + 16_384)
                await broker.node.clean(now: now + 60_000)
                #expect(try await listOffset(client, "aged", -2) == 30)
                #expect(try await fetch(client, "aged", from: 30) == (0, 30, []))
            } else {
                // An emptied log still knows its end.
                #expect(try await listOffset(client, "aged", -2) == 30)
                #expect(try await client.produce(testBatch(["a"], time: now), to: "aged") == (0, 30))
                #expect(testRecords(try await fetch(client, "aged", from: 30).bytes).count == 1)
            }
            client.close()
            await broker.stop()
        }
    }
}

@Test @Loop func deletedRecordsStayDeletedAndFreeTheirFiles() async throws {
    try await withFolder { folder in
        for round in 0..<2 {
            let broker = try Broker(BrokerSettings(dataDirectory: folder))
            try await broker.start()
            let client = try await TestClient(port: broker.port)
            if round == 0 {
                try await client.create("t", ["segment.bytes": "16384"])
                let value = String(repeating: "x", count: 4000)
                for _ in 0..<30 { _ = try await client.produce(testBatch([value]), to: "t") }
                let before = broker.node.partition("t", 0)?.size ?? 0
                let partition: Message = ["PartitionIndex": 0, "Offset": 20]
                let topics: [Message] = [["Name": "t", "Partitions": .list([partition])]]
                _ = try await client.call(21, 2, ["Topics": .list(topics)])
                #expect(broker.node.partition("t", 0)?.size ?? before < before / 2)
            }
            #expect(try await listOffset(client, "t", -2) == 20)
            #expect(try await fetch(client, "t", from: 19).code == 1)
            #expect(try await fetch(client, "t", from: 20).code == 0)
            client.close()
            await broker.stop()
        }
    }
}

/// A kill between the removals of files must not leave a gap before those that stay.
@Test @Loop func filesOfOldRecordsGoOneAfterTheOther() async throws {
    try await withBroker { broker, client in
        try await client.create("t", ["segment.bytes": "16384"])
        let value = String(repeating: "x", count: 10_000)
        for _ in 0..<60 { _ = try await client.produce(testBatch([value]), to: "t") }
        let log = try #require(broker.node.partition("t", 0))
        func files() throws -> [String] { try Disk.names(in: log.folder).filter { $0.hasSuffix(".log") } }
        let all = try files()
        #expect(all.count == 60)
        log.deleteRecords(before: 60)
        var seen: Set<Int> = []
        while let left = try Optional(files()), left.count > 1 {
            #expect(left == all.suffix(left.count))
            seen.insert(left.count)
            await Task.yield()
            try await Loop.sleep(for: .microseconds(50))
        }
        #expect(seen.count > 1)
    }
}

/// Too many open files are a refusal like a full disk's: nothing is lost, and it goes on when there are fewer.
@Test @Loop func aLackOfDescriptorsRefusesAndGoesOnLater() async throws {
    try await withFolder { folder in
        try Disk.makeFolder(folder)
        let process = try await BrokerProcess("\(folder)/data", descriptors: 64)
        var crowd: [TestClient] = []
        do {
            let client = try await TestClient(port: process.port)
            defer { client.close() }
            #expect(try await client.create("before") == 0)
            #expect(try await client.create("t", partitions: 1) == 0)
            #expect(try await client.produce(testBatch(["a"]), to: "before") == (0, 0))
            for _ in 0..<64 { crowd.append(try await TestClient(port: process.port)) }
            let refused = try await client.produce(testBatch(["a"]), to: "t")
            #expect(refused.code == 56)
            for member in crowd { member.close() }
            var code = 56
            for _ in 0..<100 where code == 56 {
                try await Loop.sleep(for: .milliseconds(100))
                code = try await client.produce(testBatch(["a"]), to: "t").code
            }
            #expect(code == 0)
            #expect(try await client.produce(testBatch(["b"]), to: "before") == (0, 1))
        } catch {
            #expect("\(error)" == "")
        }
        try await process.end(SIGKILL)
    }
}

@Test @Loop func damageTakesOnePartitionOffline() async throws {
    try await withFolder { folder in
        let settings = BrokerSettings(dataDirectory: folder)
        var broker = try Broker(settings)
        try await broker.start()
        var client = try await TestClient(port: broker.port)
        for topic in ["hurt", "sound", "read"] {
            try await client.create(topic)
            for number in 0..<50 { _ = try await client.produce(testBatch(["\(number)"]), to: topic) }
        }
        try await client.create("vouched")
        #expect(try await client.produce(testBatch(["the only one"]), to: "vouched") == (0, 0))
        @Loop func flip(_ topic: String) throws {
            let segment = broker.node.partition(topic, 0)?.segments.first
            let path = try #require(segment?.path)
            var bytes = try #require(try Disk.contents(of: path))
            bytes[bytes.count / 2] ^= 16
            let file = try OpenFile(path)
            try bytes.withUnsafeBytes { try file.write($0, at: 0) }
            // As if the disk had done it: what is in memory is not looked at twice.
            try file.synchronise()
            posix_fadvise(file.descriptor, 0, 0, Int32(POSIX_FADV_DONTNEED))
            #expect(!file.isCached(0..<bytes.count), "the folder's file system is memory itself")
        }
        // Damage that comes while the broker runs is found when it is read.
        try flip("read")
        var position = 0
        while case let found = try await fetch(client, "read", from: position), found.code == 0 {
            position = try #require(testEnd(found.bytes))
        }
        #expect(try await fetch(client, "read", from: position).code == 56)
        #expect(try await client.produce(testBatch(["new"]), to: "read").code == 56)
        client.close()
        await broker.stop()
        // So is what a checkpoint vouched for, the very last batch included; without one the start finds it.
        try flip("vouched")
        try flip("hurt")
        let path = try #require(broker.node.partition("hurt", 0)?.segments.first?.path)
        try Disk.remove(Checkpoint.path(of: path))
        broker = try Broker(settings)
        try await broker.start()
        client = try await TestClient(port: broker.port)
        #expect(try await listOffset(client, "vouched", -1) == 1)
        #expect(try await fetch(client, "vouched", from: 0).code == 56)
        #expect(try await client.produce(testBatch(["new"]), to: "vouched").code == 56)
        for topic in ["hurt", "read"] {
            #expect(try await fetch(client, topic, from: 0).code == 56)
            #expect(try await client.produce(testBatch(["new"]), to: topic).code == 56)
            #expect(try await listOffset(client, topic, -1) == -156)
        }
        #expect(broker.node.partition("hurt", 0)?.failure?.contains("is damaged at byte") == true)
        #expect(try await client.produce(testBatch(["new"]), to: "sound") == (0, 50))
        #expect(testRecords(try await fetch(client, "sound", from: 0).bytes).count == 51)
        client.close()
        await broker.stop()
    }
}

/// Writes until the disk refuses, makes room, and goes on; everything acknowledged must be there.
@Loop
private func fillAndGoOn(_ process: BrokerProcess, makeRoom: @Loop () async throws -> Void) async throws {
    let client = try await TestClient(port: process.port)
    defer { client.close() }
    var acknowledged: [Int: String] = [:]
    var sequence = 0
    let padding = String(repeating: "x", count: 60_000)
    func write() async throws -> Int {
        let value = "\(sequence) \(padding)"
        let (code, offset) = try await client.produce(testBatch([value], producer: 9, sequence: sequence), to: "t")
        if code == 0 {
            #expect(acknowledged.updateValue(value, forKey: offset) == nil)
            sequence += 1
        }
        return code
    }
    #expect(try await client.create("t") == 0)
    var code = 0
    while code == 0, sequence < 500 { code = try await write() }
    #expect(code == 56 && sequence > 5)
    #expect(try await write() == 56)
    // Reading goes on.
    #expect(testRecords(try await fetch(client, "t", from: 0).bytes).first?.offset == 0)
    let written = sequence
    try await makeRoom()
    var attempts = 0
    repeat {
        try await Loop.sleep(for: .milliseconds(100))
        code = try await write()
        attempts += 1
    } while code != 0 && attempts < 100
    for _ in 0..<5 where code == 0 { code = try await write() }
    #expect(code == 0 && sequence == written + 6)
    var position = 0
    while case let found = try await fetch(client, "t", from: position), let end = testEnd(found.bytes) {
        for record in testRecords(found.bytes) {
            #expect(acknowledged.removeValue(forKey: record.offset) == text(record.value))
        }
        position = end
    }
    #expect(acknowledged.isEmpty && position == sequence)
}

@Test @Loop func aFileThatMayNotGrowRefusesAndGoesOnLater() async throws {
    try await withFolder { folder in
        try Disk.makeFolder(folder)
        let process = try await BrokerProcess("\(folder)/data", fileBlocks: 2048)
        do {
            try await fillAndGoOn(process) {
                let id = "\(process.id)"
                try await succeed("prlimit", ["--pid", id, "--fsize=unlimited"])
            }
        } catch {
            try await process.end(SIGKILL)
            throw error
        }
        // A kill finds nothing of what was refused.
        try await process.end(SIGKILL)
        let again = try await BrokerProcess("\(folder)/data")
        let client = try await TestClient(port: again.port)
        #expect(try await listOffset(client, "t", -1) > 10)
        client.close()
        #expect(try await again.end(SIGTERM))
    }
}

@Test @Loop func aFullDiskRefusesAndGoesOnWhenThereIsRoom() async throws {
    try await withFolder { folder in
        try Disk.makeFolder(folder)
        let mount = ["-t", "tmpfs", "-o", "size=3m", "tmpfs", folder]
        guard getuid() == 0, try await hasSucceeded("mount", mount) else {
            try Test.cancel("no right to mount a small file system; the limit on a file's size is tested")
        }
        let process = try await BrokerProcess("\(folder)/data")
        do {
            let client = try await TestClient(port: process.port)
            defer { client.close() }
            try await client.create("ballast")
            for _ in 0..<10 {
                _ = try await client.produce(testBatch([String(repeating: "x", count: 100_000)]), to: "ballast")
            }
            try await fillAndGoOn(process) {
                // Not a byte is left, and none for the list of topics: deleting one makes room all the same.
                let rest = try OpenFile("\(folder)/rest", O_RDWR | O_CREAT)
                var size = 0
                while (try? [1].withUnsafeBytes { try rest.write($0, at: size) }) != nil { size += 4096 }
                let answer = try await client.call(20, 4, ["TopicNames": ["ballast"]])
                #expect(size > 0 && answer.list("Responses").first?.int("ErrorCode") == 0)
            }
        } catch {
            #expect("\(error)" == "")
        }
        try await process.end(SIGKILL)
        try await succeed("umount", ["-l", folder])
    }
}

@Loop
private func commit(_ client: TestClient, _ group: String, _ offset: Int) async throws -> Int {
    let partition: Message = ["PartitionIndex": 0, "CommittedOffset": .int(offset), "CommittedLeaderEpoch": -1]
    let topics: [Message] = [["Name": "t", "Partitions": .list([partition])]]
    let answer = try await client.call(
        8, 7,
        ["GroupId": .text(group), "GenerationIdOrMemberEpoch": -1, "GroupInstanceId": nil, "Topics": .list(topics)])
    return answer.list("Topics").first?.list("Partitions").first?.int("ErrorCode") ?? -99
}

@Loop
private func committed(_ client: TestClient, _ group: String) async throws -> (offset: Int, code: Int) {
    let topics: [Message] = [["Name": "t", "PartitionIndexes": [0]]]
    let answer = try await client.call(9, 7, ["GroupId": .text(group), "Topics": .list(topics)])
    let entry = answer.list("Topics").first?.list("Partitions").first
    return (entry?.int("CommittedOffset") ?? -99, answer.int("ErrorCode"))
}

@Test @Loop func offsetsAreACompactedLogAndExpire() async throws {
    try await withFolder { folder in
        var settings = BrokerSettings(dataDirectory: folder)
        settings.offsetsRetention = .seconds(100)
        var broker = try Broker(settings)
        try await broker.start()
        var client = try await TestClient(port: broker.port)
        try await client.create("t")
        #expect(try await commit(client, "g", 0) == 0)
        let topic = try #require(broker.node.catalogue.topics[Topic.offsets])
        #expect(topic.rules.compacts)
        topic.configs["segment.bytes"] = "16384"
        for offset in 1...1000 { #expect(try await commit(client, "g", offset) == 0) }
        #expect(try await commit(client, "other", 5) == 0)
        await broker.node.clean()
        let log = try #require(topic.partition(0))
        #expect(log.size < 40_000)
        // It can be read like any other, in Kafka's form.
        var (position, seen): (Int, [Int]) = (0, [])
        while case let found = try await fetch(client, Topic.offsets, from: position), let end = testEnd(found.bytes) {
            for record in testRecords(found.bytes) {
                let key = try #require(OffsetRecord.readKey(record.key ?? []))
                if key.0 == "g" { seen.append(OffsetRecord.readValue(record.value ?? [])?.offset ?? -1) }
            }
            position = end
        }
        #expect(seen.last == 1000 && seen.count < 500)
        client.close()
        await broker.stop()
        broker = try Broker(settings)
        try await broker.start()
        client = try await TestClient(port: broker.port)
        #expect(try await committed(client, "g") == (1000, 0))
        let now = Node.time
        await broker.node.clean(now: now + 90_000)
        #expect(try await committed(client, "g") == (1000, 0))
        await broker.node.clean(now: now + 110_000)
        #expect(try await committed(client, "g") == (-1, 0))
        client.close()
        await broker.stop()
        broker = try Broker(settings)
        try await broker.start()
        client = try await TestClient(port: broker.port)
        #expect(try await committed(client, "g") == (-1, 0))
        // Nobody is told that there are no offsets when they cannot be read.
        #expect(try await commit(client, "g", 7) == 0)
        broker.node.catalogue.topics[Topic.offsets]?.partition(0)?.fail("a test")
        #expect(try await committed(client, "g").code == 15)
        #expect(try await commit(client, "g", 8) == 15)
        client.close()
        await broker.stop()
    }
}
