import EventLoop
import Testing

@testable import Broker

@Test @Loop func onlyThisMachineUnlessAllowed() throws {
    var settings = BrokerSettings(dataDirectory: "/tmp/never-made")
    settings.address = "0.0.0.0"
    #expect(throws: BrokerError.self) { _ = try Broker(settings) }
}

@Test @Loop func aFolderHasOneBroker() async throws {
    try await withFolder { folder in
        let first = try Broker(BrokerSettings(dataDirectory: folder))
        try await first.start()
        let second = try Broker(BrokerSettings(dataDirectory: folder))
        await #expect(throws: BrokerError.self) { try await second.start() }
        await first.stop()
        try await second.start()
        await second.stop()
    }
}

@Test @Loop func aFetchWaitsForRecordsAndHoldsNobodyUp() async throws {
    try await withBroker { broker, client in
        try await client.create("t")
        let other = try await TestClient(port: broker.port)
        defer { other.close() }
        client.send(1, 11, TestClient.fetchBody("t", from: 0, wait: 15_000))
        let begin = Loop.now
        #expect(try await other.produce(testBatch(["late"]), to: "t") == (0, 0))
        let answer = TestClient.fetched(try await client.receive(1, 11))
        #expect(testRecords(answer.bytes).map { text($0.value) } == ["late"])
        #expect(Loop.now - begin < .seconds(10))
        // Without records it ends by itself.
        let empty = TestClient.fetched(try await client.call(1, 12, TestClient.fetchBody("t", from: 1, wait: 50)))
        #expect(empty == (0, 1, []))
    }
}

