import CLinux
import EventLoop
import TestKit
import Testing

@testable import Broker

/// A batch with numbers that no client in its right mind sends, but may: times, and records' places in it.
private func oddBatch(_ key: String, _ value: String, time: Int = 1000, delta: Int = 0) -> [UInt8] {
    var record = WireWriter()
    record.integer(0, Int8.self)
    record.varint(0)
    record.varint(delta)
    for part in [key, value] {
        record.varint(part.utf8.count)
        record.append(part.utf8)
    }
    record.varint(0)
    var records = WireWriter()
    records.varint(record.bytes.count)
    records.append(record.bytes)
    return RecordBatch.bytes(lastOffsetDelta: 0, baseTimestamp: time, maxTimestamp: time, count: 1, records.bytes)
}

/// What a broker refuses and what it lives through.
struct HostileTests {
    @Test @Loop func cleaningOutlivesAnyTimesAndPlaces() async throws {
        try await withBroker { broker, client in
            let rules = ["segment.bytes": "16384", "delete.retention.ms": "\(Int.max)", "retention.ms": "-1"]
            try await client.create("t", rules)
            let padding = String(repeating: "x", count: 6000)
            let oddities = [(Int.min, 0), (Int.min + 1, 0), (-1, 0), (1000, Int.max), (1000, Int.min), (1000, -1)]
            for (number, (time, delta)) in oddities.enumerated() {
                let batch = oddBatch("k\(number)", padding, time: time, delta: delta)
                #expect(try await client.produce(batch, to: "t") == (0, 3 * number))
                #expect(try await client.produce(oddBatch("same", "\(number) " + padding), to: "t").code == 0)
                _ = try await client.produce(Records.batch([(Array("gone".utf8), nil)], timestamp: Int.min), to: "t")
            }
            // A topic may come to be compacted when such records are in it.
            let change: Message = ["Name": "cleanup.policy", "ConfigOperation": 0, "Value": "compact,delete"]
            let resource: Message = ["ResourceType": 2, "ResourceName": "t", "Configs": .list([change])]
            let altered = try await client.call(44, 1, ["Resources": .list([resource])])
            #expect(altered.list("Responses").first?.int("ErrorCode") == 0)
            let log = try #require(broker.node.partition("t", 0))
            #expect(log.segments.count > 3)
            let before = log.size
            for _ in 0..<3 { await broker.node.clean() }
            #expect(log.failure == nil && log.size < before)
            #expect(try await listOffset(client, "t", -3) >= 0)
            #expect(try await client.produce(oddBatch("k", "new", delta: Int.max), to: "t").code == 87)
            #expect(try await client.produce(oddBatch("k", "new"), to: "t") == (0, 18))
        }
    }

    /// Apache Kafka takes the time of writing, too, where producers gave none.
    @Test @Loop func recordsWithoutATimeAreAsOldAsTheirWriting() async throws {
        try await withBroker { broker, client in
            try await client.create("t", ["retention.ms": "60000"])
            #expect(try await client.produce(oddBatch("k", "v", time: -1), to: "t") == (0, 0))
            await broker.node.clean(now: Node.time + 30_000)
            #expect(try await listOffset(client, "t", -2) == 0)
            await broker.node.clean(now: Node.time + 90_000)
            #expect(try await listOffset(client, "t", -2) == 1)
        }
    }

