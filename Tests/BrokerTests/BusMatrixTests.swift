import CRMModel
import Crypto
import EventLoop
import TestKit
import Testing

@testable import Broker

/// What each user of the suite's bus may do with each of its topics: tried, and held against the table that says it.
@Suite struct BusMatrixTests {
    /// What can be done with a topic, and the right that it needs in that table; nil for what no service may do.
    private static let deeds: [(title: String, needs: BusRight.Operation?, key: Int, version: Int)] = [
        ("write", .write, 0, 7), ("read", .read, 1, 11), ("ask for the ends", .describe, 2, 5),
        ("be told of it", .describe, 3, 8), ("make it", .create, 19, 4), ("delete records", nil, 21, 1),
        ("see its settings", nil, 32, 1), ("change its settings", nil, 44, 1), ("add partitions", nil, 37, 1),
        ("delete it", nil, 20, 4),
    ]

    private static func body(_ key: Int, _ topic: String) -> Message {
        let name = Value.text(topic)
        func partitions(_ fields: Message) -> Value {
            .list([["Name": name, "Partitions": .list([fields])] as Message])
        }
        switch key {
        case 0: return TestClient.produceBody(testBatch(["a"]), topic)
        case 1: return TestClient.fetchBody(topic, from: 0, wait: 1)
        case 2: return ["Topics": partitions(["PartitionIndex": 0, "Timestamp": -1])]
        case 3: return ["Topics": .list([["Name": name] as Message])]
        case 19:
            return [
                "Topics": .list([["Name": name, "NumPartitions": 1, "ReplicationFactor": 1] as Message]),
                "ValidateOnly": 1,
            ]
        case 21: return ["Topics": partitions(["PartitionIndex": 0, "Offset": 0])]
        case 32:
            return [
                "Resources": .list([["ResourceType": 2, "ResourceName": name, "ConfigurationKeys": nil] as Message])
            ]
        case 44:
            let config: Message = ["Name": "retention.ms", "ConfigOperation": 0, "Value": "1"]
            return [
                "Resources": .list([
                    ["ResourceType": 2, "ResourceName": name, "Configs": .list([config])] as Message
                ]), "ValidateOnly": 1,
            ]
        case 37:
            return ["Topics": .list([["Name": name, "Count": 2, "Assignments": nil] as Message]), "ValidateOnly": 1]
        default: return ["TopicNames": .list([name])]
        }
    }

    @Test @Loop func eachServiceMayDoWhatTheTableSaysAndNothingElse() async throws {
        let outside = BusUser.outsider("erp", writes: ["erp.orders", "erp.customers"], reads: ["crm.order-requests"])
        let rights = BusUser.rights + outside
        try await withSignIn(rights.map { $0.line + "\n" }.joined(), users: users(of: rights)) { port in
            let boss = try await signedIn(BusUser.operator, port)
            for topic in Topic.all { #expect(try await boss.create(topic.name) == 0) }
            var tried = 0
            for user in BusUser.services.map(\.name) + ["erp"] {
                let client = try await signedIn(user, port)
                for topic in Topic.all.map(\.name) {
                    for deed in Self.deeds {
                        tried += 1
                        let answer = try await client.call(deed.key, deed.version, Self.body(deed.key, topic))
                        let isRefused = answer.firstRefusal != nil
                        #expect(isRefused != may(user, deed.needs, topic, rights), "\(user): \(deed.title) \(topic)")
                    }
                }
                for group in BusUser.services.map(\.name) + ["erp", BusUser.reader] {
                    tried += 1
                    let beat = try await client.call(
                        12, 3, ["GroupId": .text(group), "GenerationId": 1, "MemberId": "x", "GroupInstanceId": nil])
                    let may = rights.contains { $0.user == user && $0.resource == .group(group) }
                    #expect((beat.int("ErrorCode") == 30) != may, "\(user) in the group \(group)")
                }
                client.close()
            }
            print("\(tried) deeds were tried")
            boss.close()
        }
    }

    private func users(of rights: [BusRight]) -> [String] { Set(rights.map(\.user)).sorted() }

    /// Whether the table has it; whoever reads or writes may know of a topic, too.
    private func may(_ user: String, _ need: BusRight.Operation?, _ topic: String, _ rights: [BusRight]) -> Bool {
        guard let need else { return false }
        let own = rights.filter { $0.user == user && $0.resource == .topic(topic) }.flatMap(\.operations)
        return own.contains(need) || need == .describe && (own.contains(.read) || own.contains(.write))
    }

    @Loop private func signedIn(_ user: String, _ port: Int) async throws -> TestClient {
        let client = try await TestClient(port: port)
        _ = try await client.call(17, 1, ["Mechanism": "PLAIN"])
        let token = Array("\0\(user)\0\(user)".utf8)
        #expect(try await client.call(36, 1, ["AuthBytes": .bytes(token[...])]).int("ErrorCode") == 0)
        return client
    }

    @Loop private func withSignIn(
        _ rights: String, users names: [String], _ body: @Loop (Int) async throws -> Void
    ) async throws {
        let folder = try TestPaths.temporaryFolder()
        defer { TestPaths.remove(folder) }
        let users = Users(path: folder + "/users")
        for name in names {
            try users.set(name, password: Array(name.utf8), iterations: ScramKeys.leastIterations)
        }
        try Disk.replace(folder + "/rights", with: Array(rights.utf8))
        try await withBroker { settings in
            // The first is the client's that the helper opens.
            settings.listeners = [
                ListenerSettings(.plain, address: "127.0.0.1", port: 0),
                ListenerSettings(.signIn, address: "127.0.0.1", port: 0),
            ]
            (settings.usersFile, settings.rightsFile) = (users.path, folder + "/rights")
        } _: { broker, _ in
            try await body(broker.ports[1])
        }
    }
}

extension Message {
    /// The first error for want of a right.
    fileprivate var firstRefusal: Int? {
        if [29, 30, 31].contains(int("ErrorCode")) { return int("ErrorCode") }
        for case .list(let list) in values {
            for case .message(let inner) in list { if let code = inner.firstRefusal { return code } }
        }
        return nil
    }
}
