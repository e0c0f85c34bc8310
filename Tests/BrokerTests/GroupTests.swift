import EventLoop
import Testing

@testable import Broker

@Loop
private func join(
    _ client: TestClient, _ group: String, member: String = "", instance: String? = nil, metadata: String = "m",
    session: Int = 10_000
) -> Message {
    [
        "GroupId": .text(group), "SessionTimeoutMs": .int(session), "RebalanceTimeoutMs": 10_000,
        "MemberId": .text(member), "GroupInstanceId": .text(instance), "ProtocolType": "consumer",
        "Protocols": .list([["Name": "range", "Metadata": .bytes(Array(metadata.utf8)[...])] as Message]),
    ]
}

/// Joins and comes again with the id that the broker gives.
@Loop
private func joinFully(_ client: TestClient, _ group: String, session: Int = 10_000) async throws -> String {
    let first = try await client.call(11, 5, join(client, group, session: session))
    #expect(first.int("ErrorCode") == 79)
    client.send(11, 5, join(client, group, member: first.text("MemberId"), session: session))
    return first.text("MemberId")
}

@Loop
private func sync(_ client: TestClient, _ group: String, _ joined: Message, shares: [String: String]) async throws
    -> Message
{
    let assignments: [Message] = shares.map {
        ["MemberId": .text($0.key), "Assignment": .bytes(Array($0.value.utf8)[...])]
    }
    return try await client.call(
        14, 3,
        [
            "GroupId": .text(group), "GenerationId": joined["GenerationId"] ?? 0, "MemberId": joined["MemberId"] ?? "",
            "GroupInstanceId": nil, "Assignments": .list(assignments),
        ])
}

@Test @Loop func membersGatherShareAndLeave() async throws {
    try await withBroker { broker, first in
        let second = try await TestClient(port: broker.port)
        defer { second.close() }
        let a = try await joinFully(first, "g")
        var joinedA = try await first.receive(11, 5)
        #expect(joinedA.int("ErrorCode") == 0 && joinedA.text("Leader") == a && joinedA.list("Members").count == 1)
        let alone = try await sync(first, "g", joinedA, shares: [a: "all"])
        #expect(text(alone.bytes("Assignment").map { Array($0) }) == "all")

        let b = try await joinFully(second, "g")
        func beat(_ client: TestClient, _ joined: Message) async throws -> Int {
            try await client.call(
                12, 3,
                [
                    "GroupId": "g", "GenerationId": joined["GenerationId"] ?? 0, "MemberId": joined["MemberId"] ?? "",
                    "GroupInstanceId": nil,
                ]
            ).int("ErrorCode")
        }
        while try await beat(first, joinedA) != 27 { try await Loop.sleep(for: .milliseconds(5)) }
        joinedA = try await first.call(11, 5, join(first, "g", member: a))
        let joinedB = try await second.receive(11, 5)
        #expect(joinedA.int("GenerationId") == 2 && joinedB.int("GenerationId") == 2)
        #expect(joinedA.list("Members").map { $0.text("MemberId") } == [a, b] && joinedB.list("Members").isEmpty)
        async let waiting = sync(second, "g", joinedB, shares: [:])
        _ = try await sync(first, "g", joinedA, shares: [a: "one", b: "two"])
        #expect(text(try await waiting.bytes("Assignment").map { Array($0) }) == "two")
        #expect(try await beat(second, joinedB) == 0)

        let left = try await first.call(13, 1, ["GroupId": "g", "MemberId": .text(a)])
        #expect(left.int("ErrorCode") == 0)
        #expect(try await beat(second, joinedB) == 27)
        #expect(try await beat(first, joinedA) == 25)
    }
}

@Test @Loop func whoFallsSilentIsLeftOut() async throws {
    try await withBroker { _, client in
        _ = try await joinFully(client, "g", session: 1000)
        let joined = try await client.receive(11, 5)
        _ = try await sync(client, "g", joined, shares: [:])
        func members() async throws -> Int {
            let answer = try await client.call(15, 4, ["Groups": ["g"]])
            return answer.list("Groups").first?.list("Members").count ?? -1
        }
        #expect(try await members() == 1)
        let begin = Loop.now
        while try await members() > 0, Loop.now - begin < .seconds(20) {
            try await Loop.sleep(for: .milliseconds(50))
        }
        #expect(try await members() == 0)
    }
}

@Test @Loop func aStaticMemberTakesItsFormerPlace() async throws {
    try await withBroker { broker, client in
        let joined = try await client.call(11, 5, join(client, "g", instance: "one"))
        #expect(joined.int("ErrorCode") == 0)
        _ = try await sync(client, "g", joined, shares: [joined.text("MemberId"): "share"])
        let again = try await client.call(11, 5, join(client, "g", instance: "one"))
        #expect(again.int("ErrorCode") == 0 && again.int("GenerationId") == joined.int("GenerationId"))
        #expect(again.text("MemberId") != joined.text("MemberId"))
        let share = try await sync(client, "g", again, shares: [:])
        #expect(text(share.bytes("Assignment").map { Array($0) }) == "share")
        let fenced = try await client.call(
            12, 3,
            [
                "GroupId": "g", "GenerationId": joined["GenerationId"] ?? 0, "MemberId": joined["MemberId"] ?? "",
                "GroupInstanceId": "one",
            ])
        #expect(fenced.int("ErrorCode") == 82)
    }
}

@Test @Loop func offsetsOutliveARestartAndTheirRewriting() async throws {
    try await withFolder { folder in
        var settings = BrokerSettings(dataDirectory: folder)
        settings.flush = .pageCache
        func commit(_ client: TestClient, _ offset: Int) -> Message {
            [
                "GroupId": "g", "GenerationIdOrMemberEpoch": -1, "MemberId": "",
                "Topics": .list([
                    [
                        "Name": "t",
                        "Partitions": .list([
                            [
                                "PartitionIndex": 0, "CommittedOffset": .int(offset), "CommittedLeaderEpoch": 0,
                                "CommittedMetadata": .text(String(repeating: "m", count: 4000)),
                            ] as Message
                        ]),
                    ] as Message
                ]),
            ]
        }
        for round in 0..<3 {
            let broker = try Broker(settings)
            try await broker.start()
            let client = try await TestClient(port: broker.port)
            try await client.create("t")
            let known = try await client.call(9, 7, ["GroupId": "g", "Topics": nil])
            let offset = known.list("Topics").first?.list("Partitions").first?.int("CommittedOffset")
            #expect(offset == (round == 0 ? nil : round * 1500))
            for number in 1...1500 {
                let answer = try await client.call(8, 6, commit(client, round * 1500 + number))
                #expect(answer.list("Topics").first?.list("Partitions").first?.int("ErrorCode") == 0)
            }
            client.close()
            await broker.node.clean()
            await broker.stop()
        }
        // Each round wrote 6 MB, and what was out of date went.
        let log = try Disk.names(in: "\(folder)/topics").first { $0.hasPrefix(Topic.offsets) }
        let files = try Disk.names(in: "\(folder)/topics/\(try #require(log))/0").filter { $0.hasSuffix(".log") }
        let size = try files.reduce(0) { try $0 + OpenFile("\(folder)/topics/\(log ?? "")/0/\($1)").size }
        #expect(size < 8 << 20)
    }
}