    @Test @Loop func settingsThatCannotBeAreRefused() async throws {
        try await withBroker { _, client in
            let faults = [
                ("segment.ms", "0"), ("retention.ms", "-2"), ("max.message.bytes", "3000000000"),
                ("min.cleanable.dirty.ratio", "nan"), ("delete.retention.ms", "-1"), ("segment.bytes", "-1"),
            ]
            for (name, value) in faults { #expect(try await client.create("t", [name: value]) == 40, "\(name)") }
            let code = try await client.create("t", ["retention.ms": "-1", "segment.ms": "1"])
            #expect(code == 0)
        }
    }

    /// The list of topics decides what is removed as nobody's: it must not be believed when it is damaged, nor be
    /// missed.
    @Test @Loop func aDamagedOrMissingListRemovesNothing() async throws {
        try await withFolder { folder in
            let settings = BrokerSettings(dataDirectory: folder)
            let broker = try Broker(settings)
            try await broker.start()
            let client = try await TestClient(port: broker.port)
            try await client.create("kept")
            #expect(try await client.produce(testBatch(["a"]), to: "kept") == (0, 0))
            client.close()
            await broker.stop()
            let path = "\(folder)/catalogue"
            let whole = try #require(try Disk.contents(of: path))
            let topics = try Disk.names(in: "\(folder)/topics")
            #expect(topics.count == 1)
            for place in whole.indices {
                var damaged = whole
                damaged[place] ^= 4
                try Disk.replace(path, with: damaged, isDurable: false)
                await #expect(throws: BrokerError.self, "byte \(place)") { try await Broker(settings).start() }
            }
            try Disk.replace(path, with: Array(whole.dropLast(20)), isDurable: false)
            await #expect(throws: BrokerError.self) { try await Broker(settings).start() }
            try Disk.remove(path)
            await #expect(throws: BrokerError.self) { try await Broker(settings).start() }
            #expect(try Disk.names(in: "\(folder)/topics") == topics)
            try Disk.replace(path, with: whole)
            let again = try Broker(settings)
            try await again.start()
            #expect(again.node.partition("kept", 0)?.endOffset == 1)
            await again.stop()
        }
    }

    @Test func ofMoreProducersThanCanBeRememberedTheLastStay() throws {
        var states = ProducerStates()
        for number in 0...ProducerStates.limit {
            let bytes = testBatch(["v"], producer: number, sequence: 0)
            var batch = try RecordBatch.checked(bytes[...], maxBytes: 10_000, allowsZstd: true)
            batch.baseOffset = number
            states.remember(batch, at: 0)
        }
        #expect(states.producers.count == ProducerStates.limit / 2)
        #expect(states.producers[ProducerStates.limit] != nil && states.producers[0] == nil)
    }

    /// What a request takes while it waits is more than its bytes.
    @Test @Loop func waitingRequestsOfManyPartsCount() async throws {
        try await withBroker({ $0.maxMemoryBytes = 64 << 20 }) { broker, client in
            let partitions: [Message] = (0..<30_000).map {
                ["Partition": .int($0), "CurrentLeaderEpoch": -1, "PartitionMaxBytes": 1]
            }
            let topic: Message = ["Topic": "nowhere", "Partitions": .list(partitions)]
            let body: Message = [
                "ReplicaId": -1, "MaxWaitMs": 60_000, "MinBytes": 1, "MaxBytes": 1, "SessionEpoch": -1,
                "Topics": .list([topic]),
            ]
            let frame = TestClient.frame(1, 4, body)
            var clients: [TestClient] = []
            defer { for client in clients { client.close() } }
            for _ in 0..<12 {
                clients.append(try await TestClient(port: broker.port))
                clients.last?.write(frame)
            }
            try await eventually("somebody is sent away") { clients.contains { $0.hasEnded } }
            #expect(broker.node.memory.used <= 64 << 20)
            try await client.create("t")
            #expect(try await client.produce(testBatch(["a"]), to: "t") == (0, 0))
            // More than anybody needs is not even read.
            let many: Message = ["Topic": "nowhere", "Partitions": .list(partitions + partitions + partitions)]
            let other = try await TestClient(port: broker.port)
            defer { other.close() }
            other.write(TestClient.frame(1, 4, ["MaxWaitMs": 60_000, "MinBytes": 1, "Topics": .list([many])]))
            #expect(try await other.isClosed(within: .seconds(20)))
        }
    }

    /// What takes little to say must not take long to answer: each of these held everybody up for minutes, or filled the
    /// memory, when it was looked at for each of the others.
    @Test @Loop func manyNamesInOneQuestionAreAnsweredAtOnce() async throws {
        try await withBroker { _, client in
            try await client.create("t")
            let begin = Loop.now
            let same = Value.list((0..<100_000).map { _ in "g" })
            #expect(try await client.call(15, 4, ["Groups": same]).list("Groups").count == 1)
            let topic: Message = ["ResourceType": 2, "ResourceName": "t", "ConfigurationKeys": nil]
            let resources = [Message](repeating: topic, count: 40_000)
            #expect(try await client.call(32, 4, ["Resources": .list(resources)]).list("Results").count == 1)
            let topics = [Message](repeating: ["Name": "t"], count: 60_000)
            #expect(try await client.call(3, 8, ["Topics": .list(topics)]).list("Topics").count == 1)
            // All different, so each must be answered.
            let others: [Message] = (0..<40_000).map { ["ResourceType": 2, "ResourceName": .text("t\($0)")] }
            #expect(try await client.call(44, 1, ["Resources": .list(others)]).list("Responses").count == 40_000)
            let changes: [Message] = (0..<40_000).map { ["Name": .text("c\($0)"), "Value": "1"] }
            let change: Message = ["ResourceType": 2, "ResourceName": "t", "Configs": .list(changes)]
            let altered = try await client.call(44, 1, ["Resources": .list([change])])
            #expect(altered.list("Responses").first?.int("ErrorCode") == 40)
            // A member's many ways of sharing would be held against all the others'.
            let offered: [Message] = (0..<40_000).map { ["Name": .text("p\($0)"), "Metadata": .bytes([1])] }
            let joined = try await client.call(
                11, 3,
                [
                    "GroupId": "g", "SessionTimeoutMs": 60_000, "RebalanceTimeoutMs": 60_000, "MemberId": "",
                    "ProtocolType": "consumer", "Protocols": .list(offered),
                ])
            #expect(joined.int("ErrorCode") == 23)
            // Much longer, where it is done in the wrong way.
            #expect(Loop.now - begin < .seconds(60))
        }
    }

    /// What a request takes is counted as long as its connection is there: it must not be kept for longer.
    @Test @Loop func whoLeavesDoesNotWaitForTheSlowWorkOfOthers() async throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let (source, sink) = (ends[0], ends[1])
        let work = SlowWork()
        let first = Task.immediate { @Loop in
            try await work.run {
                var byte: UInt8 = 0
                return read(source, &byte, 1)
            }
        }
        let leaver = Task.immediate { @Loop in try await work.run { 0 } }
        let second = Task.immediate { @Loop in try await work.run { close(source) } }
        leaver.cancel()
        await #expect(throws: CancellationError.self) {
            try await Loop.withDeadline(.seconds(10)) { try await leaver.value }
        }
        // One piece at a time all the same: the second closes what the first reads.
        #expect(write(sink, "x", 1) == 1)
        #expect(try await first.value == 1)
        #expect(try await second.value == 0)
        close(sink)
    }

    @Test @Loop func groupsTakeNoMoreMembersThanThereIsMemoryFor() async throws {
        try await withBroker({ $0.maxMemoryBytes = 16 << 20 }) { broker, client in
            func join(_ group: String, _ member: String = "") async throws -> Message {
                let offered: Message = ["Name": "range", "Metadata": .bytes(ArraySlice(repeating: 1, count: 1 << 20))]
                return try await client.call(
                    11, 3,
                    [
                        "GroupId": .text(group), "SessionTimeoutMs": 60_000, "RebalanceTimeoutMs": 60_000,
                        "MemberId": .text(member), "ProtocolType": "consumer",
                        "Protocols": .list([offered] as [Message]),
                    ])
            }
            var members: [String] = []
            var code = 0
            while code == 0, members.count < 20 {
                let answer = try await join("g\(members.count)")
                code = answer.int("ErrorCode")
                if code == 0 { members.append(answer.text("MemberId")) }
            }
            #expect(code == 15 && members.count == 4)
            // Those who are there may come again, and leaving makes room.
            #expect(try await join("g0", members[0]).int("ErrorCode") == 0)
            _ = try await client.call(13, 1, ["GroupId": "g1", "MemberId": .text(members[1])])
            #expect(try await join("g9").int("ErrorCode") == 0)
            await broker.node.clean()
            for (number, member) in members.enumerated() {
                _ = try await client.call(13, 1, ["GroupId": .text("g\(number)"), "MemberId": .text(member)])
            }
            #expect(broker.node.memory.groups < 2 << 20)
        }
    }

    /// A group that was once without members, long ago, and has had some since: a kill must not make it look forgotten.
    @Test @Loop func aLiveGroupKeepsItsOffsetsThroughAKill() async throws {
        try await withFolder { folder in
            var settings = BrokerSettings(dataDirectory: "\(folder)/first")
            settings.offsetsRetention = .seconds(100)
            let broker = try Broker(settings)
            try await broker.start()
            let client = try await TestClient(port: broker.port)
            try await client.create("t")
            func join() async throws -> Message {
                let offered: Message = ["Name": "range", "Metadata": .bytes([1])]
                return try await client.call(
                    11, 3,
                    [
                        "GroupId": "g", "SessionTimeoutMs": 60_000, "RebalanceTimeoutMs": 60_000, "MemberId": "",
                        "ProtocolType": "consumer", "Protocols": .list([offered] as [Message]),
                    ])
            }
            let offset: Message = ["PartitionIndex": 0, "CommittedOffset": 5, "CommittedLeaderEpoch": -1]
            let topics = Value.list([["Name": "t", "Partitions": .list([offset])] as Message])
            #expect(
                try await client.call(
                    8, 7, ["GroupId": "g", "GenerationIdOrMemberEpoch": -1, "Topics": topics] as Message
                )
                .list("Topics").first?.list("Partitions").first?.int("ErrorCode") == 0)
            let member = try await join().text("MemberId")
            _ = try await client.call(13, 1, ["GroupId": "g", "MemberId": .text(member)])
            await broker.node.clean()
            #expect((broker.node.groups.groups["g"]?.noted ?? -1) > 0)
            try await Loop.sleep(for: .milliseconds(300))
            #expect(try await join().int("ErrorCode") == 0)
            // As a kill would leave it.
            try await succeed("cp", ["-r", "\(folder)/first", "\(folder)/second"])
            client.close()
            await broker.stop()
            settings.dataDirectory = "\(folder)/second"
            // Time enough since it was empty, and not since it had members.
            settings.offsetsRetention = .milliseconds(250)
            let second = try Broker(settings)
            try await second.start()
            await second.node.clean()
            #expect(second.node.groups.groups["g"]?.offsets.count == 1)
            #expect(second.node.groups.groups["g"]?.generation ?? 0 > 0)
            await second.node.clean(now: Node.time + 1000)
            #expect(second.node.groups.groups["g"] == nil)
            await second.stop()
        }
    }
}