@Test @Loop func pipelinedWritesAreAnsweredInOrder() async throws {
    try await withBroker { _, client in
        try await client.create("t")
        for number in 0..<200 {
            client.send(0, 7, TestClient.produceBody(testBatch(["\(number)"]), "t"))
        }
        client.send(18, 0, [:])
        for number in 0..<200 { #expect(try await client.produced() == (0, number)) }
        #expect(try await client.receive(18, 0).list("ApiKeys").count == API.all.count)
    }
}

@Test @Loop func hostileBytesCloseTheirConnectionOnly() async throws {
    try await withBroker { broker, client in
        let attacks: [[UInt8]] = [
            [0, 0, 0, 0], [0xff, 0xff, 0xff, 0xff], [0x7f, 0xff, 0xff, 0xff], Array("GET / HTTP/1.1\r\n\r\n".utf8),
            [0, 0, 0, 8, 0x7f, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 8, 0, 3, 0, 99, 0, 0, 0, 0],
            [0, 0, 0, 14, 0, 3, 0, 4, 0, 0, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff],
        ]
        for attack in attacks {
            let attacker = try await TestClient(port: broker.port)
            attacker.write(attack)
            #expect(try await attacker.isClosed(within: .seconds(10)), "\(attack)")
            attacker.close()
        }
        // An unfinished request is no reason to close.
        let slow = try await TestClient(port: broker.port)
        slow.write([0, 0, 1, 0, 0])
        #expect(try await client.call(18, 3, [:]).int("ErrorCode") == 0)
        #expect(!slow.hasEnded)
        slow.close()
    }
}

@Test @Loop func anUnknownApiVersionsVersionIsToldTheRightOnes() async throws {
    try await withBroker { _, client in
        client.write(bytes(hex: "0000000a" + "00120063000000010000"))
        let frame = try await client.frame()
        #expect(frame == bytes(hex: "00000010" + "00000001" + "0023" + "00000001" + "001200000004"))
    }
}

@Test @Loop func badBatchesAreRefusedOneByOne() async throws {
    try await withBroker { _, client in
        try await client.create("t")
        var corrupt = testBatch(["a"])
        corrupt[corrupt.count - 1] ^= 1
        #expect(try await client.produce(corrupt, to: "t").code == 2)
        #expect(try await client.produce([], to: "t").code == 87)
        #expect(try await client.produce(testBatch(["a"]) + testBatch(["b"]), to: "t").code == 87)
        #expect(try await client.produce(testBatch(["a"]), to: "unknown").code == 3)
        #expect(try await client.produce(testBatch([String(repeating: "a", count: 2_000_000)]), to: "t").code == 10)
        #expect(try await client.produce(testBatch(["a"]), to: "t") == (0, 0))
    }
}

@Test @Loop func topicsComeAndGo() async throws {
    try await withBroker { _, client in
        func creation(_ name: String, _ partitions: Int, _ replicas: Int) async throws -> Int {
            let topic: Message = [
                "Name": .text(name), "NumPartitions": .int(partitions), "ReplicationFactor": .int(replicas),
                "Configs": .list([["Name": "retention.ms", "Value": "1000"] as Message]),
            ]
            let answer = try await client.call(19, 7, ["Topics": .list([topic])])
            return answer.list("Topics").first?.int("ErrorCode") ?? -99
        }
        #expect(try await creation("a.b", 3, 1) == 0)
        #expect(try await creation("a.b", 3, 1) == 36)
        #expect(try await creation("a_b", 3, 1) == 17)
        #expect(try await creation("b c", 3, 1) == 17)
        #expect(try await creation("c", 0, 1) == 37)
        #expect(try await creation("c", -1, 3) == 38)
        let configs = try await client.call(
            32, 4,
            [
                "Resources": .list([
                    ["ResourceType": 2, "ResourceName": "a.b", "ConfigurationKeys": ["retention.ms"]] as Message
                ])
            ])
        #expect(configs.list("Results").first?.list("Configs").first?.text("Value") == "1000")
        let more = try await client.call(
            37, 2, ["Topics": .list([["Name": "a.b", "Count": 5, "Assignments": nil] as Message])])
        #expect(more.list("Results").first?.int("ErrorCode") == 0)
        func partitions(_ name: String, create: Bool) async throws -> Int {
            let answer = try await client.call(
                3, 4, ["Topics": .list([["Name": .text(name)] as Message]), "AllowAutoTopicCreation": .flag(create)])
            return answer.list("Topics").first?.list("Partitions").count ?? -1
        }
        #expect(try await partitions("a.b", create: false) == 5)
        #expect(try await partitions("auto", create: false) == 0)
        #expect(try await partitions("auto", create: true) == 12)
        _ = try await client.produce(testBatch(["old"]), to: "auto")
        _ = try await client.call(20, 4, ["TopicNames": ["auto"], "TimeoutMs": 1000])
        #expect(try await partitions("auto", create: false) == 0)
        #expect(try await partitions("auto", create: true) == 12)
        let answer = try await client.call(1, 11, TestClient.fetchBody("auto", from: 0, wait: 0))
        #expect(TestClient.fetched(answer) == (0, 0, []))
    }
}

@Test @Loop func aTopicMayStampRecordsItself() async throws {
    try await withBroker { _, client in
        let config: Message = ["Name": "message.timestamp.type", "Value": "LogAppendTime"]
        let topic: Message = [
            "Name": "t", "NumPartitions": 1, "ReplicationFactor": 1, "Configs": .list([config]),
        ]
        _ = try await client.call(19, 4, ["Topics": .list([topic])])
        let before = Node.time
        client.send(0, 7, TestClient.produceBody(testBatch(["a", "b"], time: 5), "t"))
        let answer = try await client.receive(0, 7).list("Responses").first?.list("PartitionResponses").first
        let told = try #require(answer).int("LogAppendTimeMs")
        #expect(told >= before && told <= Node.time)
        let found = TestClient.fetched(try await client.call(1, 11, TestClient.fetchBody("t", from: 0, wait: 0)))
        let batch = try #require(found.bytes.withUnsafeBytes { RecordBatch($0) })
        #expect(batch.usesAppendTime && batch.maxTimestamp == told && batch.baseTimestamp == 5)
        #expect(found.bytes.withUnsafeBytes { batch.hasRightChecksum($0) })
        #expect(testRecords(found.bytes).map(\.timestamp) == [told, told])
    }
}

@Test @Loop func timesTooFarOffAreRefusedWhereATopicSaysSo() async throws {
    try await withBroker { _, client in
        let config: Message = ["Name": "message.timestamp.after.max.ms", "Value": "60000"]
        let topic: Message = [
            "Name": "t", "NumPartitions": 1, "ReplicationFactor": 1, "Configs": .list([config]),
        ]
        _ = try await client.call(19, 4, ["Topics": .list([topic])])
        #expect(try await client.produce(testBatch(["a"], time: Node.time + 120_000), to: "t").code == 32)
        #expect(try await client.produce(testBatch(["a"], time: .max), to: "t").code == 32)
        #expect(try await client.produce(testBatch(["a"], time: Node.time + 30_000), to: "t").code == 0)
        #expect(try await client.produce(testBatch(["a"], time: -1), to: "t").code == 0)
    }
}
