import EventLoop
import TestKit
import Testing

@testable import Broker

/// Where the Broker once differed from Apache Kafka 4.3.1.
@Suite struct KafkasWaysTests {
    @Test @Loop func aTopicMayKeepEverythingAsNothingCleansIt() async throws {
        try await withBroker { broker, client in
            #expect(try await client.create("kept", ["cleanup.policy": ""]) == 0)
            #expect(try await client.create("odd", ["cleanup.policy": "shred"]) == 40)
            let rules = try #require(broker.node.catalogue.topics["kept"]?.rules)
            #expect(!rules.deletes && !rules.compacts)
        }
    }

    @Test @Loop func recordsWithoutKeysAreNamed() async throws {
        try await withBroker { _, client in
            #expect(try await client.create("states", ["cleanup.policy": "compact"]) == 0)
            let batch = Self.batch(keys: [true, false, true, false])
            let answer = try await client.call(0, 8, TestClient.produceBody(batch, "states"))
            let entry = try #require(answer.list("Responses").first?.list("PartitionResponses").first)
            #expect(entry.int("ErrorCode") == 87 && entry.int("BaseOffset") == -1)
            let errors = entry.list("RecordErrors")
            #expect(errors.map { $0.int("BatchIndex") } == [1, 3])
            let text = "Compacted topic cannot accept message without key in topic partition states-0"
            #expect(errors.allSatisfy { $0.text("BatchIndexErrorMessage") == text })
            #expect(
                entry.text("ErrorMessage").hasPrefix("One or more records have been rejected due to 2 record errors"))
            // However many there are, the answer stays small.
            let many = Self.batch(keys: [Bool](repeating: false, count: 5000))
            let much = try await client.call(0, 8, TestClient.produceBody(many, "states"))
            let first = try #require(much.list("Responses").first?.list("PartitionResponses").first)
            #expect(
                first.list("RecordErrors").count == 100 && first.text("ErrorMessage").contains("5000 record errors"))
        }
    }

    /// A batch of records with and without keys.
    private static func batch(keys: [Bool]) -> [UInt8] {
        var body = WireWriter()
        for (index, hasKey) in keys.enumerated() {
            var part = WireWriter()
            part.integer(0, Int8.self)
            for number in [0, index, hasKey ? 1 : -1] { part.varint(number) }
            if hasKey { part.append([0x6b]) }
            part.varint(1)
            part.append([0x76])
            part.varint(0)
            body.varint(part.bytes.count)
            body.append(part.bytes)
        }
        return RecordBatch.bytes(
            lastOffsetDelta: keys.count - 1, baseTimestamp: 1000, maxTimestamp: 1000, count: keys.count, body.bytes)
    }

    /// A client that asks for the newer protocol of groups hears that it is not there, at once and in words.
    @Test @Loop func theNewerGroupsAreRefusedInWords() async throws {
        try await withBroker { _, client in
            let served = try await client.call(18, 3, ["ClientSoftwareName": "x", "ClientSoftwareVersion": "1"])
            #expect(served.list("ApiKeys").contains { $0.int("ApiKey") == 68 })
            let answer = try await client.call(
                68, 0,
                [
                    "GroupId": "g", "MemberId": "", "MemberEpoch": 0, "InstanceId": nil, "RackId": nil,
                    "SubscribedTopicNames": ["t"], "ServerAssignor": nil, "TopicPartitions": nil,
                ])
            #expect(answer.int("ErrorCode") == 35 && answer.text("ErrorMessage").contains("group.protocol=classic"))
        }
    }

    @Test @Loop func whatIsAdvertisedIsToldAsASetting() async throws {
        try await withBroker({ $0.advertisedHost = "shop.example" }) { broker, client in
            let answer = try await client.call(
                32, 1,
                [
                    "Resources": .list([
                        ["ResourceType": 4, "ResourceName": "1", "ConfigurationKeys": nil] as Message
                    ])
                ])
            let configs = answer.list("Results").first?.list("Configs") ?? []
            let advertised = configs.first { $0.text("Name") == "advertised.listeners" }
            #expect(advertised?.text("Value") == "PLAINTEXT://shop.example:\(broker.port)")
        }
    }

    /// Not as if a right were missing: who has no transactions says so.
    @Test @Loop func transactionsAreRefusedInWords() async throws {
        try await withBroker { _, client in
            let answer = try await client.call(10, 4, ["KeyType": 1, "CoordinatorKeys": ["t"]])
            let entry = try #require(answer.list("Coordinators").first)
            #expect(entry.int("ErrorCode") != 53 && entry.text("ErrorMessage").contains("transactions"))
        }
    }
}
